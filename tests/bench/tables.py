"""Tables of docs/en/performance.md."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Found = Mapping[str, Any]


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """The lines of a table; figures stand to the right."""
    lines = [f"| {' | '.join(head)} |", f"|---|{'---:|' * (len(head) - 1)}"]
    return lines + [f"| {' | '.join(_shown(cell) for cell in row)} |" for row in rows]


def _shown(cell: object) -> str:
    if cell is None:
        return "never"
    return f"{cell:,.10g}" if isinstance(cell, int | float) and not isinstance(cell, bool) else str(cell)
