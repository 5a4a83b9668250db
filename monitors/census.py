"""Desktops, counted: from one status to the next only those are counted anew that have moved. There are thousands."""

from collections import Counter

from monitors import sessions
from provisioner.model.demand import Demand
from provisioner.model.departures import LeaverStep
from provisioner.model.desktops import Phase, SessionState
from provisioner.model.ids import ClusterId, ProfileName, Seat, WaveName
from provisioner.model.status import DesktopState, Status
from provisioner.model.words import GuestWord


class Census:
    """Follows the statuses. Not thread-safe: fed by one thread, in order."""

    def __init__(self) -> None:
        self._last: Status | None = None
        self._demand: Demand | None = None
        self.planned: Counter[tuple[ProfileName, WaveName]] = Counter()
        """Agents who have a desktop, or will once their batch opens."""
        self.wanted: Counter[tuple[ProfileName, WaveName]] = Counter()
        """Agents whose batch is open."""
        self.served: Counter[tuple[ProfileName, WaveName]] = Counter()
        """Those of them who have a ready desktop."""
        self._begin()

    def _begin(self) -> None:
        self.desktops: Counter[tuple[ProfileName, Phase, ClusterId]] = Counter()
        self.unknown: Counter[ProfileName] = Counter()
        """Desktops whose sessions are unknown."""
        self.sessions: Counter[tuple[ProfileName, SessionState]] = Counter()
        self.unheard: Counter[tuple[ProfileName, GuestWord]] = Counter()
        """Desktops that gave no report when they were asked last."""
        self.strangers: Counter[tuple[ProfileName, SessionState]] = Counter()
        """Sessions of others than the desktop's agent."""
        self.leaving: Counter[LeaverStep] = Counter()
        self.overdue: Counter[str] = Counter()
        """By the step that has been due for long."""
        self._ready: Counter[Seat] = Counter()

    def follow(self, status: Status) -> None:
        """Count what this status shows."""
        last, self._last = self._last, status
        if last is None or status.moved is None:
            self._begin()
            self._demand = None
            for one in status.desktops.values():
                self._count(one, +1)
        elif last.desktops is not status.desktops:
            for name in status.moved:
                self._move(last.desktops.get(name), status.desktops.get(name))
        if status.demand is not self._demand:
            self._demand = status.demand
            self._want()

    def _move(self, before: DesktopState | None, now: DesktopState | None) -> None:
        seats = {one.reservation.seat for one in (before, now) if one is not None}
        were_served = {seat for seat in seats if seat is not None and self._ready[seat]}
        if before is not None:
            self._count(before, -1)
        if now is not None:
            self._count(now, +1)
        for seat in seats:
            want = self._demand.wants.get(seat) if self._demand and seat is not None else None
            if seat is not None and want is not None:
                self.served[want.profile, want.wave] += bool(self._ready[seat]) - (seat in were_served)

    def _count(self, one: DesktopState, by: int) -> None:
        profile, seat = one.reservation.profile, one.reservation.seat
        self.desktops[profile, one.phase, one.reservation.cluster] += by
        self.unknown[profile] += by * (one.sessions is None)
        if one.unheard is not None:
            self.unheard[profile, one.unheard.word] += by
        if one.sessions:
            for key, count in sessions.count((one,)).items():
                self.sessions[key] += by * count
            for stranger in one.strangers:
                self.strangers[profile, stranger.state] += by
        if one.leaving is not None:
            self.leaving[one.leaving.step] += by
            self.overdue[one.leaving.next_step] += by * one.leaving.overdue
        if one.phase is Phase.READY and seat is not None:
            self._ready[seat] += by

    def _want(self) -> None:
        assert self._demand is not None  # just taken over
        demand = self._demand
        later = (one.then for one in demand.not_wanted if one.then is not None)
        everyone = (*demand.wants.values(), *demand.ahead.values(), *later)
        self.planned = Counter((want.profile, want.wave) for want in everyone)
        self.wanted, self.served = Counter(), Counter()
        for seat, want in demand.wants.items():
            self.wanted[want.profile, want.wave] += 1
            self.served[want.profile, want.wave] += bool(self._ready[seat])
