"""The agents at their desktops: who logs on when, and off again."""

from dataclasses import dataclass

from provisioner.model.twin_spec import LogOns
from provisioner.twin.engine.draws import Draws
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.model.guests import Session, TwinGuest


@dataclass(frozen=True, slots=True)
class _Call:
    """An agent is about to log on to this desktop in this boot."""

    vmid: int
    boot: int


class People:
    """Fills ready desktops with sessions, first come first served, up to the number wanted at once."""

    def __init__(self, spec: LogOns, *, events: EventHeap, draws: Draws) -> None:
        self._spec = spec
        self._events = events
        self._draws = draws
        self._called: set[_Call] = set()
        self._idle: dict[int, TwinGuest] = {}
        """Ready desktops that nobody uses or is called to."""
        self.open = 0
        self.peak = 0

    def desktop_ready(self, guest: TwinGuest) -> None:
        """A desktop can be used from now on."""
        self._idle[guest.vmid] = guest
        self._fill()

    def desktop_closes(self, guest: TwinGuest) -> None:
        """It shuts down: nobody new is let in; who is in stays until it is off."""
        self._idle.pop(guest.vmid, None)
        self._called = {call for call in self._called if call.vmid != guest.vmid}
        guest.arrivals.clear()

    def desktop_gone(self, guest: TwinGuest) -> None:
        """A desktop was stopped, or its node died: its session is gone, and its agent looks for another."""
        self._idle.pop(guest.vmid, None)
        self._called = {call for call in self._called if call.vmid != guest.vmid}
        self.open -= len(guest.sessions)
        guest.forget_people()
        self._fill()

    def _fill(self) -> None:
        while self._idle and self.open + len(self._called) < self._spec.concurrent:
            guest = self._idle.pop(next(iter(self._idle)))
            self._call(guest)

    def _call(self, guest: TwinGuest) -> None:
        call = _Call(guest.vmid, guest.boots)
        self._called.add(call)
        delay = self._draws.share(guest.vmid, "log on", guest.boots) * self._spec.spread_s
        self._events.after(delay, lambda: self._arrive(guest, call))

    def _arrive(self, guest: TwinGuest, call: _Call) -> None:
        """Connect, and type a password."""
        if call not in self._called:
            return
        if self._spec.log_on_s:
            guest.arrivals[_login_at(guest)] = self._events.now
            self._events.after(self._spec.log_on_s, lambda: self._log_on(guest, call))
        else:
            self._log_on(guest, call)

    def _log_on(self, guest: TwinGuest, call: _Call) -> None:
        if call not in self._called:
            return
        self._called.discard(call)
        login, now = _login_at(guest), self._events.now
        session = Session(login=login, since=now, came_at=guest.arrivals.pop(login, now))
        guest.sessions.append(session)
        self.open += 1
        self.peak = max(self.peak, self.open)
        if self._spec.stay_s is not None:
            self._events.after(self._spec.stay_s, lambda: self._log_off(guest, session))

    def _log_off(self, guest: TwinGuest, session: Session) -> None:
        if session in guest.sessions:
            guest.log_off(session)
            self.open -= 1


def _login_at(guest: TwinGuest) -> str:
    """As cloud-init made it, or the agent whom the VM's note names: the image lets its own agent in (*assumed*)."""
    return guest.config.get("ciuser", "").strip() or _named_in(guest.config.get("description", "")) or f"agent{guest.vmid}"


def _named_in(description: str) -> str:
    """The agent's id; whether the note proves anything is not for a guest to say."""
    note = next((line for line in description.splitlines() if line.startswith("bascule-note:")), "")
    parts = note.split("|")
    seat = next((part.removeprefix("agent:") for part in parts if part.startswith("agent:")), "")
    return seat or (parts[6] if parts[0] == "bascule-note:v1" and len(parts) == 9 else "")
