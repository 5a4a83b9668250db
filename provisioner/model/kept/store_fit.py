"""The store: whether this version can open it, where it was moved to, and the tables in which capabilities keep what they know
of people, and what came of earlier runs.
"""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from provisioner.extensions import Point
from provisioner.model.ids import Instant
from provisioner.reasons.reason import Reason


class Dated(Protocol):
    """A value of one moment."""

    @property
    def at(self) -> Instant:
        """That moment."""


T = TypeVar("T")
D = TypeVar("D", bound=Dated)


class SchemaFit(enum.StrEnum):
    """A store's schema, for this version."""

    NO_STORE = "no_store"
    AS_IT_IS = "as_it_is"
    UPGRADED_AT_START = "upgraded_at_start"
    """Versions before this one cannot open it afterwards."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFit:
    """What was found without changing anything."""

    store: str
    """Its place, without password."""
    fit: SchemaFit
    schema: str | None = None
    """Its revision; None: it has none, or none that can be read."""
    newest: str
    """The newest revision that this version knows."""
    why: Reason | None = None
    """Why it is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreMove:
    """What the target holds now, compared row by row with the source, which stays as it is."""

    source: str
    """Its place, without password."""
    target: str
    schema: str
    """The revision of both."""
    rows: Mapping[str, int]
    """How many, by table."""
    was_there: bool
    """An earlier call had moved all of it already, and nothing was written."""


@dataclass(frozen=True, kw_only=True)
class PeopleTable(Generic[T]):
    """One value is one row, its fields are the columns: texts, numbers and words of an enumeration. One column is `agent_id`: a
    person who is erased leaves no row, and a person under a new id keeps theirs."""

    name: str
    """In the database; migrations make it."""
    of: type[T]
    """Its rows."""
    key: tuple[str, ...]
    """Columns by which a row is replaced."""
    order: tuple[str, ...]
    """Columns by which rows are sorted when they are read."""
    reading: Reason
    """What was to be done when the store failed to read."""
    keeping: Reason
    """The same, of a write."""

    def key_of(self, value: T) -> tuple[object, ...]:
        """The key of one row."""
        return tuple(getattr(value, name) for name in self.key)


TABLES = Point("records", "TABLE", PeopleTable)


@dataclass(frozen=True, kw_only=True)
class HistoryTable(Generic[D]):
    """The latest values of a kind, in the order in which they were added. Of each the database keeps its moment and a document
    as JSON has it; a reason in it may name somebody, and is rewritten at an erasure."""

    name: str
    """In the database, whose numbers are the order; migrations make it."""
    most: int
    """So many are kept."""
    document: Callable[[D], Mapping[str, Any]]
    """All of it but its moment; fields by `model/rewriting`."""
    value: Callable[[Instant, Mapping[str, Any]], D]
    """From its moment and its document."""
    reading: Reason
    """What was to be done when the store failed to read."""
    keeping: Reason
    """The same, of a write."""


HISTORIES: Point[tuple[HistoryTable[Any], ...]] = Point("history", "HISTORIES", tuple)


def histories() -> tuple[HistoryTable[Any], ...]:
    """The histories of all capabilities."""
    return tuple(history for several in HISTORIES.found() for history in several)
