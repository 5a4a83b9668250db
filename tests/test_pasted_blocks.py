"""What a person would paste from README.md and docs/: an interactive bash takes it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.builders.terminal import Terminal

ROOT = Path(__file__).parents[1]
PAGES = [
    ROOT / "README.md",
    ROOT / "README.fr.md",
    ROOT / "SECURITY.md",
    ROOT / "ansible/README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
BLOCK = re.compile(r"(?ms)^( *)```(\w*)\n(.*?)^ *```$")
COMMANDS = re.compile(r"(bascule|curl|openssl|tsig-keygen|make|python3|sed|\.venv/\S+) ")


def blocks() -> Iterator[tuple[str, str, str]]:
    """Page, language and text of each block."""
    for page in PAGES:
        for indent, language, text in BLOCK.findall(page.read_text(encoding="utf-8")):
            yield str(page.relative_to(ROOT)), language, text.replace(f"\n{indent}", "\n").removeprefix(indent)


PASTED = [(page, text) for page, language, text in blocks() if language == "sh"]


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    with opened(tmp_path) as terminal:
        yield terminal


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """The same for block after block, as nothing of any is done."""
    with opened(tmp_path_factory.mktemp("home")) as terminal:
        yield terminal


@contextmanager
def opened(home: Path) -> Iterator[Terminal]:
    terminal = Terminal(home, {"PATH": "/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8"})
    try:
        yield terminal
    finally:
        terminal.close()


def complaint(terminal: Terminal, commands: str) -> str:
    """What bash says to these commands. As the body of a function they are read, and not done."""
    terminal.paste("unset -f pasted", within_s=10)
    said = terminal.paste(f"pasted() {{\n{commands}\n}}", within_s=10)
    ended = "pasted" in terminal.paste("declare -F pasted", within_s=10)
    return said if ended else said or "more is awaited"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("bascule init --token-id bascule@pve!daemon", "event not found", id="an event of the history"),
        pytest.param("bascule check (all)", "syntax error", id="a bracket"),
        pytest.param("bascule freeze --reason 'the prefect", "more is awaited", id="a quote that does not end"),
    ],
)
def test_what_a_terminal_does_not_take_is_noticed(terminal, text, said):
    """F20: a shell that is not interactive expands no history."""
    assert said in complaint(terminal, text)


@pytest.mark.parametrize(("page", "text"), PASTED, ids=[f"{page}: {text.splitlines()[0][:40]}" for page, text in PASTED])
def test_a_block_of_commands_can_be_pasted_into_a_terminal(lasting, page, text):
    """F20: `bascule@pve!daemon` in README.md ended in `!daemon: event not found`."""
    assert complaint(lasting, text) == ""


def test_every_block_that_begins_with_a_command_is_marked_as_commands():
    """F20: only what is marked is pasted above; a block without a language is an output, or a session with its prompts."""
    unmarked = [(page, text) for page, language, text in blocks() if not language and COMMANDS.match(text)]

    assert len(PASTED) >= 30
    assert unmarked == []
