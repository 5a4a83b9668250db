"""The state of each desktop in words: taken from the previous status where nothing can have changed, which is nearly always."""

from collections.abc import Mapping, Set
from itertools import chain
from math import inf

from provisioner.model.cluster import Power
from provisioner.model.demand import Demand, Want
from provisioner.model.departures import LeaverState
from provisioner.model.desktops import GuestReport, Phase, Reservation, Session, Unheard
from provisioner.model.ids import DesktopName, Instant
from provisioner.model.leases import LeaseState
from provisioner.model.scenarios import PreparationLevel
from provisioner.model.status import DesktopState, Status
from provisioner.model.words import BootLevel, GuestWord
from provisioner.pacing.probe_timing import sessions_known_for_s
from provisioner.planning.inputs import Situation, started_at, where
from provisioner.planning.survey.leaver_ladder import leaving_of
from provisioner.planning.survey.lifecycle import levels_of
from provisioner.planning.survey.survey import Survey

_MOVING = frozenset({Phase.RESERVED, Phase.CLONING, Phase.UNPROVEN, Phase.CLONED, Phase.STARTING, Phase.STOPPING})
_NO_LEVELS: frozenset[BootLevel] = frozenset()
_OFF = frozenset({Phase.RESERVED, Phase.CLONING, Phase.CLONED, Phase.STOPPED, Phase.DELETING})
LETS_NOBODY_IN = _OFF | {Phase.UNKNOWN}
"""Phases in which a report does not show who is logged on: the desktop is off, or its node is away."""


class DesktopStates:
    """The states of all desktops for one status, from the previous status and the changes since."""

    def __init__(self, situation: Situation, survey: Survey, before: Status | None) -> None:
        self._situation, self._survey, self._before = situation, survey, before
        self._owned = _Owned(situation, since=before.demand if before else None)
        self._leaving = _leaving(situation, survey)
        self.desktops: Mapping[DesktopName, DesktopState] = before.desktops if before else {}
        self.moved: Set[DesktopName] | None = None
        self.known_until: Instant = before.sessions_known_until if before else inf

    def follow(self, changed: Set[DesktopName] | None) -> None:
        """Update the states that may have changed: a ready desktop stays ready, with known sessions, for minutes."""
        now, earlier = self._situation.now, self.desktops
        records = self._situation.records.desktops
        if changed is None or self._before is None or not self._owned.same_demand or now >= self.known_until:
            # Any state may have changed.
            self.known_until = inf
            self.desktops = {name: self._state(record.reservation) for name, record in records.items()}
            self.moved = None if self._before is None else _moved(earlier, self.desktops)
            return
        # Changed desktops, and those whose state depends on the time.
        dated = (desktops for phase, desktops in self._survey.not_ready.items() if phase not in _OFF)
        names = {*changed, *self._leaving, *(name for name in chain(*dated) if not self._boots_in_time(name))}
        fresh = {name: self._state(records[name].reservation) for name in names if name in records}
        gone = {name for name in names if name not in records and name in earlier}
        moved = {name: state for name, state in fresh.items() if earlier.get(name) is not state}
        if moved or gone:
            desktops = {**earlier, **moved}
            for name in gone:
                del desktops[name]
            self.desktops = desktops
        self.moved = moved.keys() | gone

    def _boots_in_time(self, name: DesktopName) -> bool:
        """Whether it was started by us, and nothing is expected of it yet: its state is still the previous one."""
        record = self._situation.records.desktops.get(name)
        if record is None or record.started_at is None or record.report is not None:
            return False
        profile, before = self._situation.config.profiles.get(record.reservation.profile), self.desktops.get(name)
        up_s = self._situation.now - record.started_at
        in_time = profile is not None and up_s <= self._situation.limits.slow_after_s(profile)
        return in_time and before is not None and before.phase is Phase.STARTING

    def _state(self, desktop: Reservation) -> DesktopState:
        leaving, before = self._leaving.get(desktop.name), self._before.desktops.get(desktop.name) if self._before else None
        state = _state(self._situation, self._survey, desktop, self._owned, leaving=leaving, before=before)
        known = state.sessions is not None and state.phase not in _OFF
        if known and (report := self._situation.records.desktops[desktop.name].report):
            self.known_until = min(self.known_until, report.read_at + _known_for_s(self._situation))
        return state

    @property
    def on_the_way(self) -> int:
        """Desktops in phases that change by themselves, and that are wanted."""
        moving = (self.desktops[name] for phase in _MOVING for name in self._survey.not_ready.get(phase, ()))
        return sum(state.wanted or state.ahead is not None for state in moving)


