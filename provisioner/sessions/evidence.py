"""What capabilities know of people who use a desktop, beside what the desktops say. It adds people, and takes none away."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from provisioner.extensions import Part, Point
from provisioner.model.ids import DesktopName, Instant
from provisioner.reasons.reason import Reason, ReasonKind

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence(Generic[T]):
    """Sessions that are known otherwise: they keep a desktop on, and from being lent. That there are none says nothing."""

    part: Part[T]
    """What it is read from."""
    in_use: Callable[[T, Instant], Collection[DesktopName]]
    """Desktops that somebody uses at this time."""
    because: ReasonKind
    """Why they stay as they are. It has no arguments."""


EVIDENCE: Point[Evidence[Any]] = Point("evidence", "EVIDENCE", Evidence)


def known_otherwise(parts: Mapping[Part[Any], Callable[[], Any]], now: Instant) -> Mapping[DesktopName, Reason]:
    """Desktops in use, and why each stays as it is. `parts`: what capabilities say of themselves, asked now."""
    known: dict[DesktopName, Reason] = {}
    for each in EVIDENCE.found():
        if each.part in parts:
            known |= dict.fromkeys(each.in_use(parts[each.part](), now), each.because())
    return known


__all__ = ["EVIDENCE", "Evidence", "known_otherwise"]
