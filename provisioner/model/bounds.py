"""What a configured number may be, said beside its default: `boots_per_node: Count = 24`. The settings check it."""

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """From (`ge`) or above (`gt`), up to (`le`)."""

    ge: float | None = None
    gt: float | None = None
    le: float | None = None


Number = Annotated[int, Within(ge=0)]
Count = Annotated[int, Within(ge=1)]
Share = Annotated[float, Within(gt=0, le=1)]
Percent = Annotated[float, Within(ge=0, le=100)]
