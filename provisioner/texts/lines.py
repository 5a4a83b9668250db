"""Lines of `bascule status` that a capability adds."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.extensions import Point


@dataclass(frozen=True, slots=True)
class StatusLines:
    """Its lines, of the document of the status."""

    of: Callable[[Mapping[str, Any]], Iterator[str]]


LINES = Point("lines", "LINES", StatusLines)


__all__ = ["LINES", "StatusLines"]
