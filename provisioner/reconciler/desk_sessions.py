"""Orders of the help desk about whoever is logged on to a desktop: what it is to do by them when it asks, and how they end.

Of a question only this is kept, in this life of the daemon: when it came, and with how many sessions an order is not done yet.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from provisioner.model.ids import DesktopName, Instant
from provisioner.model.intents import OF_SESSIONS, Intent, IntentKind
from provisioner.model.machines.desktops import MAYBE_ON, GuestReport
from provisioner.model.session_rules import AskedSessions, DeskOrder
from provisioner.planning.survey.survey import Survey
from provisioner.sessions.policies import left_of


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """A desktop's last question since an order was given."""

    at: Instant
    is_stopped: bool
    """It got no answer: a freeze, a hold or a quarantine."""
    meant: int
    """Sessions that the order is about."""
    left: int
    """Those of them with which it is not done yet."""
    can_show: bool
    """Whether all of these can show a text."""


class DeskSessions:
    """Owned by the control thread."""

    def __init__(self) -> None:
        self._asked_at: dict[DesktopName, Instant] = {}
        self._questions: dict[Intent, _Question] = {}

    def take(
        self, name: DesktopName, asked: AskedSessions, in_force: Iterable[Intent], now: Instant, *, is_stopped: bool
    ) -> tuple[DeskOrder, ...]:  # fmt: skip
        """Note the question; returns what is ordered about its sessions."""
        self._asked_at[name] = now
        about = [each for each in in_force if each.kind in OF_SESSIONS and each.target == name and now <= each.waits_until]
        for intent in about:
            self._questions[intent] = _question(_as_order(intent, now), asked, now, is_stopped=is_stopped)
        return tuple(_as_order(intent, now) for intent in about)

    def keep(self, in_force: Iterable[Intent]) -> None:
        """Forget what was asked about orders that do not stand any more."""
        standing = set(in_force)
        self._questions = {intent: question for intent, question in self._questions.items() if intent in standing}

    def end_of(self, intent: Intent, survey: Survey, report: GuestReport | None, now: Instant) -> str:
        """The end of the order, for log and journal; empty: it is not done yet. `report`: of this boot; None: there is none."""
        name, is_message = DesktopName(intent.target), intent.kind is IntentKind.MESSAGE
        if name not in survey.phases:
            return f"not {_done(intent)}: there is no such desktop any more"
        phase, _ = survey.phases[name]
        if phase not in MAYBE_ON:
            return "not shown: it is off" if is_message else "logged off: it is off"
        question = self._questions.get(intent)
        if question is not None and question.meant and not question.left:
            return _done(intent)
        is_empty = report is not None and report.read_at > intent.at and not report.sessions
        if is_empty or (question is not None and not question.meant):
            return "not shown: whoever was logged on has gone" if is_message else _done(intent)
        if is_message and question is not None and not question.can_show:
            return "not shown: its image does not know messages of the help desk (an earlier bascule-guest)"
        return f"not {_done(intent)}: {self._why_not(intent, question)}" if now > intent.waits_until else ""

    def _why_not(self, intent: Intent, question: _Question | None) -> str:
        name = DesktopName(intent.target)
        if question is not None and question.is_stopped:
            return "a freeze or a hold has stopped it"
        if question is not None:
            return f"{name} has asked at {_stamp(question.at)}, and has not done it"
        asked_at = self._asked_at.get(name)
        return f"{name} has not asked since {_stamp(intent.at if asked_at is None else asked_at)}"


def for_people(intent: Intent, report: GuestReport | None) -> Intent:
    """The order with the logins of whoever is logged on, by the desktop's last report."""
    if intent.kind not in OF_SESSIONS or report is None:
        return intent
    logins = tuple(sorted({session.login for session in report.sessions}))
    return replace(intent, terms=replace(intent.terms, logins=logins))


def _question(order: DeskOrder, asked: AskedSessions, now: Instant, *, is_stopped: bool) -> _Question:
    left = left_of(order, asked)
    return _Question(
        at=now,
        is_stopped=is_stopped,
        meant=sum(map(order.is_about, asked.sessions)),
        left=len(left),
        can_show=all(session.texts is not None for session in left),
    )


def _as_order(intent: Intent, now: Instant) -> DeskOrder:
    terms = intent.terms
    mark = hashlib.sha256(f"{intent.at!r}\n{intent.target}\n{terms.text}".encode()).hexdigest()[:16]
    return DeskOrder(age_s=now - intent.at, logins=terms.logins, minutes=terms.minutes, text=terms.text, mark=mark)


def _done(intent: Intent) -> str:
    return "shown" if intent.kind is IntentKind.MESSAGE else "logged off"


def _stamp(at: Instant) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"


__all__ = ["DeskSessions", "for_people"]
