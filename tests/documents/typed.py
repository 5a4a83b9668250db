"""What the pages have typed: the commands of their blocks, and those that stand in a sentence."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_OTHERS = ("README.md", "README.fr.md", "SECURITY.md", "ansible/README.md")
_BLOCK = re.compile(r"(?ms)^( *)```(\w*)\n(.*?)^ *```$")
_INLINE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_HEREDOC = re.compile(r"(?ms)<<(\w+)\n.*?^\1$")
_INNER = re.compile(r"\$\(([^()]*)\)")
_ENDS = frozenset({"|", "||", "&", "&&", ";", "(", ")"})
_BEFORE = frozenset({"until", "while", "if", "then", "do", "!", "sudo", "eval"})
_ASSIGNMENT = re.compile(r"[A-Z_]+=")


@dataclass(frozen=True, slots=True)
class Typed:
    """A command of a page, as the words that a shell makes of it."""

    page: str
    words: tuple[str, ...]
    pasted: bool
    """Whether it stands in a block: nothing may be left out then."""

    @property
    def program(self) -> str:
        """Its name, without the folder."""
        return self.words[0].rpartition("/")[2]

    def __str__(self) -> str:
        return f"{self.page}: {' '.join(self.words)}"


def pages() -> list[str]:
    """Every page for people, from the root of the checkout."""
    return [*_OTHERS, *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md"))]


def typed(page: str) -> list[Typed]:
    """The commands of this page, in blocks first."""
    return typed_in((ROOT / page).read_text(encoding="utf-8"), page)


def typed_in(text: str, page: str = "") -> list[Typed]:
    """The commands of this text."""
    blocks = [body if language == "sh" else _of_session(body) for _, language, body in _BLOCK.findall(text)]
    spans = _INLINE.findall(_BLOCK.sub("", text).replace(r"\|", "|"))
    return [
        *(Typed(page, words, pasted=True) for block in blocks for words in simple_commands(block)),
        *(Typed(page, words, pasted=False) for span in spans for words in _inline(span)),
    ]


def _of_session(block: str) -> str:
    """The lines behind a prompt."""
    return "\n".join(line.removeprefix("$ ") for line in block.splitlines() if line.startswith("$ "))


def _inline(span: str) -> Iterator[tuple[str, ...]]:
    """Of a span of code that is not a command, nothing: a key, a path, an output."""
    if " " in (text := " ".join(span.split())):
        yield from simple_commands(text)


def simple_commands(text: str) -> Iterator[tuple[str, ...]]:
    """Each command between the signs of a shell, without redirections and without what stands before it."""
    for line in _HEREDOC.sub("", text).replace("\\\n", " ").splitlines():
        for inner in _INNER.findall(line):
            yield from simple_commands(inner)
        yield from _of_line(line)


def _of_line(line: str) -> Iterator[tuple[str, ...]]:
    words: list[str] = []
    for word in (*_split(line), ";"):
        if word in _ENDS:
            yield from filter(None, [_bare(words)])
            words = []
        else:
            words.append(word)


def _split(line: str) -> list[str]:
    """As a shell does; a sentence with an apostrophe is not a command."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;()<>")
    lexer.whitespace_split = True
    try:
        return list(lexer)
    except ValueError:
        return []


def _bare(words: list[str]) -> tuple[str, ...]:
    while words and (words[0] in _BEFORE or _ASSIGNMENT.match(words[0])):
        words = words[1:]
    end = next((place for place, word in enumerate(words) if set(word) <= {"<", ">", "&"}), len(words))
    kept = words[: end - 1] if end < len(words) and words[end - 1].isdecimal() else words[:end]
    return tuple(kept)
