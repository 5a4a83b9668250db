"""A report as values: headings, sentences and tables, before it becomes lines in a terminal, a page or a spreadsheet."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import compress

from provisioner.cli import times
from provisioner.cli.output import print_table, say
from provisioner.texts.translate import _, decimal, titled

Cell = str | int | float | datetime | None
"""Times have a zone; None: nothing, or unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTable:
    """One table."""

    name: str
    """For `--table`: one word, in English."""
    title: str
    """Marked with `N_`."""
    columns: tuple[str, ...]
    """Marked with `headings`."""
    rows: tuple[Sequence[Cell], ...]
    numbers: tuple[str, ...] = ()
    """Columns that are aligned to the right."""
    only_wide: tuple[str, ...] = ()
    """Columns that a terminal leaves out."""
    is_detail: bool = False
    """Too long for a terminal; in a page it is folded."""
    empty: str = ""
    """What is said if there are no rows, in the language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole, in the language of the command."""

    title: str
    lines: tuple[str, ...]
    """Sentences below the title."""
    tables: tuple[ReportTable, ...]
    picture: Callable[[], bytes | None] = lambda: None
    """Draws an SVG; None: nothing to draw, or nothing to draw with."""


def time_cell(stamp: str | None) -> datetime | None:
    """A time of a document, by the site's clock."""
    return None if stamp is None else times.local(times.instant(stamp))


def shown(cell: Cell) -> str:
    """A cell as people read it."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        times.shown()
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    return decimal(cell, "") if isinstance(cell, float) else str(cell)


def print_report(report: Report) -> None:
    """Print the tables in a terminal."""
    say(report.title)
    for line in report.lines:
        say(line)
    for table in report.tables:
        if table.is_detail:
            continue
        say("")
        if table.rows:
            _print(table)
        else:
            say(titled(_(table.title), table.empty))


def _print(table: ReportTable) -> None:
    """Times to the minute, without the date if all have the same: a terminal has 80 columns."""
    wide = [column not in table.only_wide for column in table.columns]
    days = {cell.date() for row in table.rows for cell in row if isinstance(cell, datetime)}
    style = "%H:%M" if len(days) == 1 else "%m-%d %H:%M"

    def brief(cell: Cell) -> str:
        return cell.strftime(style) if isinstance(cell, datetime) else shown(cell)

    if days:
        times.shown()
    rows: Iterable[Sequence[object]] = [tuple(map(brief, compress(row, wide))) for row in table.rows]
    print_table(table.title, tuple(compress(table.columns, wide)), rows, numbers=table.numbers)


__all__ = ["Cell", "Report", "ReportTable", "print_report", "shown", "time_cell"]
