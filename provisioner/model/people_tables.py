"""Tables of the store in which capabilities keep what they know of people."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from provisioner.extensions import Point
from provisioner.reasons.reason import Reason

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class PeopleTable(Generic[T]):
    """One value is one row, its fields are the columns: texts, numbers and words of an enumeration. One is `agent_id`: a person
    who is erased leaves no row, and one under a new id keeps theirs."""

    name: str
    of: type[T]
    key: tuple[str, ...]
    order: tuple[str, ...]
    """In which they are read."""
    reading: Reason
    """What was to be done, for a fault of the store."""
    keeping: Reason

    def key_of(self, value: T) -> tuple[object, ...]:
        """Of one row."""
        return tuple(getattr(value, name) for name in self.key)


TABLES = Point("records", "TABLE", PeopleTable)


__all__ = ["TABLES", "PeopleTable"]
