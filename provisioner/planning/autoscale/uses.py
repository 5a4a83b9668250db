"""What each desktop of a pool is doing, as autoscale counts it; and from one look to the next, what has come of its decisions
and how long that took. Pure.

A decision is made anew in each cycle: what waits is wanted again and again, and what is held back is never done.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from statistics import median

from provisioner.model.autoscale import Use
from provisioner.model.ids import DesktopName, Instant, Seat
from provisioner.model.lending import LeaseState
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.seats import pool_of
from provisioner.model.pools import AfterPerson, DesktopPool
from provisioner.planning.autoscale.seats import SeatUse
from provisioner.planning.lending.facts import LendFacts

_MAKING = frozenset({Phase.RESERVED, Phase.CLONING, Phase.UNPROVEN, Phase.CLONED})
_OFF = frozenset({Phase.STOPPED, Phase.STOPPING})
_PLAIN = {**dict.fromkeys(_MAKING, Use.MAKING), **dict.fromkeys(_OFF, Use.STOPPED), Phase.STARTING: Use.PREPARING}
_ON = frozenset({Use.FREE, Use.LENT, Use.PREPARING})
_COMING = frozenset({Use.FREE, Use.PREPARING})
_LATEST = 20
"""The storage's lock and the nodes' load change within minutes: older steps say little."""


def uses_of(pool: DesktopPool, facts: LendFacts, idle: Set[Seat]) -> Mapping[Seat, SeatUse]:
    """Of each seat of the pool that has a desktop; `idle`: those that are to be shut down since the last decision."""
    found: dict[Seat, SeatUse] = {}
    for seat, desktop in facts.survey.of_seat.items():
        if pool_of(seat) == pool.name and desktop.name in facts.situation.records.desktops:
            found[seat] = SeatUse(seat=seat, desktop=desktop.name, use=_use(desktop.name, pool, facts, is_idle=seat in idle))
    for name, record in facts.situation.records.desktops.items():
        newer = record.reservation.seat  # than the survey
        if newer is not None and newer not in found and pool_of(newer) == pool.name and record.superseded_by is None:
            found[newer] = SeatUse(seat=newer, desktop=name, use=Use.MAKING)
    return found


def _use(name: DesktopName, pool: DesktopPool, facts: LendFacts, *, is_idle: bool) -> Use:
    record, phase = facts.record(name), facts.phase(name)
    if record.lease is not None:
        resets = record.lease.state is LeaseState.TO_RESET and pool.after(facts.now) is AfterPerson.RESTART
        return Use.PREPARING if resets and phase in _OFF else Use.LENT
    if not facts.is_usable(name):
        return Use.UNKNOWN
    if phase is Phase.READY:
        return _ready(name, facts, is_idle=is_idle)
    if is_idle and phase is Phase.STARTING:
        return Use.DRAINING
    return _PLAIN.get(phase, Use.UNKNOWN)


def _ready(name: DesktopName, facts: LendFacts, *, is_idle: bool) -> Use:
    """Sessions that are unknown are never none."""
    if facts.is_empty(name):
        return Use.DRAINING if is_idle else Use.FREE
    report = facts.reports.get(name)
    if report is not None and (report.sessions or report.somebody_comes):
        return Use.LENT
    # Nobody has asked it since the daemon was away: the answer comes within seconds.
    return Use.UNKNOWN if facts.record(name).unheard is not None else Use.PREPARING


@dataclass(frozen=True, slots=True)
class Looked:
    """How the desktops of a pool were when they were looked at last."""

    uses: Mapping[Seat, SeatUse] = field(default_factory=dict)
    resets: Set[Seat] = frozenset()
    """Seats whose desktop is made anew after a person: that is not a step of the pool's size."""


def look(before: Looked | None, uses: Mapping[Seat, SeatUse], idle: Set[Seat]) -> tuple[Looked, Counter[str]]:
    """What is to be remembered, and how many were `pardoned`, `started`, `drained` and `made` since the look before.

    None: there was none. `idle`: those that were to be shut down since then.
    """
    if before is None:
        return Looked(uses), Counter()
    gone = {seat for seat, each in before.uses.items() if seat not in uses and each.use is Use.LENT}
    resets = {seat for seat in (*before.resets, *gone) if seat not in uses or uses[seat].use is Use.MAKING}
    steps = Counter(word for seat, each in uses.items() for word in _steps(seat, each, before, idle))
    return Looked(uses, frozenset(resets)), steps


def _steps(seat: Seat, each: SeatUse, before: Looked, idle: Set[Seat]) -> Iterator[str]:
    known = before.uses.get(seat)
    was, now = None if known is None else known.use, each.use
    if was is Use.DRAINING and now in _ON:
        yield "pardoned"
    if was in (Use.STOPPED, Use.MAKING) and now in _COMING and not (was is Use.MAKING and seat in before.resets):
        yield "started"
    if was in (Use.FREE, Use.DRAINING) and now is Use.STOPPED and seat in idle:
        yield "drained"
    if was is Use.MAKING and now is not Use.MAKING and seat not in before.resets:
        yield "made"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadTimes:
    """Of steps of one kind and pool: from when one is wanted to when its end is seen."""

    wanted: Mapping[Seat, Instant] = field(default_factory=dict)
    """What is not there yet, and since when it is wanted."""
    took: tuple[float, ...] = ()
    """The latest, in seconds."""

    def looked(self, wanted: Mapping[Seat, bool], now: Instant) -> "LeadTimes":
        """With what is wanted now, and whether it is there. What is not wanted any more has shown nothing."""
        ended = [now - self.wanted[seat] for seat, there in wanted.items() if there and seat in self.wanted]
        since = {seat: self.wanted.get(seat, now) for seat, there in wanted.items() if not there}
        return LeadTimes(wanted=since, took=(*self.took, *ended)[-_LATEST:])

    def seconds(self, otherwise: float) -> float:
        """The median of the latest: a desktop that stuck for an hour says nothing about the next. None yet: `otherwise`."""
        return max(1.0, median(self.took) if self.took else otherwise)
