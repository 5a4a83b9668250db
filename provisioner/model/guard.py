"""The guard over the roster: its limits, its record of recent departures and arrivals, and its quarantine."""

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
    """The limits: if more entitled agents leave or join by a reading, it is held back until an operator accepts it.

    Both figures of a pair have to be exceeded: the count avoids alarms on small sites, the share on large ones.
    """

    leavers: Number = 20
    """Agents who may lose their entitlement (gone, disabled, out of their group) within `window`: a bad day at a large
    employer, and few enough to be called and asked."""
    leavers_percent: Percent = 2.0
    """Of the entitled agents: turnover is about ten per cent a year, so a fifth of a year's turnover in a day is an error."""
    joiners: Number = 100
    """Agents who may become entitled within `window`: a class of trainees, a small service."""
    joiners_percent: Annotated[float, Bounds(ge=0)] = 25.0
    """Of the entitled agents: a quarter more is a merger, or a filter that has lost its clause."""
    window_s: float = 86_400.0
    """How long a departure or an arrival counts: an accident in small steps ends within a day, and the leavers' desktops run
    on for that time."""
    small_site_leavers_percent: Percent = 10.0
    """Of the entitled agents, if that is less than `leavers`: a tenth is a year's turnover in one day. Two may always leave."""
    small_site_joiners_percent: Annotated[float, Bounds(ge=0)] = 50.0
    """Of the entitled agents, if that is less than `joiners`. Ten may always join."""
    slow_window_s: float = 7 * 86_400.0
    """The longer window, for leavers only: somebody works through a list, or a job fails a little more each night."""
    slow_factor: Annotated[float, Bounds(ge=1)] = 2.0
    """How many times a day's leavers may leave within it: a week with two such days is rare, one with three is an error."""
    unit_leavers: Count = 5
    """From this many leavers on, the guard checks whether they come from one unit, group, department or site. That five of a
    team of eight leave on one day by chance (at ten per cent a year, and all contracts ending on one day a month) has a
    probability of one in 450 million."""
    unit_leavers_percent: Percent = 50.0
    """Of such a unit; more within `window` is its end, or an accident."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterMove:
    """One agent's departure or arrival that is in force."""

    at: Instant
    allowed: bool = False
    """By an operator's intent: it does not count against the limits."""
    places: tuple[str, ...] = ()
    """A leaver's units, groups, department, site, in words. Many leavers from one place are suspicious."""


class HeldInput(enum.StrEnum):
    """The input that is held back."""

    DIRECTORY = "directory"
    """The last reading."""
    CONFIGURATION = "configuration"
    """Entitlements and scenario of the present bascule.yaml; the last reading is in force."""
    BOTH = "directory and configuration"


_BY = {HeldInput.CONFIGURATION: BY_CONFIGURATION, HeldInput.BOTH: BY_BOTH}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantine:
    """An input that is held back: the roster or the configuration accepted before stays in force, unchanged."""

    since: Instant
    """When the first such input was read."""
    read_at: Instant
    """When the last one was read."""
    reason: Reason
    """The arithmetic, in one sentence."""
    leavers: int
    """Agents who would lose their entitlement."""
    joiners: int
    """Agents who would become entitled."""
    of: HeldInput = HeldInput.DIRECTORY

    @property
    def words(self) -> Reason:
        """What is held back, and why."""
        by = _BY.get(self.of)
        return self.reason if by is None else by(why=self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardRecord:
    """The guard's record, which survives a restart."""

    left: Mapping[AgentId, RosterMove] = field(default_factory=dict, hash=False)
    """Departures within the windows."""
    joined: Mapping[AgentId, RosterMove] = field(default_factory=dict, hash=False)
    turns: Mapping[AgentId, tuple[Instant, ...]] = field(default_factory=dict, hash=False)
    """When each agent who has left within the windows went and came back, oldest first."""
    away: Mapping[AgentId, Instant] = field(default_factory=dict, hash=False)
    """Agents who have gone too often to be believed at once: since when they are shown as gone this time."""
    quarantine: Quarantine | None = None
    """None: the last reading and the configuration are in force."""
    rules: Rules | None = None
    """The rules in force, which a changed configuration is compared with; None: none were judged yet."""
