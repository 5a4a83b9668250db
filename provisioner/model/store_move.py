"""A store that was moved into another database."""

from collections.abc import Mapping
from dataclasses import dataclass


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
