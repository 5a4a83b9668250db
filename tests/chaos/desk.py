"""Operators who give desktops back, log people off and write to them; and people who come just then."""

from collections.abc import Callable
from dataclasses import replace

from provisioner.model.ids import DesktopName
from provisioner.model.intents import OF_SESSIONS, Intent, IntentKind, Terms, Withdrawal
from provisioner.model.status import Status
from provisioner.reasons.reason import Reason
from provisioner.reconciler.orders import Order
from provisioner.twin.model.guests import TwinGuest, TwinSession
from provisioner.twin.twin import Twin
from tests.chaos.judge import Judge

_AGAIN_S, _TRIES = 5.0, 6
_TEXTS = ("the printer is back", "save your work, please")
_WHY = "their work is on it"
_STAYS_S = 240.0
_VISITOR = "a-colleague"
Obey = Callable[[Order], Reason | None]
"""Gives an order to the daemon; None: there is none now."""


class Desk:
    """Each method takes what a Happening is about: a rank among the desktops that the operator is shown. `for_s`: so long the
    daemon is dead right after; 0: it lives."""

    def __init__(
        self,
        twin: Twin,
        judge: Judge,
        *,
        obey: Obey,
        status: Callable[[], Status | None],
        now: Callable[[], float],
        dies: Callable[[float], None],
    ) -> None:
        """`status`: what operators are shown; None: no daemon answers."""
        self._twin, self._judge, self._obey, self._status, self._now, self._dies = twin, judge, obey, status, now, dies

    def gives_back(self, about: tuple[int, str], for_s: float) -> None:
        """`even` with a session on the newer one, `twice` the same, for `two` people, `any` desktop, `mute` as to why."""
        self._gives_back(*about, _TRIES)
        self._may_die(for_s)

    def _gives_back(self, rank: int, how: str, tries: int) -> None:
        status = self._status()
        if status is None:
            if tries:
                self._twin.events.after(_AGAIN_S, lambda: self._gives_back(rank, how, tries - 1))
            return
        names = sorted(name for name, state in status.desktops.items() if state.superseded_by is not None or how == "any")
        for name in _some(names, rank, 2 if how == "two" else 1) * (2 if how == "twice" else 1):
            terms = Terms(even_with_session=how == "even")
            self._order(IntentKind.RESTORE, name, terms, reason="" if how == "mute" else _WHY)

    def logs_off(self, about: tuple[int, int], for_s: float) -> None:
        """Whoever is there, after a warning of so many minutes."""
        rank, minutes = about
        for name in _some(self._in_use(), rank, 1):
            self._order(IntentKind.LOGOFF, name, Terms(minutes=minutes))
        self._may_die(for_s)

    def says(self, rank: int, for_s: float) -> None:
        """A line to whoever is there."""
        for name in _some(self._in_use(), rank, 1):
            self._order(IntentKind.MESSAGE, name, Terms(text=_TEXTS[rank % len(_TEXTS)]))
        self._may_die(for_s)

    def takes_back(self, rank: int, for_s: float) -> None:
        """An order about people that stands."""
        status = self._status()
        standing = [intent for intent in status.intents if intent.kind in OF_SESSIONS] if status is not None else []
        for intent in standing[rank % len(standing) :][:1] if standing else ():
            order = Withdrawal(kind=intent.kind, by="an operator", at=self._now(), target=intent.target)
            if self._obey(order) == "":
                self._judge.taken_back(intent)
        self._may_die(for_s)

    def works(self, rank: int, _: float) -> None:
        """The person of a desktop that was replaced logs on to what they have instead."""
        status = self._status()
        others = {state.superseded_by for state in status.desktops.values()} - {None} if status is not None else set()
        for guest in self._guests(_some(sorted(others), rank, 1)):  # type: ignore[type-var]
            if not guest.sessions:
                self._comes(guest, guest.config.get("ciuser") or "their-person")

    def visits_too(self, rank: int, _: float) -> None:
        """Somebody else logs on where somebody is, and goes after a while."""
        for guest in self._guests(_some(self._in_use(), rank, 1)):
            if all(session.login != _VISITOR for session in guest.sessions):
                self._comes(guest, _VISITOR)

    def _may_die(self, for_s: float) -> None:
        if for_s:
            self._dies(for_s)

    def _order(self, kind: IntentKind, name: DesktopName, terms: Terms, *, reason: str = _WHY) -> None:
        status, before = self._status(), self._judge.standing()
        if status is None:
            return
        order = Intent(kind=kind, by="an operator", at=self._now(), target=name, reason=reason, terms=terms)
        self._judge.is_asked(order, status)
        refused = self._obey(order)
        if refused is not None:
            self._judge.is_ordered(order, refused, before)

    def _in_use(self) -> list[DesktopName]:
        """Desktops where the operator is shown somebody; without any, all."""
        status = self._status()
        desktops = {} if status is None else status.desktops
        return sorted(name for name, state in desktops.items() if state.sessions) or sorted(desktops)

    def _guests(self, names: list[DesktopName]) -> list[TwinGuest]:
        """Where somebody can log on."""
        found = (self._judge.guest_named(name) for name in names)
        return [guest for guest in found if guest is not None and self._judge.is_usable(guest)]

    def _comes(self, guest: TwinGuest, login: str) -> None:
        now = self._twin.events.now
        session = TwinSession(login=login, since=now, came_at=now)
        guest.log_on(session)
        self._twin.cluster.people.open += 1
        self._twin.events.after(_STAYS_S, lambda: self._goes(guest, session))

    def _goes(self, guest: TwinGuest, session: TwinSession) -> None:
        mine = next((each for each in guest.sessions if replace(each, state=session.state) == session), None)
        if mine is not None and not guest.hung:
            guest.log_off(mine)
            self._twin.cluster.people.open -= 1


def _some(names: list[DesktopName], rank: int, count: int) -> list[DesktopName]:
    first = rank % len(names) if names else 0
    return (names[first:] + names[:first])[:count]


__all__ = ["Desk"]
