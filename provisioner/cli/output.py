"""What commands print: lines and tables for people, JSON for programs, errors on standard error.

Rich, which is in `styled`, is loaded for the first table, or the first line that a terminal has to fold.
"""

import enum
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from provisioner.cli.terminal import is_one_line, plain_line, print_line
from provisioner.cli.times import for_programs, is_for_programs, zone_line
from provisioner.errors import SettingsError
from provisioner.model.people.plain_text import is_obeyed
from provisioner.reasons.reason import Reason
from provisioner.texts.translate import _, decimal, translated_error, word

if TYPE_CHECKING:
    from rich.text import Text

CONFIG = Path("/etc/bascule/bascule.yaml")

ConfigOption = Annotated[
    Path, typer.Option("--config", "-c", envvar="BASCULE_CONFIG", help="The configuration file.", show_default=str(CONFIG))
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; kept in the journal.")]
ByOption = Annotated[
    str, typer.Option("--by", help="Who orders it, in your words. The account that you logged on with is kept too.")
]
AllOption = Annotated[bool, typer.Option("--all", help="Every line, not only the first twenty.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]

_UNFOLDED = 10_000
"""Columns: wider than any row."""
_BETWEEN = 2
"""Blanks between two columns."""


def complain(text: str) -> None:
    """Print one message as one line on standard error. Markup in it is printed, not obeyed."""
    _print(text, to_stderr=True)


def complain_of(error: Exception) -> None:
    """Print an error's text. Only an error of the configuration has several lines: one for each problem."""
    text = translated_error(error)
    for line in text.split("\n") if isinstance(error, SettingsError) else [text]:
        complain(line)


def say(text: str) -> None:
    """Print one line for people."""
    _print(text)


def say_zone() -> None:
    """By whose clock the times above are, if there are any and nothing has said so."""
    if line := zone_line():
        _print(line, to_stderr=is_for_programs())


def _print(text: str, *, to_stderr: bool = False) -> None:
    line, stream = plain_line(text), sys.stderr if to_stderr else sys.stdout
    if is_one_line(line, stream):
        print_line(line, stream)
        return
    from provisioner.cli.styled import err, out, print_text, words

    print_text(words(text), to=err if to_stderr else out)


@contextmanager
def at_work(text: str) -> Iterator[None]:
    """Show in a terminal what goes on while nothing is printed; it is gone in the end."""
    from rich.live import Live

    from provisioner.cli.styled import err, words

    with Live(
        words(text), console=err, transient=True, auto_refresh=False, redirect_stdout=False, redirect_stderr=False
    ) as line:
        line.refresh()
        yield


def print_json(value: object) -> None:
    """Print a value as JSON on standard output."""
    for_programs()
    typer.echo(_for_stream(json_text(value), sys.stdout))


def json_text(value: object) -> str:
    """A value as JSON, for programs, and for people who look at it in a terminal."""
    return _escaped(json.dumps(plain(value), ensure_ascii=False, indent=2))


def _for_stream(document: str, stream: TextIO) -> str:
    """The same JSON, with signs that the stream lacks escaped: a question mark for them would be another text."""
    try:
        document.encode(stream.encoding or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(json.loads(document), indent=2)
    return document


def plain(value: object) -> object:
    """A value in JSON's own types: dataclasses by field, sets sorted, enums by value, reasons with code and arguments."""
    if is_dataclass(value) and not isinstance(value, type):
        return dict(pair for field in fields(value) for pair in pairs(field.name, getattr(value, field.name)))
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): plain(member) for key, member in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(map(plain, value), key=str)
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return [plain(member) for member in value]
    if isinstance(value, Path):
        return str(value)
    return value


def pairs(name: str, value: object) -> Iterator[tuple[str, object]]:
    """A field; if it is a reason, also its code and arguments. The code is empty for the words of another system."""
    yield name, plain(value)
    if isinstance(value, Reason):
        yield f"{name}_code", value.code
        yield f"{name}_arguments", plain(value.arguments)


def print_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: Sequence[str] = (), empty: str = ""
) -> None:
    """Print a table, or the line `empty` if there are no rows.

    Title, columns, reasons and words of the model are translated here. Mark a title with `N_`, columns with `headings`.
    Columns named in `numbers` are right-aligned.
    """
    lines = [tuple(map(_cell, row)) for row in rows]
    if not lines:
        if empty:
            say(empty)
        return
    from rich.console import Console
    from rich.table import Table

    from provisioner.cli.styled import out, words

    # In a pipe a row is one line, however long, so that grep finds whole rows.
    console = out if out.is_terminal else Console(width=_UNFOLDED, highlight=False)
    heads = [words(_(column) if column else "") for column in columns]
    room = console.width - _BETWEEN * (len(columns) - 1)
    table = Table(title=_(title) if title else None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column, head, width in zip(columns, heads, _widths(heads, lines, room), strict=True):
        table.add_column(head, justify="right" if column in numbers else "left", overflow="fold", width=width)
    for line in lines:
        table.add_row(*line)
    console.print(table)


def print_some(columns: Sequence[str], rows: Sequence[Sequence[object]], *, all_lines: bool) -> None:
    """Print the first rows, then how many more there are; nothing if there are no rows."""
    print_table("", columns, rows if all_lines else rows[:_SHOWN])
    if not all_lines and len(rows) > _SHOWN:
        say(_("… and {count} more (--all)", count=len(rows) - _SHOWN))


_SHOWN = 20


def _widths(heads: "Sequence[Text]", lines: "Sequence[Sequence[Text]]", room: int) -> list[int]:
    from provisioner.cli.folding import widths

    columns = zip(heads, *lines, strict=True)
    return widths([[cell.plain for cell in column] for column in columns], room)


def _cell(value: object) -> "Text":
    from provisioner.cli.styled import words

    if isinstance(value, enum.StrEnum):
        from provisioner.texts.words import SHOWN  # whoever has such a value has loaded the model

        if isinstance(value, SHOWN):
            return words(word(value))
    if isinstance(value, float):
        value = decimal(value, "")
    return words(value if isinstance(value, str) else str(value))


def _escaped(document: str) -> str:
    """The same JSON with control characters escaped: people look at it in a terminal."""
    if document.replace("\n", "").isprintable():
        return document
    return "".join(json.dumps(char)[1:-1] if is_obeyed(char) and char != "\n" else char for char in document)