def _moved(
    earlier: Mapping[DesktopName, DesktopState], now: Mapping[DesktopName, DesktopState]
) -> frozenset[DesktopName]:  # fmt: skip
    other = (name for name, state in now.items() if earlier.get(name) is not state)
    return frozenset((*other, *(earlier.keys() - now.keys())))


class _Owned:
    """The owner of each desktop, and the level that is wanted of it."""

    def __init__(self, situation: Situation, *, since: Demand | None) -> None:
        demand, roster = situation.demand, situation.records.roster
        self._demand = demand
        departed = {key: agent.login for key, agent in roster.departed.items()} if roster else {}
        self._not_wanted = departed | {entry.agent_id: entry.login for entry in demand.not_wanted}
        self._agents, self._records = roster.agents if roster else {}, situation.records.desktops
        self.same_demand = demand is since

    def unchanged(self, before: DesktopState) -> bool:
        """Whether it is wanted as before, for the same person. A desktop of a pool may have been lent meanwhile."""
        reservation = before.reservation
        is_persons = reservation.seat is None or reservation.agent_id is not None
        return self.same_demand and (is_persons or before.agent_login == self._borrower(reservation.name))

    def of(self, desktop: Reservation, *, unused: bool) -> tuple[str, bool, PreparationLevel | None]:
        """Login; whether the batch is open; the level if it is made ahead. A superseded or quarantined one is not wanted."""
        if desktop.seat is None:
            return "", False, None
        if want := self._demand.wants.get(desktop.seat):
            return self._login(want, desktop), not unused, None
        if early := self._demand.ahead.get(desktop.seat):
            return self._login(early, desktop), False, None if unused else early.level
        return self._not_wanted.get(desktop.agent_id, "") if desktop.agent_id else "", False, None

    def _login(self, want: Want, desktop: Reservation) -> str:
        return want.login if want.agent_id is not None else self._borrower(desktop.name)

    def _borrower(self, name: DesktopName) -> str:
        """The login of the person who has the desktop of a pool; empty: nobody has it, or that is not known."""
        lease = self._records[name].lease
        if lease is None or lease.state is not LeaseState.LENT or lease.agent_id is None:
            return ""
        agent = self._agents.get(lease.agent_id)
        return agent.login if agent is not None else self._not_wanted.get(lease.agent_id, "")


def _state(
    situation: Situation,
    survey: Survey,
    reservation: Reservation,
    owned: _Owned,
    *,
    leaving: LeaverState | None,
    before: DesktopState | None,
) -> DesktopState:
    """The state of one desktop; `before` itself if nothing has changed, which is the usual case."""
    phase, because = survey.phases[reservation.name]
    sessions = _sessions(situation, reservation, phase)
    unheard = None if phase in _OFF else _unheard(situation, reservation)
    unknown_since = _known_last(situation, reservation) if sessions is None else None
    node = where(situation, reservation).node
    superseded_by = situation.records.desktops[reservation.name].superseded_by
    quarantined = reservation.name in survey.quarantined
    late = phase is Phase.STARTING and _up_for_long(situation, reservation)
    slow = phase is Phase.STARTING and (late or _up_for_long(situation, reservation, slow=True))
    levels = _levels(situation, reservation, phase)
    same = before is not None and (
        before.phase is phase
        and before.because == because
        and before.sessions == sessions
        and before.unheard == unheard
        and before.unknown_since == unknown_since
        and before.node == node
        and before.superseded_by == superseded_by
        and before.quarantined is quarantined
        and before.late is late
        and before.slow is slow
        and before.levels == levels
        and before.leaving == leaving
        and (before.reservation is reservation or before.reservation == reservation)
    )
    if before is not None and same and owned.unchanged(before):
        return before
    login, wanted, ahead = owned.of(reservation, unused=superseded_by is not None or quarantined)
    if before is not None and same and (before.agent_login, before.wanted, before.ahead) == (login, wanted, ahead):
        return before
    return DesktopState(
        reservation=reservation,
        phase=phase,
        because=because,
        node=node,
        since=before.since if before is not None and before.phase is phase else situation.now,
        wanted=wanted,
        ahead=ahead,
        sessions=sessions,
        unknown_since=unknown_since,
        unheard=unheard,
        agent_login=login,
        superseded_by=superseded_by,
        quarantined=quarantined,
        leaving=leaving,
        late=late,
        slow=slow,
        levels=levels,
    )


