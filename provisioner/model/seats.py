"""What a desktop is for: a seat is an agent's, the n-th of a pool, a trial's or a probe's.

Its text is what the signed note says: `agent:ID`, `pool:NAME/N`, `trial:NAME`, `probe:NAME`.
"""

import enum

from provisioner.model.ids import AgentId, Seat


class SeatKind(enum.StrEnum):
    """The kinds of seats."""

    AGENT = "agent"
    """One agent's own desktop."""
    POOL = "pool"
    """The n-th desktop of a pool: a spare until an agent is given it."""
    TRIAL = "trial"
    """Made to see whether desktops can be made, and how long it takes; deleted afterwards."""
    PROBE = "probe"
    """Made to see whether an image or a node still works."""


_AGENT = f"{SeatKind.AGENT}:"


def seat_of(agent_id: AgentId) -> Seat:
    """An agent's seat."""
    return Seat(_AGENT + agent_id)


def agent_at(seat: Seat | None) -> AgentId | None:
    """The agent whose seat it is; None: no single agent's."""
    return AgentId(seat.removeprefix(_AGENT)) if seat is not None and seat.startswith(_AGENT) else None


def seat_named(text: str) -> Seat | None:
    """The seat that a note or a row names; None: it names none, or a kind that this version does not know."""
    kind, _, name = text.partition(":")
    return Seat(text) if name and kind in set(SeatKind) else None
