"""Pages as Python-Markdown has to be given them: it wants lists indented by four and set apart, CommonMark does not."""

import re

_FENCE = re.compile(r"(`{3,}|~{3,})")
_ITEM = re.compile(r"(?:[*+-]|\d{1,9}[.)])(?: {1,4}(?=\S)| *$)")
_INTERRUPTS = re.compile(r"(?:[*+-]|1[.)]) +\S")
"""What begins a list in the middle of a paragraph; a line that happens to begin with another number goes on."""


class _Lists:
    """Where the text of each open item begins: in the page."""

    def __init__(self) -> None:
        self._begins: list[int] = []

    def __bool__(self) -> bool:
        return bool(self._begins)

    def closed(self, indent: int) -> bool:
        """Whether a list, or an item, ends before a line with this indent; it is closed."""
        open_before = len(self._begins)
        while self._begins and indent < self._begins[-1]:
            self._begins.pop()
        return len(self._begins) < open_before

    def placed(self, line: str, indent: int) -> str:
        rest = indent - (self._begins[-1] if self._begins else 0)
        return " " * (4 * len(self._begins) + max(rest, 0)) + line.lstrip(" ")

    def opened(self, indent: int, marker: str) -> None:
        self._begins.append(indent + len(marker))


def four_spaces(text: str) -> str:
    """The page with each item's text indented by four for each list that it is in."""
    lists, made, fence, before, parted = _Lists(), list[str](), "", "", False
    for line in text.split("\n"):
        stripped = line.lstrip(" ")
        indent = len(line) - len(stripped)
        if fence:
            made.append(lists.placed(line, indent) if stripped else "")
            if stripped.startswith(fence) and not stripped.strip("`~ "):
                fence, before, parted = "", "", True
                made.append("")
            continue
        item = _ITEM.match(stripped)
        begins = item is not None and (not before or bool(lists) or _INTERRUPTS.match(stripped) is not None)
        if stripped and (begins or not before or stripped[0] in "#|`<"):
            new = not lists.closed(indent)
            if begins and (new or parted) and before and not _ITEM.match(before.lstrip(" ")):
                made.append("")
        made.append(lists.placed(line, indent) if stripped else "")
        if item is not None and begins:
            parted = False
            lists.opened(indent, item[0] if item[0].strip() != item[0] else f"{item[0]} ")
        elif found := _FENCE.match(stripped):
            fence = found[0]
        parted |= not stripped
        before = line if stripped else ""
    return "\n".join(made)
