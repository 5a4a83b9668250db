"""The agents at their desktops: when they log on and off."""

from dataclasses import dataclass, replace

from provisioner.model.machines.twin_spec import LogOns
from provisioner.twin.engine.draws import Draws
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.model.guests import TwinGuest, TwinSession


@dataclass(frozen=True, slots=True)
class _LogOn:
    """An agent is about to log on to this desktop in this boot."""

    vmid: int
    boot: int


class PeopleAtWork:
    """Opens sessions on ready desktops, in the order they became ready, up to the number wanted at once."""

    def __init__(self, spec: LogOns, *, events: EventHeap, draws: Draws) -> None:
        self._spec = spec
        self._events = events
        self._draws = draws
        self._coming: set[_LogOn] = set()
        self._idle: dict[int, TwinGuest] = {}
        """Ready desktops without a session or a log-on that is coming."""
        self.log_ons = self.log_offs = 0
        """By people; without sessions that ended with their desktop."""
        self.open = 0
        self.peak = 0

    def desktop_ready(self, guest: TwinGuest) -> None:
        """A desktop has become ready."""
        self._idle[guest.vmid] = guest
        self._fill()

    def desktop_closes(self, guest: TwinGuest) -> None:
        """A desktop begins to shut down: no new log-ons; open sessions stay until it is off."""
        self._idle.pop(guest.vmid, None)
        self._cancel(guest)
        guest.arrivals.clear()

    def desktop_gone(self, guest: TwinGuest) -> None:
        """A desktop was stopped, or its node died: its session ends, and its agent uses another desktop."""
        self._idle.pop(guest.vmid, None)
        self._cancel(guest)
        # A test may have opened sessions itself: nobody of these people comes in their place.
        self.open = max(0, self.open - len(guest.sessions))
        guest.forget_people()
        self._fill()

    def ended(self, guest: TwinGuest, session: TwinSession) -> None:
        """A session was ended by a rule."""
        guest.log_off(session)
        self.log_offs += 1
        self.open = max(0, self.open - 1)

    def _cancel(self, guest: TwinGuest) -> None:
        self._coming = {log_on for log_on in self._coming if log_on.vmid != guest.vmid}

    def _fill(self) -> None:
        while self._idle and self.open + len(self._coming) < self._spec.concurrent:
            guest = self._idle.pop(next(iter(self._idle)))
            self._schedule(guest)

    def _schedule(self, guest: TwinGuest) -> None:
        log_on = _LogOn(guest.vmid, guest.boots)
        self._coming.add(log_on)
        again = (len(guest.noted),) if guest.noted else ()
        delay = self._draws.share(guest.vmid, "log on", guest.boots, *again) * self._spec.spread_s
        self._events.after(delay, lambda: self._arrive(guest, log_on))

    def _arrive(self, guest: TwinGuest, log_on: _LogOn) -> None:
        """Connect, then type the password."""
        if log_on not in self._coming:
            return
        if self._spec.log_on_s:
            guest.arrivals[_login_at(guest)] = self._events.now
            self._events.after(self._spec.log_on_s, lambda: self._log_on(guest, log_on))
        else:
            self._log_on(guest, log_on)

    def _log_on(self, guest: TwinGuest, log_on: _LogOn) -> None:
        if log_on not in self._coming:
            return
        self._coming.discard(log_on)
        login, now = _login_at(guest), self._events.now
        session = TwinSession(login=login, since=now, came_at=guest.arrivals.pop(login, now))
        visits = not guest.noted and self._draws.share(guest.vmid, "visitor", guest.boots) < self._spec.visitors
        guest.log_on(session)
        self.log_ons += 1
        self.open += 1
        self.peak = max(self.peak, self.open)
        if visits:
            self._events.after(self._spec.visit_s, lambda: self._end_visit(guest, session))
        if self._spec.stay_s is not None:
            self._events.after(self._spec.stay_s, lambda: self._log_off(guest, session))
        if self._spec.away_after_s is not None:
            self._events.after(self._spec.away_after_s, lambda: self._connect(guest, session, connected=False))
            back_s = self._spec.away_after_s + self._spec.away_s
            self._events.after(back_s, lambda: self._connect(guest, session, connected=True))

    def _log_off(self, guest: TwinGuest, session: TwinSession) -> None:
        if not guest.hung and (now := _now(guest, session)) is not None:
            guest.log_off(now)
            self.log_offs += 1
            self.open -= 1

    def _end_visit(self, guest: TwinGuest, session: TwinSession) -> None:
        """Others come instead, and later the visitors again, who then stay; once all are there, nobody leaves."""
        if self.peak < self._spec.concurrent and not guest.hung and session in guest.sessions:
            self._log_off(guest, session)
            self._idle[guest.vmid] = guest
            self._fill()

    def _connect(self, guest: TwinGuest, session: TwinSession, *, connected: bool) -> None:
        if not guest.hung and (now := _now(guest, session)) is not None:
            guest.connect(now, connected=connected)


def _now(guest: TwinGuest, session: TwinSession) -> TwinSession | None:
    """The session as it is now; None: it has ended."""
    return next((each for each in guest.sessions if replace(each, state=session.state) == session), None)


def _login_at(guest: TwinGuest) -> str:
    """The login cloud-init created, or the agent in the VM's note: the image lets its own agent log on (*assumed*)."""
    return guest.config.get("ciuser", "").strip() or _agent_in_note(guest.config.get("description", "")) or f"agent{guest.vmid}"


def _agent_in_note(description: str) -> str:
    """The agent's id in the note. The guest does not check the note's signature."""
    note = next((line for line in description.splitlines() if line.startswith("bascule-note:")), "")
    return next((part.removeprefix("agent:") for part in note.split("|") if part.startswith("agent:")), "")
