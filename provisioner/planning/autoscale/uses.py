"""What each desktop of a pool is doing, as autoscale counts it. Pure."""

from collections.abc import Mapping, Set

from provisioner.model.autoscale import Use
from provisioner.model.desktops import Phase
from provisioner.model.ids import DesktopName, Seat
from provisioner.model.lending import LeaseState
from provisioner.model.pools import AfterPerson, DesktopPool
from provisioner.model.seats import pool_of
from provisioner.planning.autoscale.seats import SeatUse
from provisioner.planning.lending.facts import LendFacts

_MAKING = frozenset({Phase.RESERVED, Phase.CLONING, Phase.UNPROVEN, Phase.CLONED})
_OFF = frozenset({Phase.STOPPED, Phase.STOPPING})
_PLAIN = {**dict.fromkeys(_MAKING, Use.MAKING), **dict.fromkeys(_OFF, Use.STOPPED), Phase.STARTING: Use.PREPARING}


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
