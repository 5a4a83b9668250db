"""Invariants of what desktops are told to do with their sessions: by rule, and by order of the help desk."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from provisioner.model.intents import OF_SESSIONS, Intent, IntentKind
from provisioner.ports import JournalEntry
from provisioner.reasons.reason import Reason
from provisioner.sessions.push import Push
from provisioner.twin.model.guests import TwinGuest, TwinSession
from tests.chaos.judge_rules import RuleJudge

_LATE_S = 60.0
"""An order whose time is over is ended in the next cycle, or in the next life's first."""
_LOGGED_OFF, _SHOWN = "logged off", "shown"
"""Ends of orders that say that all was done by the desktop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An order about whoever is logged on to a desktop, that was taken."""

    intent: Intent
    """As it stands in the store: with the logins that were known."""
    at: float
    """By the twin's clock."""
    there: frozenset[tuple[str, float]]
    """Who was truly there: login, and since when."""

    def means(self, session: TwinSession) -> bool:
        """Whether that session was there, and its login known if any was."""
        logins = self.intent.terms.logins
        return (session.login, session.since) in self.there and (not logins or session.login in logins)


class SessionJudge(RuleJudge):
    """At each answer to a desktop, at each order, and at each look."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.longest_s: float | None = None
        """After so long a session is ended by rule; None: never."""
        self.texts: Sequence[tuple[float, int, str, str]] = ()
        """Every text of the help desk that a desktop has shown: when, on which VM, to whom."""
        self._given: list[Given] = []
        self._over: list[Given] = []
        """Those that have ended: looked at once."""

    def standing(self) -> tuple[Intent, ...]:
        """Orders in the store."""
        return tuple(self._store().intents())

    def is_ordered(self, order: Intent, refused: Reason, before: Sequence[Intent]) -> None:
        """Somebody has given an order; `before`: what stood then."""
        after = self.standing()
        if refused:
            if not refused.code or not refused.strip():
                self.condemn("an order that is refused carries a reason", f"{order.kind} {order.target}")
            if set(after) != set(before):
                self.condemn("an order that is refused changes nothing", f"{order.kind} {order.target}")
            return
        taken = next((each for each in after if (each.kind, each.target) == (order.kind, order.target)), None)
        if taken is None:
            self.condemn("an order that is taken stands until it is done", f"{order.kind} {order.target}")
        elif order.kind in OF_SESSIONS and taken not in (given.intent for given in self._given):
            guest = self.guest_named(order.target)
            there = (
                frozenset((session.login, session.since) for session in guest.sessions) if guest is not None else frozenset()
            )
            self._given = [each for each in self._given if _about(each.intent) != _about(taken)]  # it takes the other's place
            self._given.append(Given(intent=taken, at=self.twin.events.now, there=there))

    def taken_back(self, intent: Intent) -> None:
        """Nobody is logged off by it, or shown its text, from now on."""
        self._given = [given for given in self._given if given.intent != intent]

    # -- at each answer ----------------------------------------------------------------------------------------------

    def answered(self, push: Push, text: str, *, frozen: bool) -> None:
        """What a desktop was told to do with its sessions, by the true state of its people at this moment."""
        guest = self.twin.cluster.guests[push.vmid]
        said = json.loads(push.body)["sessions"]
        for order in json.loads(text)["orders"]:
            index = int(order["session"][1:])
            if frozen:
                self.condemn("under a freeze no session is touched", f"{guest.name}: {order['do']}")
            if order["do"] == "log_off":
                self._judge_log_off(guest, guest.sessions[index], order, said[index]["warned"])
            else:
                self._judge_shown(guest, guest.sessions[index], order)

    def _judge_log_off(self, guest: TwinGuest, session: TwinSession, order: dict[str, Any], warned: dict[str, Any]) -> None:
        now = self.twin.events.now
        if order["only_disconnected"]:
            if session.state == "connected" or guest.connections_at(now):
                self.condemn("whoever is connected is not logged off by the disconnected time", guest.name)
            return
        minutes, ago_s = warned.get("maximum", (1.0, 0.0))
        has_had = ago_s >= minutes * 60.0
        if self.longest_s is not None and has_had and now - session.since >= self.longest_s:
            return
        meant = [given.intent.terms.minutes for given in self._orders(IntentKind.LOGOFF, guest) if given.means(session)]
        if not self._orders(IntentKind.LOGOFF, guest):
            self.condemn("the longest time is not cut, and comes after its message", guest.name)
        elif not meant:
            self.condemn("a log-off reaches who was there, and nobody else", f"{guest.name}: {session.login}")
        elif 0 not in meant and not has_had:
            self.condemn("a log-off comes after its warning", f"{guest.name}: {session.login}")

    def _judge_shown(self, guest: TwinGuest, session: TwinSession, order: dict[str, Any]) -> None:
        if order["do"] == "show":
            texts = [given.intent.terms.text for given in self._orders(IntentKind.MESSAGE, guest) if given.means(session)]
            if order["text"] not in texts:
                self.condemn("a message reaches who was there, and nobody else", f"{guest.name}: {session.login}")
        elif self.longest_s is None and not any(given.means(session) for given in self._orders(IntentKind.LOGOFF, guest)):
            self.condemn("who is not to be logged off is not warned", f"{guest.name}: {session.login}")

    def _orders(self, kind: IntentKind, guest: TwinGuest) -> list[Given]:
        """Those about this desktop whose time is not over."""
        note = self.note_of(guest)
        mine = [given for given in self._given if note is not None and given.intent.target == note.name]
        now = self.twin.events.now
        return [each for each in mine if each.intent.kind is kind and now <= each.at - each.intent.at + each.intent.waits_until]

    # -- at each look ------------------------------------------------------------------------------------------------

    def _look_at_given(self) -> None:
        """What ended says why, and what is said to be done is done."""
        standing = self.standing()
        for given in self._given:
            if given not in self._over and given.intent not in standing:
                self._over.append(given)
                self._look_at_end(given, self._end_of(given.intent))

    def _end_of(self, intent: Intent) -> JournalEntry | None:
        """How it ended; None: the store knows nothing of it."""
        entries = self._store().journal(subject=intent.target)
        mine = (entry for entry in entries if entry.what == intent.kind.value and entry.at >= intent.at)
        return next((entry for entry in mine if entry.result == "withdrawn"), None)

    def _look_at_end(self, given: Given, end: JournalEntry | None) -> None:
        about, guest = f"{given.intent.kind} {given.intent.target}", self.guest_named(given.intent.target)
        if end is None or not end.reason.strip():
            self.condemn("an order that ends says how", about)
        elif guest is None:
            return
        elif end.reason == _LOGGED_OFF and (left := [each.login for each in guest.sessions if given.means(each)]):
            self.condemn("what is said to be done is done", f"{about}: {left} are there")
        elif end.reason == _SHOWN and not any(vmid == guest.vmid and at >= given.at for at, vmid, *_ in self.texts):
            self.condemn("what is said to be done is done", f"{about}: nothing was shown")

    def overdue(self) -> list[str]:
        """Orders about people that stand although their time is over."""
        now, standing = self.twin.events.now, self.standing()
        since = ((given.intent, given.at - given.intent.at + given.intent.waits_until) for given in self._given)
        return [f"{each.kind} {each.target}" for each, until in since if each in standing and now > until + _LATE_S]


def _about(intent: Intent) -> tuple[IntentKind, str]:
    return intent.kind, intent.target


__all__ = ["Given", "SessionJudge"]
