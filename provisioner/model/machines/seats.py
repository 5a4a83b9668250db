"""What a desktop is for: a seat is an agent's, the n-th of a pool, a trial's or a probe's.

Its text is what the signed note says: `agent:ID`, `pool:NAME/N`, `trial:NAME`, `probe:NAME`.
"""

import enum
from sys import intern

from provisioner.model.ids import AgentId, DesktopPoolName, Seat


class SeatKind(enum.StrEnum):
    """The kinds of seats."""

    AGENT = "agent"
    """One agent's own desktop."""
    POOL = "pool"
    """The n-th desktop of a pool: a spare until an agent is given it."""
    TRIAL = "trial"
    """A trial of whether and how fast desktops can be made; deleted afterwards."""
    PROBE = "probe"
    """A probe of whether an image or a node still works."""


_AGENT, _POOL, _TRIAL = f"{SeatKind.AGENT}:", f"{SeatKind.POOL}:", f"{SeatKind.TRIAL}:"


def seat_of(agent_id: AgentId) -> Seat:
    """The seat of an agent. The same object each time: a desktop, who wants it and each index of them have it."""
    return Seat(intern(_AGENT + agent_id))


def pool_seat(pool: DesktopPoolName, number: int) -> Seat:
    """The n-th seat of a pool, from 1."""
    return Seat(f"{_POOL}{pool}/{number}")


def pool_of(seat: Seat | None) -> DesktopPoolName | None:
    """The pool of a seat; None: another kind of seat."""
    if seat is None or not seat.startswith(_POOL):
        return None
    return DesktopPoolName(seat.removeprefix(_POOL).rpartition("/")[0])


def trial_seat(name: str) -> Seat:
    """The seat of a trial, by its name: `profile/number`."""
    return Seat(_TRIAL + name)


def is_agents(seat: Seat) -> bool:
    """Whether it is an agent's."""
    return seat.startswith(_AGENT)


def is_trial(seat: Seat | None) -> bool:
    """Whether it is a trial's."""
    return seat is not None and seat.startswith(_TRIAL)


def agent_at(seat: Seat | None) -> AgentId | None:
    """The agent of a seat; None: another kind of seat."""
    return AgentId(seat.removeprefix(_AGENT)) if seat is not None and seat.startswith(_AGENT) else None


def seat_named(text: str) -> Seat | None:
    """The seat from the text of a note or row; None: no seat, or a kind that this version does not know."""
    kind, _, name = text.partition(":")
    return Seat(text) if name and kind in set(SeatKind) else None
