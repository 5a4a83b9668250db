"""Ceilings: so many people may have a desktop at most, because of something outside the cluster; and what is left of them."""

import enum
from dataclasses import dataclass
from typing import Annotated

from provisioner.model.bounds import Bounds
from provisioner.model.ids import Instant
from provisioner.reasons.reason import NONE, Reason


class Counted(enum.StrEnum):
    """Of what Bascule makes: what takes part of the limit, and is in the figure of `in_use`."""

    DESKTOPS = "desktops"
    """A desktop that is on, as licences count."""
    SESSIONS = "sessions"
    """A desktop with a connected session, as a VPN counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """So many at most: licences, seats of the VPN."""

    name: str
    limit: Annotated[int, Bounds(ge=1)]
    counts: Counted = Counted.DESKTOPS
    """What of ours is in the figure of `in_use`: desktops, or sessions."""
    in_use: str = ""
    """A Prometheus query: how many are in use now, ours included. Left out: nobody else uses any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the source of a ceiling has said, or why it said nothing."""

    at: Instant
    value: int | None = None
    why: Reason = NONE
    ours_too: bool = True
    """Whether the value contains ours, as a source says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CeilingState:
    """How it stands with a ceiling."""

    ceiling: Ceiling
    in_use: int | None = None
    """Of all; None: not known, or nobody is asked."""
    others: int = 0
    """In use, and not by people of ours: these are not left for them."""
    unread: Reason = NONE
    """Why it is not known how many are in use: then the limit counts as it stands."""
    read_at: Instant | None = None

    @property
    def room(self) -> int:
        """For how many people it leaves a desktop."""
        return max(0, self.ceiling.limit - self.others)


def state_of(ceiling: Ceiling, reading: Reading | None, *, ours: int) -> CeilingState:
    """From what the source said when `ours` was the number of ours that it counts."""
    if reading is None or not ceiling.in_use:
        return CeilingState(ceiling=ceiling)
    if reading.value is None:
        return CeilingState(ceiling=ceiling, unread=reading.why, read_at=reading.at)
    others = max(0, reading.value - ours * reading.ours_too)
    return CeilingState(ceiling=ceiling, in_use=reading.value, others=others, read_at=reading.at)


__all__ = ["Ceiling", "CeilingState", "Counted", "Reading", "state_of"]
