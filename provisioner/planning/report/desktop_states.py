"""The state of each desktop in words: taken from the previous status where nothing can have changed, which is nearly always.

A state is made from three kinds of input, each with its own way to notice a change:

* what is the desktop's own: its record, VM, order and phase. The surveyor compares them, and names the desktops (`changed`);
* what is everybody's: demand and directory (`_Owned`). If one is another value, every state is made anew; so it is if the
  configuration is, for the surveyor then looks at everything;
* what passes by itself: the clock, measured boots, the age of a reading (`passing`), and a leaver's next step.
"""

from collections.abc import Mapping, Set
from itertools import chain
from math import inf

from provisioner.model.demand import Want
from provisioner.model.departures import LeaverState
from provisioner.model.ids import DesktopName, Instant
from provisioner.model.kept.records import DesktopRecord
from provisioner.model.lending import LeaseState
from provisioner.model.machines.desktops import GuestReport, Phase, Reservation, Unheard
from provisioner.model.scenario.scenarios import PreparationLevel
from provisioner.model.status import DesktopState, Status
from provisioner.model.words import GuestWord
from provisioner.planning.inputs import Situation, where
from provisioner.planning.report.passing import OFF, known_for_s, passing, still_so
from provisioner.planning.survey.leaver_ladder import leaving_of
from provisioner.planning.survey.survey import Survey

_MOVING = frozenset({Phase.RESERVED, Phase.CLONING, Phase.UNPROVEN, Phase.CLONED, Phase.STARTING, Phase.STOPPING})


class DesktopStates:
    """The states of all desktops for one status, from the previous status and the changes since."""

    def __init__(self, situation: Situation, survey: Survey, before: Status | None) -> None:
        self._situation, self._survey, self._before = situation, survey, before
        self._owned = _Owned(situation, since=before)
        self._leaving = _leaving(situation, survey)
        self.desktops: Mapping[DesktopName, DesktopState] = before.desktops if before else {}
        self.moved: Set[DesktopName] | None = None
        self.known_until: Instant = before.sessions_known_until if before else inf

    def follow(self, changed: Set[DesktopName] | None) -> None:
        """Update the states that may have changed: a ready desktop stays ready, with known sessions, for minutes."""
        now, earlier = self._situation.now, self.desktops
        records = self._situation.records.desktops
        if changed is None or self._before is None or not self._owned.unchanged or now >= self.known_until:
            # Any state may have changed.
            self.known_until = inf
            self.desktops = {name: self._state(record.reservation) for name, record in records.items()}
            self.moved = None if self._before is None else _moved(earlier, self.desktops)
            return
        # Changed desktops, and those whose state has passed. That of a ready one passes when its sessions become unknown.
        dated = (desktops for phase, desktops in self._survey.not_ready.items() if phase not in OFF)
        names = {*changed, *self._leaving, *(name for name in chain(*dated) if not self._holds(name))}
        fresh = {name: self._state(records[name].reservation) for name in names if name in records}
        gone = {name for name in names if name not in records and name in earlier}
        moved = {name: state for name, state in fresh.items() if earlier.get(name) is not state}
        if moved or gone:
            desktops = {**earlier, **moved}
            for name in gone:
                del desktops[name]
            self.desktops = desktops
        self.moved = moved.keys() | gone

    def _holds(self, name: DesktopName) -> bool:
        """Whether the previous state of a desktop that has not changed is its state now."""
        record, before = self._situation.records.desktops.get(name), self.desktops.get(name)
        if record is None or before is None:
            return False
        return still_so(before, passing(self._situation, record, before.phase))

    def _state(self, desktop: Reservation) -> DesktopState:
        leaving, before = self._leaving.get(desktop.name), self._before.desktops.get(desktop.name) if self._before else None
        state = _state(self._situation, self._survey, desktop, self._owned, leaving=leaving, before=before)
        known = state.sessions is not None and state.phase not in OFF
        if known and (report := self._situation.records.desktops[desktop.name].report):
            self.known_until = min(self.known_until, report.read_at + known_for_s(self._situation))
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

    def __init__(self, situation: Situation, *, since: Status | None) -> None:
        demand, roster = situation.demand, situation.records.roster
        self._demand = demand
        departed = {key: agent.login for key, agent in roster.departed.items()} if roster else {}
        self._not_wanted = departed | {entry.agent_id: entry.login for entry in demand.not_wanted}
        self._agents, self._records = roster.agents if roster else {}, situation.records.desktops
        self.unchanged = since is not None and demand is since.demand and roster is since.roster
        """Whether demand and directory are those of the previous status."""

    def same(self, before: DesktopState) -> bool:
        """Whether it is wanted as before, for the same person. A desktop of a pool may have been lent meanwhile."""
        reservation = before.reservation
        is_persons = reservation.seat is None or reservation.agent_id is not None
        return self.unchanged and (is_persons or before.agent_login == self._borrower(reservation.name))

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
    record, (phase, because) = situation.records.desktops[reservation.name], survey.phases[reservation.name]
    now = passing(situation, record, phase)
    unheard = None if phase in OFF else _unheard(record)
    node = where(situation, reservation).node
    superseded_by = record.superseded_by
    quarantined = reservation.name in survey.quarantined
    same = before is not None and (
        before.phase is phase
        and before.because == because
        and still_so(before, now)
        and before.unheard == unheard
        and before.node == node
        and before.superseded_by == superseded_by
        and before.quarantined is quarantined
        and before.leaving == leaving
        and (before.attempts is record.attempts or before.attempts == record.attempts)
        and (before.reservation is reservation or before.reservation == reservation)
    )
    if before is not None and same and owned.same(before):
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
        sessions=now.sessions,
        unknown_since=now.unknown_since,
        unheard=unheard,
        agent_login=login,
        superseded_by=superseded_by,
        quarantined=quarantined,
        leaving=leaving,
        attempts=record.attempts,
        late=now.late,
        slow=now.slow,
        levels=now.levels,
    )


def _leaving(situation: Situation, survey: Survey) -> dict[DesktopName, LeaverState]:
    """The leavers' desktops: nearly always none."""
    stored = ((name, reason, situation.records.desktops[name].departure) for name, reason in survey.leavers.items())
    return {
        name: leaving_of(departure, reason, situation.config.leavers, situation.now, off=survey.phases[name][0] in OFF)
        for name, reason, departure in stored
        if departure is not None and not departure.ended
    }


def _unheard(record: DesktopRecord) -> Unheard | None:
    """Why nothing certain is known: it did not report, or its report leaves open who is connected."""
    return doubts_of(record.report) if record.unheard is None and record.report is not None else record.unheard


def doubts_of(report: GuestReport) -> Unheard | None:
    """What the report leaves open; None: nothing."""
    if not report.somebody_comes:
        return None
    return Unheard(word=GuestWord.CONNECTIONS, text=report.doubt(report.written_at or 0.0), since=report.read_at)
