"""Files that exist in English and in French: neither is changed without the other.

After a change of both run `python -m tests.texts.pairs`.

`pairs.txt` has each pair as it was last compared. It is written anew only for pairs of which both files have changed; for one
that needed no change in the other language, name the English file: `python -m tests.texts.pairs docs/en/runbooks/nodes.md`.
"""

import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_KEPT = Path(__file__).with_name("pairs.txt")
_MADE = "<!-- from here on written by"
Sums = tuple[str, str]
"""Of the English file and of the French one."""


def pairs() -> Iterator[tuple[str, str]]:
    """Paths from the root of the checkout: English, French."""
    yield from ((path, path.replace("docs/en/", "docs/fr/", 1)) for path in _below("docs/en/runbooks", "**/*.md"))
    yield from ((path.replace("docs/fr/", "docs/en/", 1), path) for path in _below("docs/fr", "*.md"))
    yield "README.md", "README.fr.md"
    french = _below("config/fr", "**/*.yaml")
    yield from ((path.replace("config/fr/", "config/", 1), path) for path in french)


def sums() -> dict[str, Sums]:
    """By English path."""
    return {english: (_sum(english), _sum(french)) for english, french in pairs()}


def kept() -> dict[str, Sums]:
    """As they were last compared."""
    lines = (line.split() for line in _KEPT.read_text(encoding="utf-8").splitlines())
    return {english: (first, second) for english, first, second in lines}


def changed_alone(before: Mapping[str, Sums], now: Mapping[str, Sums]) -> list[str]:
    """The English paths of pairs of which a single file has changed."""
    return [path for path, pair in now.items() if path in before and sum(map(str.__ne__, before[path], pair)) == 1]


def main(agreed: Sequence[str]) -> int:
    """Write the pairs anew. 1: some were changed in one language alone, and are not `agreed`."""
    before, now = (kept() if _KEPT.exists() else {}), sums()
    alone = [path for path in changed_alone(before, now) if path not in agreed]
    lines = [f"{path} {' '.join(before[path] if path in alone else pair)}\n" for path, pair in sorted(now.items())]
    _KEPT.write_text("".join(lines), encoding="utf-8")
    for path in alone:
        print(f"{path}: changed in one language alone")
    return int(bool(alone))


def _below(folder: str, pattern: str) -> list[str]:
    return sorted(str(path.relative_to(_ROOT)) for path in (_ROOT / folder).glob(pattern))


def _sum(path: str) -> str:
    """Of what people write: not of the table that is made."""
    file = _ROOT / path
    text = file.read_text(encoding="utf-8").partition(_MADE)[0] if file.exists() else ""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
