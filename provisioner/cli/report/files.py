"""Where a report goes: a terminal, JSON, or a file that only its owner can read."""

import enum
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from provisioner.cli.choices import CsvStyle
from provisioner.cli.output import complain, json_text, print_json
from provisioner.cli.report.comma import csv_of
from provisioner.cli.report.tables import Report, print_report
from provisioner.cli.times import for_programs
from provisioner.errors import SettingsError
from provisioner.files import Folder, said_of
from provisioner.reasons.reason import ALSO, join_reasons
from provisioner.reasons.surges import FILE_KIND, FILE_NO_FOLDER, FILE_UNWRITTEN, NO_SUCH_TABLE
from provisioner.texts.translate import _

OutputOption = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write it to an .html, .csv or .json file that only you can read."),
]
StyleOption = Annotated[
    CsvStyle, typer.Option("--csv-style", help="fr: as a French spreadsheet wants it, with semicolons and decimal commas.")
]
TableOption = Annotated[str, typer.Option("--table", metavar="NAME", help="Which table a .csv file has; by default the first.")]


class FileKind(enum.StrEnum):
    """What a report may be written as."""

    HTML = ".html"
    CSV = ".csv"
    JSON = ".json"


def kind_of(path: Path | None) -> FileKind | None:
    """By the file's ending; raises SettingsError. To be asked before anything is computed."""
    if path is None:
        return None
    try:
        kind = FileKind(path.suffix.lower())
    except ValueError:
        raise SettingsError(FILE_KIND(file=str(path))) from None
    if not path.parent.is_dir():
        raise SettingsError(FILE_NO_FOLDER(file=str(path), folder=str(path.parent)))
    return kind


def hand_out(
    document: Any,
    report: Callable[[], Report],
    *,
    output: Path | None,
    json: bool,
    style: CsvStyle = CsvStyle.RFC,
    table: str = "",
) -> None:
    """Print or write it. Raises SettingsError."""
    kind = kind_of(output)
    if output is None or kind is None:
        print_json(document) if json else print_report(report())
        return
    for_programs()
    write_private(output, content_of(document, report, kind, style=style, table=table))
    complain(_("written: {file}", file=str(output)))


def content_of(document: Any, report: Callable[[], Report], kind: FileKind, *, style: CsvStyle, table: str) -> str:
    """What the file holds."""
    if kind is FileKind.JSON:
        return json_text(document) + "\n"
    made = report()
    if kind is FileKind.HTML:
        from provisioner.cli.report.html import html_of

        return html_of(made)
    chosen = next((each for each in made.tables if table in ("", each.name)), None)
    if chosen is None:
        raise SettingsError(NO_SUCH_TABLE(name=table, names=join_reasons((each.name for each in made.tables), ALSO)))
    return csv_of(chosen, style)


def write_private(path: Path, text: str) -> None:
    """All or nothing, and for its owner alone; raises SettingsError."""
    try:
        with Folder(path.absolute().parent) as folder:
            folder.write(path.name, text.encode(), mode=0o600)
    except OSError as error:
        raise SettingsError(FILE_UNWRITTEN(file=str(path), why=said_of(error))) from error


__all__ = ["FileKind", "OutputOption", "StyleOption", "TableOption", "content_of", "hand_out", "kind_of", "write_private"]
