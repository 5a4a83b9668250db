"""People who borrow desktops of a pool, work there, and give them back or forget to: and what must hold whatever happens."""

from collections.abc import Callable
from dataclasses import dataclass

from provisioner.model.ids import DesktopName
from provisioner.model.lending import GiveBackOrder, LeaseState, LendingAnswer, LendingOrder, LendOrder
from provisioner.model.machines.desktops import Reservation
from provisioner.model.pools import AfterPerson
from provisioner.twin.model.guests import TwinGuest, TwinSession
from provisioner.twin.twin import Twin
from tests.builders.core import an_agent
from tests.chaos.judge import Judge

BORROWERS = 6
"""Of the first people: more than a pool has desktops."""
_AGAIN_S, _TRIES = 15.0, 12
_ON_THE_WAY_S = 5.0
_LEAVES_LATE_S = 60.0
Order = Callable[[LendingOrder], LendingAnswer | None]
"""Gives an order to the daemon; None: there is none now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Who was logged on in which VM, and in which boot of it."""

    guest: TwinGuest
    boot: int
    login: str


class Borrowers:
    """Each method takes the rank of a person."""

    def __init__(self, twin: Twin, judge: Judge, *, order: Order, now: Callable[[], float], after: AfterPerson) -> None:
        self._twin, self._judge, self._order, self._now, self._after = twin, judge, order, now, after
        self._left_by: dict[int, Trace] = {}

    def lends(self, rank: int, for_s: float, tries: int = _TRIES) -> None:
        """Somebody asks for a desktop, again while there is none, and uses it for so long."""
        login = an_agent(1 + rank % BORROWERS).login
        had = self._lent()
        answer = self._order(LendOrder(who=login, by="zoe", at=self._now()))
        if answer is None or answer.refused or answer.desktop is None:
            if tries:
                self._twin.events.after(_AGAIN_S, lambda: self.lends(rank, for_s, tries - 1))
            return
        name = answer.desktop
        if had.get(name, login) != login:
            self._judge.condemn("one person for one desktop of a pool", f"{name} for {login}, and {had[name]} has it")
        self._judge_lent(login, name)
        self._twin.events.after(_ON_THE_WAY_S, lambda: self._comes(login, name, self._twin.events.now + for_s))
        self._twin.events.after(for_s, lambda: self._has_done(rank, login, name))

    def _judge_lent(self, login: str, name: DesktopName) -> None:
        guest = self._guest(name)
        if guest is None:
            return
        trace = self._left_by.get(guest.vmid)
        if trace is not None and trace.guest is guest and trace.login != login and not self._was_off(guest, trace):
            self._judge.condemn("nobody gets a desktop before it was reset", f"{name} for {login} after {trace.login}")
        if others := {session.login for session in guest.sessions} - {login}:
            self._judge.condemn("nobody gets a desktop where somebody is", f"{name} for {login}, where {others} are")

    def _was_off(self, guest: TwinGuest, trace: Trace) -> bool:
        return self._after is AfterPerson.RESTART and (not guest.running or trace.boot != guest.boots)

    def _comes(self, login: str, name: DesktopName, until: float) -> None:
        """As soon as it is ready, if it is still theirs: who comes too late is told so by the broker."""
        guest = self._guest(name)
        if self._twin.events.now >= until or not self._is_theirs(login, name):
            return
        if guest is None or not guest.ready or not self._twin.cluster.nodes[guest.node].alive:
            self._twin.events.after(_ON_THE_WAY_S, lambda: self._comes(login, name, until))
        elif all(session.login != login for session in guest.sessions):
            now = self._twin.events.now
            guest.log_on(TwinSession(login=login, since=now, came_at=now))
            self._twin.cluster.people.open += 1
            self._left_by[guest.vmid] = Trace(guest=guest, boot=guest.boots, login=login)

    def _has_done(self, rank: int, login: str, name: DesktopName) -> None:
        """By the rank: logs off and says so, says so before, or forgets to say so."""
        if rank % 3 != 1:
            self._logs_off(login, name)
        if rank % 3 != 2:
            self._order(GiveBackOrder(who=login, by="zoe", at=self._now()))
        self._twin.events.after(_LEAVES_LATE_S, lambda: self._logs_off(login, name))

    def _logs_off(self, login: str, name: DesktopName) -> None:
        guest = self._guest(name)
        for session in [session for session in guest.sessions if session.login == login] if guest is not None else ():
            assert guest is not None
            guest.log_off(session)
            self._twin.cluster.people.open -= 1

    def _is_theirs(self, login: str, name: DesktopName) -> bool:
        return self._lent().get(name) == login

    def _lent(self) -> dict[DesktopName, str]:
        """Who has what, by the store."""
        logins = {agent.agent_id: agent.login for agent in map(an_agent, range(1, BORROWERS + 1))}
        leases = ((name, record.lease) for name, record in self._judge.records.desktops.items() if record.lease is not None)
        return {
            name: logins[lease.agent_id]
            for name, lease in leases
            if lease.state is LeaseState.LENT and lease.agent_id in logins
        }

    def _guest(self, name: DesktopName) -> TwinGuest | None:
        desktops = self._twin.cluster.guests.values()
        return next((guest for guest in desktops if (note := self._note(guest)) is not None and note.name == name), None)

    def _note(self, guest: TwinGuest) -> Reservation | None:
        return self._judge.note_of(guest)


__all__ = ["BORROWERS", "Borrowers"]
