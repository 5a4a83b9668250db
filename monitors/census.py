"""Counts of desktops. There are thousands, so each status only updates the counts of desktops that have changed.

Counts sessions. A person who is logged on twice has two.
"""

from collections import Counter
from collections.abc import Iterable

from provisioner.model.demand import Demand
from provisioner.model.departures import LeaverStep
from provisioner.model.ids import ClusterId, DesktopPoolName, Instant, NodeKey, ProfileName, Seat, WaveName
from provisioner.model.machines.desktops import Phase, SessionState
from provisioner.model.machines.seats import pool_of
from provisioner.model.status import DesktopState, Status
from provisioner.model.words import GuestWord


class Census:
    """Counts updated from each status. Not thread-safe: called by one thread, in order."""

    def __init__(self) -> None:
        self._last: Status | None = None
        self._demand: Demand | None = None
        self.planned: Counter[tuple[ProfileName, WaveName]] = Counter()
        """Agents who get a desktop of their own, now or when their batch opens: `wanted` and `served` are among them."""
        self.wanted: Counter[tuple[ProfileName, WaveName]] = Counter()
        """Agents whose batch is open."""
        self.served: Counter[tuple[ProfileName, WaveName]] = Counter()
        """Agents whose batch is open and who have a ready desktop."""
        self.missing: Counter[tuple[ProfileName, WaveName]] = Counter()
        """Agents, now or ahead of need, who have no desktop that counts."""
        self.left_out: Counter[tuple[ProfileName, WaveName]] = Counter()
        """Agents for whom a ceiling leaves no desktop."""
        self.next_batch: dict[WaveName, Instant] = {}
        """When the next batch of each wave opens; not of a batch that a gate holds back, which has no date."""
        self.waiting: dict[Seat, Instant] = {}
        """Agents whose batch is open and who have no ready desktop, and since when: since they were wanted, or lost it."""
        self.is_resting = False
        """Whether anybody's own desktop rests: to look through all for the few is for a scrape only if there are some."""
        self.sessions_peak = 0
        """Most sessions at once, since the first status."""
        self._begin()

    def _begin(self) -> None:
        self.desktops: Counter[tuple[ProfileName, Phase, ClusterId]] = Counter()
        self.unknown_sessions: Counter[ProfileName] = Counter()
        """Desktops whose sessions are unknown."""
        self.known_sessions: Counter[ProfileName] = Counter()
        """Desktops that are on, and whose sessions are known."""
        self.sessions: Counter[tuple[ProfileName, SessionState]] = Counter()
        self.without_report: Counter[tuple[ProfileName, GuestWord]] = Counter()
        """Desktops without a report at their last probe."""
        self.silent: Counter[tuple[ProfileName, GuestWord]] = Counter()
        """Of them, those that are not booting."""
        self.pool_sessions: Counter[DesktopPoolName] = Counter()
        self.pool_unknown: Counter[DesktopPoolName] = Counter()
        """Desktops of pools whose sessions are unknown."""
        self.late: Counter[ProfileName] = Counter()
        """Desktops that have been starting for longer than their profile allows."""
        self.slow: Counter[ProfileName] = Counter()
        """Desktops that have been starting for longer than boots of their image do."""
        self.on_node: Counter[NodeKey] = Counter()
        self.foreign_sessions: Counter[tuple[ProfileName, SessionState]] = Counter()
        """Sessions of people other than the desktop's agent."""
        self.leaving: Counter[LeaverStep] = Counter()
        self.overdue: Counter[str] = Counter()
        """Desktops of leavers whose next step is overdue, by that step."""
        self._ready: Counter[Seat] = Counter()
        self._has: Counter[Seat] = Counter()
        """Desktops that are neither superseded nor in quarantine."""

    def follow(self, status: Status) -> None:
        """Update the counts from the next status."""
        last, self._last = self._last, status
        if last is None or status.moved is None:
            self._begin()
            self._demand = None
            for desktop in status.desktops.values():
                self._count(desktop, +1)
        elif last.desktops is not status.desktops:
            for name in status.moved:
                self._move(last.desktops.get(name), status.desktops.get(name), status.at)
        if status.demand is not self._demand:
            self._demand = status.demand
            self._want(status.at, is_first=last is None)
        self.sessions_peak = max(self.sessions_peak, self.sessions.total())

    def _move(self, before: DesktopState | None, now: DesktopState | None, at: Instant) -> None:
        seats = {desktop.reservation.seat for desktop in (before, now) if desktop and desktop.reservation.seat is not None}
        were_served, had = ({seat for seat in seats if counted[seat]} for counted in (self._ready, self._has))
        if before is not None:
            self._count(before, -1)
        if now is not None:
            self._count(now, +1)
        for seat in seats:
            want = self._demand.wants.get(seat) if self._demand else None
            if want is not None:
                self.served[want.profile, want.wave] += bool(self._ready[seat]) - (seat in were_served)
                self._note_wait(seat, at)
            want = want or (self._demand.ahead.get(seat) if self._demand else None)
            if want is not None:
                self.missing[want.profile, want.wave] += (seat in had) - bool(self._has[seat])

    def _count(self, desktop: DesktopState, by: int) -> None:
        profile, seat = desktop.reservation.profile, desktop.reservation.seat
        self.desktops[profile, desktop.phase, desktop.reservation.cluster] += by
        self.unknown_sessions[profile] += by * (desktop.sessions is None)
        self.known_sessions[profile] += by * desktop.counted
        if (pool := pool_of(seat)) is not None:
            self.pool_sessions[pool] += by * len(desktop.sessions or ())
            self.pool_unknown[pool] += by * (desktop.sessions is None)
        if desktop.unheard is not None:
            self.without_report[profile, desktop.unheard.word] += by
            self.silent[profile, desktop.unheard.word] += by * (desktop.phase is not Phase.STARTING or desktop.late)
        self.late[profile] += by * desktop.late
        self.slow[profile] += by * desktop.slow
        self.on_node[NodeKey(desktop.reservation.cluster, desktop.node)] += by
        if desktop.sessions:
            for key, count in sessions_by((desktop,)).items():
                self.sessions[key] += by * count
            for stranger in desktop.strangers:
                self.foreign_sessions[profile, stranger.state] += by
        if desktop.leaving is not None:
            self.leaving[desktop.leaving.step] += by
            self.overdue[desktop.leaving.next_step] += by * desktop.leaving.overdue
        if seat is not None:
            self._ready[seat] += by * (desktop.phase is Phase.READY)
            self._has[seat] += by * (not desktop.unused)

    def _note_wait(self, seat: Seat, since: Instant) -> None:
        if self._ready[seat] or (self._demand is not None and self._demand.rests(seat)):
            self.waiting.pop(seat, None)
        else:
            self.waiting.setdefault(seat, since)

    def _want(self, at: Instant, *, is_first: bool) -> None:
        assert self._demand is not None  # `follow` has just set it
        demand = self._demand
        later = [agent.then for agent in demand.not_wanted if agent.then is not None]
        everyone = (*demand.wants.values(), *demand.ahead.values(), *later)
        dated = [agent.then for agent in demand.not_wanted if agent.then is not None and agent.opens_at is not None]
        self.next_batch = {}
        for want in (*(want for want in demand.ahead.values() if want.opens_at > at), *dated):
            self.next_batch[want.wave] = min(want.opens_at, self.next_batch.get(want.wave, want.opens_at))
        refused = (agent.refused for agent in demand.not_wanted if agent.refused is not None)
        self.left_out = Counter((want.profile, want.wave) for want in refused)
        self.missing = Counter(
            (want.profile, want.wave) for seat, want in (*demand.wants.items(), *demand.ahead.items()) if not self._has[seat]
        )
        self.planned = Counter((want.profile, want.wave) for want in everyone if want.agent_id is not None)
        self.is_resting = bool(demand.resting)
        self.wanted, self.served = Counter(), Counter()
        for seat, want in demand.wants.items():
            self.wanted[want.profile, want.wave] += 1
            self.served[want.profile, want.wave] += bool(self._ready[seat])
            self._note_wait(seat, min(at, want.opens_at) if is_first else at)
        self.waiting = {seat: since for seat, since in self.waiting.items() if seat in demand.wants}


def sessions_by(desktops: Iterable[DesktopState]) -> Counter[tuple[ProfileName, SessionState]]:
    """Open sessions by profile and state."""
    counted: Counter[tuple[ProfileName, SessionState]] = Counter()
    for desktop in desktops:
        counted.update((desktop.reservation.profile, session.state) for session in desktop.sessions or ())
    return counted
