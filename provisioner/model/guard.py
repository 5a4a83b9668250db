"""What guards the roster: how many may leave or join unasked, who did lately, and what is held back."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from provisioner.model.bounds import Bounds, Count, Number, Percent
from provisioner.model.ids import AgentId, Instant
from provisioner.model.rules import Rules
from provisioner.reasons.directory import BY_BOTH, BY_CONFIGURATION
from provisioner.reasons.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A reading by which more than this many entitled agents leave or join is not believed without an operator.

    Both figures of a pair have to be exceeded: the count keeps small sites quiet, the share large ones.
    """

    leavers: Number = 20
    """Agents who may stop being entitled (gone, disabled, out of their group) within `window`: a bad day at a large employer,
    and few enough to be called and asked."""
    leavers_percent: Percent = 2.0
    """Of those entitled: a year's turnover is some ten per cent, so a fifth of a year within a day is no turnover."""
    joiners: Number = 100
    """Agents who may become entitled within `window`: a class of trainees, a small service."""
    joiners_percent: Annotated[float, Bounds(ge=0)] = 25.0
    """Of those entitled: more by a quarter is a merger, or a filter that has lost its clause."""
    window_s: float = 86_400.0
    """How long a departure or an arrival counts: an accident in small steps is over within a day, and the leavers' desktops run
    on for as long."""
    small_site_leavers_percent: Percent = 10.0
    """Of those entitled, where `leavers` would be more: a tenth is a whole year's turnover in one day. Two may leave always."""
    small_site_joiners_percent: Annotated[float, Bounds(ge=0)] = 50.0
    """Of those entitled, where `joiners` would be more. Ten may join always."""
    slow_window_s: float = 7 * 86_400.0
    """The longer window, for leavers alone: a list that is worked through, or a job that fails a little more each night."""
    slow_factor: Annotated[float, Bounds(ge=1)] = 2.0
    """How many times a day's leavers may leave within it: a week with two such days is rare, one with three is no chance."""
    unit_leavers: Count = 5
    """From so many leavers on it counts whether they were one unit, group, department or site: of a team of eight nobody sees
    five go on one day by chance (at ten per cent a year, and all contracts ending on one day a month: one in 450 million)."""
    unit_leavers_percent: Percent = 50.0
    """Of such a place; more than that within `window` is its end, or an accident."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterMove:
    """One agent's leaving or joining that was put in force."""

    at: Instant
    allowed: bool = False
    """By an operator's order: it does not count for what comes after."""
    places: tuple[str, ...] = ()
    """Where a leaver was, in words: units, groups, department, site. Many from one place are no turnover."""


class HeldInput(enum.StrEnum):
    """What is held back."""

    DIRECTORY = "directory"
    """The last reading."""
    CONFIGURATION = "configuration"
    """Entitlements and scenario of bascule.yaml as it is now; the last reading is in force."""
    BOTH = "directory and configuration"


_BY = {HeldInput.CONFIGURATION: BY_CONFIGURATION, HeldInput.BOTH: BY_BOTH}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantine:
    """What is not believed: the roster accepted before it, or the configuration before it, stays in force whole."""

    since: Instant
    """When the first of its kind was read."""
    read_at: Instant
    """When the last was."""
    reason: Reason
    """The arithmetic, in one sentence."""
    leavers: int
    """Entitled agents who would be so no longer."""
    joiners: int
    """Agents who would be entitled anew."""
    of: HeldInput = HeldInput.DIRECTORY

    @property
    def words(self) -> Reason:
        """What is held back, and why."""
        by = _BY.get(self.of)
        return self.reason if by is None else by(why=self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardRecord:
    """What the guard remembers over a restart."""

    left: Mapping[AgentId, RosterMove] = field(default_factory=dict, hash=False)
    """Of the last `window`."""
    joined: Mapping[AgentId, RosterMove] = field(default_factory=dict, hash=False)
    quarantine: Quarantine | None = None
    """None: the last reading and the configuration are in force."""
    rules: Rules | None = None
    """Those in force, which a changed configuration is compared with; None: none was ever judged."""
