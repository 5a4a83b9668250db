"""What a configured number may be, said beside its default: `boots_per_node: Count = 24`. The settings check it."""

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """From (`ge`) or above (`gt`), up to (`le`)."""

    ge: float | None = None
    gt: float | None = None
    le: float | None = None


Length = Annotated[float, Bounds(ge=0)]
"""Seconds, which may be none; a plain `float` called `…_s` is more than none, where its default is."""
Number = Annotated[int, Bounds(ge=0)]
Count = Annotated[int, Bounds(ge=1)]
Share = Annotated[float, Bounds(gt=0, le=1)]
Part = Annotated[float, Bounds(ge=0, le=1)]
"""A share that may be none."""
Vcpus = Annotated[int, Bounds(ge=1, le=128)]
Percent = Annotated[float, Bounds(ge=0, le=100)]
