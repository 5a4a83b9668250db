"""Whom a wave selects: criteria, exceptions, and logins listed in a file."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from typing import Annotated

from pydantic import Discriminator, Field, Tag

from provisioner.model.profiles import Selection
from provisioner.reasons.reason import reason_of
from provisioner.reasons.scenarios import LOGINS_FILE, LOGINS_NONE
from provisioner.settings.csv_tables import read_table
from provisioner.settings.fields import Text
from provisioner.settings.problems import Path
from provisioner.settings.reading import Section
from provisioner.settings.who import Everyone, SelectionDocument, form_of, selection_of

COLUMN = "login"


class ListedDocument(SelectionDocument):
    """An agent is selected if every given criterion matches; a criterion matches if any of its values does."""

    logins_from: Text | None = Field(default=None)
    """A CSV file beside this one, in UTF-8, with a column `login`: these logins count as those of `logins` do."""


class ExceptDocument(ListedDocument):
    """An agent is left out if any of these criteria matches."""


WhoOfWave = Annotated[
    Annotated[Everyone, Tag("everyone")] | Annotated[ListedDocument, Tag("criteria")],
    Discriminator(form_of),
]
"""`everyone`, or criteria."""

Logins = Mapping[Path, frozenset[str]]
"""The logins that were read, by the path of the criteria that name their file."""


def read_logins(file: FilePath) -> frozenset[str]:
    """The column `login` of a CSV file with commas, semicolons or tabs; raises ValueError."""
    return frozenset(login for _, (login,) in read_table(file, [COLUMN]))


def listed(section: Section, who: ListedDocument, *, may_be_none: bool) -> frozenset[str] | None:
    """The logins of the file that the criteria name; None: they name none, or it cannot be used, which is reported."""
    file = section.file(who.logins_from, "logins_from")
    if file is None:
        return None
    try:
        logins = read_logins(file)
    except (ValueError, csv.Error) as error:
        section.complain(LOGINS_FILE(file=str(file), said=reason_of(error)), "logins_from")
        return None
    if not logins and not may_be_none:  # without logins the criterion would select everyone
        section.complain(LOGINS_NONE(file=str(file)), "logins_from")
    return logins


def excepted_of(who: ExceptDocument, logins: frozenset[str]) -> tuple[Selection, ...]:
    """A selection for each criterion: any of them leaves an agent out."""
    whole = selection_of(who, logins)
    return tuple(_each(whole))


def _each(whole: Selection) -> Iterator[Selection]:
    for name in Selection.sets():
        if values := getattr(whole, name):
            yield Selection(**{name: values})
    for attribute in whole.attributes:
        yield Selection(attributes=(attribute,))
