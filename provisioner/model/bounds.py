"""Bounds of configured numbers, as types beside the defaults: `boots_per_node: Count = 24`. The settings check them."""

from dataclasses import dataclass
from typing import Annotated


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