def _leaving(situation: Situation, survey: Survey) -> dict[DesktopName, LeaverState]:
    """The leavers' desktops: nearly always none."""
    stored = ((name, reason, situation.records.desktops[name].departure) for name, reason in survey.leavers.items())
    return {
        name: leaving_of(departure, reason, situation.config.leavers, situation.now, off=survey.phases[name][0] in _OFF)
        for name, reason, departure in stored
        if departure is not None and not departure.ended
    }


def _unheard(situation: Situation, reservation: Reservation) -> Unheard | None:
    """Why nothing certain is known: it did not report, or its report leaves open who is connected."""
    report = situation.records.desktops[reservation.name].report
    unheard = situation.records.desktops[reservation.name].unheard
    return doubts_of(report) if unheard is None and report is not None else unheard


def doubts_of(report: GuestReport) -> Unheard | None:
    """What the report leaves open; None: nothing."""
    if not report.somebody_comes:
        return None
    return Unheard(word=GuestWord.CONNECTIONS, text=report.doubt(report.written_at or 0.0), since=report.read_at)


def _sessions(situation: Situation, reservation: Reservation, phase: Phase) -> tuple[Session, ...] | None:
    """The sessions; None if unknown: the node is away, or the guest has not answered for a long time."""
    if phase in _OFF:
        return ()
    report = situation.records.desktops[reservation.name].report
    if report is None and phase in (Phase.STARTING, Phase.FAILED) and not _up_for_long(situation, reservation):
        return ()  # it has not let anybody in yet
    oldest = situation.now - _known_for_s(situation)
    if report is None or report.read_at < oldest or phase is Phase.UNKNOWN:
        return None
    return sessions_shown(report)


def sessions_shown(report: GuestReport) -> tuple[Session, ...] | None:
    """The sessions of a report that is not too old; None: it leaves open who is there."""
    return None if report.somebody_comes else report.sessions


def _known_last(situation: Situation, reservation: Reservation) -> Instant:
    """When its sessions were last known: by its last report, else at the start of its present boot."""
    report = situation.records.desktops[reservation.name].report
    return started_at(situation, reservation) if report is None else report.read_at


def _known_for_s(situation: Situation) -> float:
    return sessions_known_for_s(situation.config.pace)


def _levels(situation: Situation, reservation: Reservation, phase: Phase) -> frozenset[BootLevel]:
    if phase is not Phase.STARTING:
        return _NO_LEVELS
    return levels_of(situation.records.desktops[reservation.name], situation.snapshot.clusters.get(reservation.cluster))


def _up_for_long(situation: Situation, reservation: Reservation, *, slow: bool = False) -> bool:
    """Whether it has run for longer than it takes to be ready: perhaps only its guest agent fails, and people use it.

    `slow`: than it took others of its image.
    """
    guest = situation.snapshot.guest(reservation.key)
    profile = situation.config.profiles.get(reservation.profile)
    limit = 0.0 if profile is None else situation.limits.slow_after_s(profile) if slow else profile.ready_timeout_s
    running = guest is not None and guest.power is Power.RUNNING
    return running and situation.now - started_at(situation, reservation) > limit
