"""Bounds of numbers, instants and durations: of what is configured, of what is ordered, and of what a store gives back.

`Count`, `Share` and the others stand as types beside the defaults, `boots_per_node: Count = 24`, and the settings check them.
What an order or a run says is checked by `instant`, `duration`, `day` and `count` wherever its value is made: at the API, on
a command line and when the store is read. Between these bounds every sum of an instant and some durations has a date.
"""

import math
from dataclasses import dataclass
from typing import Annotated, Protocol, TypeGuard

from provisioner.reasons.files import MUST_BE_COUNTED, MUST_BE_DATED, MUST_BE_DURABLE, MUST_BE_NAMED, MUST_BE_TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """At least (`ge`), more than (`gt`), at most (`le`)."""

    ge: float | None = None
    gt: float | None = None
    le: float | None = None


Length = Annotated[float, Bounds(ge=0)]
"""Seconds, 0 or more. A plain `float` called `…_s` has to be more than 0 if its default is."""
Number = Annotated[int, Bounds(ge=0)]
Count = Annotated[int, Bounds(ge=1)]
Share = Annotated[float, Bounds(gt=0, le=1)]
Part = Annotated[float, Bounds(ge=0, le=1)]
"""A share that may be 0."""
Vcpus = Annotated[int, Bounds(ge=1, le=128)]
Percent = Annotated[float, Bounds(ge=0, le=100)]

FIRST_YEAR, LAST_YEAR = 1970, 2199
"""Of every instant and day that somebody says."""
LAST_AT = 7_258_118_400.0
"""The end of the last year, in seconds since the epoch."""
LONGEST_S = 36_500 * 86_400.0
"""A hundred years."""
MOST = 1_000_000
"""Of anything that is counted: more than any administration has."""
LONGEST_NAME = 256
"""Characters of what an order is about."""


class _Dated(Protocol):
    @property
    def year(self) -> int: ...


def instant(at: object) -> float:
    """Seconds since the epoch; raises ValueError for what is not a number, not finite, or outside the years."""
    if not _is_number(at) or not 0 <= at < LAST_AT:
        raise ValueError(MUST_BE_DATED(first=FIRST_YEAR, last=LAST_YEAR))
    return float(at)


def duration(length_s: object) -> float:
    """Seconds, 0 or more; raises ValueError for what is not a number, not finite, or longer than `LONGEST_S`."""
    if not _is_number(length_s) or not 0 <= length_s <= LONGEST_S:
        raise ValueError(MUST_BE_DURABLE(days=round(LONGEST_S / 86_400.0)))
    return float(length_s)


def count(number: object, *, least: int = 0) -> int:
    """A whole number; raises ValueError for anything else, and above `MOST`."""
    if not isinstance(number, int) or isinstance(number, bool) or not least <= number <= MOST:
        raise ValueError(MUST_BE_COUNTED(least=least, most=MOST))
    return number


def day(date: _Dated) -> None:
    """Raises ValueError for a day outside the years."""
    if not FIRST_YEAR <= date.year <= LAST_YEAR:
        raise ValueError(MUST_BE_DATED(first=FIRST_YEAR, last=LAST_YEAR))


def name(text: object) -> str:
    """What an order is about; raises ValueError for what is not text, or too long."""
    if not isinstance(text, str) or len(text) > LONGEST_NAME:
        raise ValueError(MUST_BE_NAMED(most=LONGEST_NAME))
    return text


def texts(*values: object) -> None:
    """Raises ValueError for what is not text: a store may give back bytes, or a number."""
    if not all(isinstance(value, str) for value in values):
        raise ValueError(MUST_BE_TEXT())


def never_beyond(at: float) -> float:
    """The instant itself; infinite, so never, if it comes after the last year: a thousand batches of ten years each."""
    return at if at < LAST_AT else math.inf


def _is_number(value: object) -> TypeGuard[int | float]:
    """An integer too, however long."""
    return isinstance(value, int | float) and not isinstance(value, bool)
