"""Whom a wave selects: criteria, exceptions, and logins listed in a file, which may be a table in CSV."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Annotated

from pydantic import Discriminator, Field, Tag

from provisioner.model.people.profiles import Selection
from provisioner.named_files import read_named
from provisioner.reasons.files import FILE_ENCODING, FILE_UNREADABLE, NO_FILE
from provisioner.reasons.reason import reason_of
from provisioner.reasons.settings import LOGINS_FILE, LOGINS_NO_COLUMN, LOGINS_NONE
from provisioner.settings.fields import Text
from provisioner.settings.problems import Path
from provisioner.settings.reading import Section
from provisioner.settings.who import Everyone, SelectionKeys, form_of, selection_of
from provisioner.settings.yaml_lines import MAX_BYTES

COLUMN = "login"


class ListedKeys(SelectionKeys):
    """An agent is selected if every given criterion matches; a criterion matches if any of its values does."""

    logins_from: Text | None = Field(default=None)
    """A CSV file beside this one, in UTF-8, with a column `login`: these logins count as those of `logins` do."""


class ExceptKeys(ListedKeys):
    """An agent is left out if any of these criteria matches."""


WhoOfWave = Annotated[
    Annotated[Everyone, Tag("everyone")] | Annotated[ListedKeys, Tag("criteria")],
    Discriminator(form_of),
]
"""`everyone`, or criteria."""

Logins = Mapping[Path, frozenset[str]]
"""The logins that were read, by the path of the criteria that name their file."""


def read_logins(file: FilePath) -> frozenset[str]:
    """The column `login` of a CSV file with commas, semicolons or tabs; raises ValueError."""
    return frozenset(login for _, (login,) in read_table(file, [COLUMN]))


def selected(section: Section, who: str | ListedKeys) -> Selection:
    """Whom these criteria select, with the logins of a file that they name."""
    return selection_of(who, frozenset() if isinstance(who, str) else _listed(section, who, may_be_none=False))


def excepted(section: Section, who: ExceptKeys | None) -> tuple[Selection, ...]:
    """A selection for each criterion: any of them leaves an agent out."""
    return () if who is None else tuple(each_criterion(selection_of(who, _listed(section, who, may_be_none=True))))


def _listed(section: Section, who: ListedKeys, *, may_be_none: bool) -> frozenset[str]:
    """The logins of the file that the criteria name; none if it cannot be used, which is reported."""
    file = section.file(who.logins_from, "logins_from")
    if file is None:
        return frozenset()
    try:
        logins = read_logins(file)
    except (ValueError, csv.Error) as error:
        section.complain(LOGINS_FILE(file=str(file), said=reason_of(error)), "logins_from")
        return frozenset()
    if not logins and not may_be_none:  # without logins the criterion would select everyone
        section.complain(LOGINS_NONE(file=str(file)), "logins_from")
    return logins


def each_criterion(whole: Selection) -> Iterator[Selection]:
    """A selection of each by itself."""
    for name in Selection.sets():
        if values := getattr(whole, name):
            yield Selection(**{name: values})
    for attribute in whole.attributes:
        yield Selection(attributes=(attribute,))


def read_table(file: FilePath, columns: Sequence[str]) -> list[tuple[int, tuple[str, ...]]]:
    """These columns of a CSV file with commas, semicolons or tabs, each row with the number of its line.

    Rows that are empty there are left out, and missing cells are empty. Raises ValueError and csv.Error.
    """
    try:
        raw = read_named(file, most=MAX_BYTES)
    except OSError as error:
        raise ValueError(FILE_UNREADABLE(said=error.strerror or NO_FILE())) from error
    try:
        lines = raw.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise ValueError(FILE_ENCODING()) from None
    delimiter = max(";,\t", key=lines[0].count) if lines else ","
    rows = list(csv.reader(lines, delimiter=delimiter))
    places = _places([name.strip().lower() for name in rows[0]] if rows else [], columns)
    cells = ((line, tuple(row[at].strip() if at < len(row) else "" for at in places)) for line, row in enumerate(rows[1:], 2))
    return [(line, row) for line, row in cells if any(row)]


def _places(names: list[str], columns: Sequence[str]) -> list[int]:
    for column in columns:
        if column not in names:
            raise ValueError(LOGINS_NO_COLUMN(column=column))
    return [names.index(column) for column in columns]
