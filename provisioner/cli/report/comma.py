"""A table of a report for a spreadsheet.

A cell that a spreadsheet would take for a formula begins with an apostrophe: names come from a directory.
"""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime

from provisioner.cli import times
from provisioner.cli.choices import CsvStyle
from provisioner.cli.report.tables import Cell, ReportTable
from provisioner.model.people.plain_text import one_line
from provisioner.texts.translate import _

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_BOM = "\ufeff"
"""A spreadsheet takes a file without it for one in an old character set."""


def csv_of(table: ReportTable, style: CsvStyle) -> str:
    """The whole file. Headings are in the language of the command."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";" if style is CsvStyle.FR else ",", lineterminator="\r\n")
    writer.writerow([_safe(_(column)) for column in table.columns])
    writer.writerows(_row(row, style) for row in table.rows)
    return (_BOM if style is CsvStyle.FR else "") + file.getvalue()


def _row(row: Sequence[Cell], style: CsvStyle) -> list[str]:
    return [_cell(cell, style) for cell in row]


def _cell(cell: Cell, style: CsvStyle) -> str:
    match cell:
        case None:
            return ""
        case datetime():
            return _time(cell, style)
        case float():
            text = f"{cell:g}" if abs(cell) < 1e6 else f"{cell:.0f}"
            return text.replace(".", ",") if style is CsvStyle.FR else text
        case str():
            return _safe(cell)
    return str(cell)


def _time(at: datetime, style: CsvStyle) -> str:
    if style is CsvStyle.FR:
        times.shown()
        return at.strftime("%d/%m/%Y %H:%M:%S")
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _safe(text: str) -> str:
    plain = one_line(text)
    return f"'{plain}" if text.startswith(_FORMULA) else plain


__all__ = ["CsvStyle", "csv_of"]
