"""What guards the roster: how many may leave or join unasked, who did lately, and what is held back."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from provisioner.model.ids import AgentId, Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A reading by which more than this many entitled agents leave or join is not believed without an operator.

    Both figures of a pair have to be exceeded: the count keeps small sites quiet, the share large ones.
    """

    leavers: int = 20
    """Agents who may stop being entitled (gone, disabled, out of their group) within `window`: a bad day at a large employer,
    and few enough to be called and asked."""
    leavers_percent: float = 2.0
    """Of those entitled: a year's turnover is some ten per cent, so a fifth of a year within a day is no turnover."""
    joiners: int = 100
    """Agents who may become entitled within `window`: a class of trainees, a small service."""
    joiners_percent: float = 25.0
    """Of those entitled: more by a quarter is a merger, or a filter that has lost its clause."""
    window_s: float = 86_400.0
    """How long a departure or an arrival counts: an accident in small steps is over within a day, and the leavers' desktops run
    on for as long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One agent's leaving or joining that was put in force."""

    at: Instant
    allowed: bool = False
    """By an operator's order: it does not count for what comes after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantine:
    """A reading that is not believed: the roster accepted before it stays in force whole."""

    since: Instant
    """When the first of its kind was read."""
    read_at: Instant
    """When the last was."""
    reason: str
    """The arithmetic, in one sentence."""
    leavers: int
    """Entitled agents who would be so no longer."""
    joiners: int
    """Agents who would be entitled anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardRecord:
    """What the guard remembers over a restart."""

    left: Mapping[AgentId, Move] = field(default_factory=dict, hash=False)
    """Of the last `window`."""
    joined: Mapping[AgentId, Move] = field(default_factory=dict, hash=False)
    quarantine: Quarantine | None = None
    """None: the last reading is in force."""
