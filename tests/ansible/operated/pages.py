"""The fenced blocks of a page, in their order: what somebody pastes. Whoever unpacks them notices a block that nobody runs."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
_BLOCK = re.compile(r"(?ms)^( *)```(\w+)\n(.*?)^ *```$")


def pasted(page: str) -> tuple[str, ...]:
    """The text of each block that has a language: commands, crontabs and YAML."""
    found = _BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))
    return tuple(text.replace(f"\n{indent}", "\n").removeprefix(indent) for indent, _, text in found)


def filled_in(text: str, **placeholders: str) -> str:
    """With this text instead of each placeholder, which must be there."""
    for old, new in placeholders.items():
        assert old in text, f"no {old} in:\n{text}"
        text = text.replace(old, new)
    return text
