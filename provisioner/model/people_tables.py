"""Tables of the store in which capabilities keep what they know of people."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from provisioner.extensions import Point
from provisioner.reasons.reason import Reason

T = TypeVar("T")


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


__all__ = ["TABLES", "PeopleTable"]
