"""What a desktop is to do with its sessions, when it asks. The desktop's own signed question is the proof that is judged.

Nothing is kept of who was disconnected for how long: an answer is made from the question, and from what the help desk has
ordered; the journal names the rule alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from provisioner.model.ids import DesktopName, Instant
from provisioner.model.kept.records import DesktopRecord
from provisioner.model.machines.desktops import Reservation
from provisioner.model.session_rules import (
    AskedSessions,
    HalfDayEnd,
    LogOffRule,
    SessionOrder,
    SessionOrderKind,
    SessionRules,
    SessionVerdict,
)
from provisioner.model.words import FirstBootWord, JournalWord, SessionOrderWord
from provisioner.ports import Changes, Clock, Events, JournalEntry
from provisioner.reasons.reason import Reason
from provisioner.reasons.targets import LOG_OFF_DISCONNECTED, LOG_OFF_HALF_DAY, LOG_OFF_MAXIMUM, LOG_OFF_ORDERED
from provisioner.reconciler.durable_state import RecordCache
from provisioner.reconciler.operator_intents import OperatorIntents
from provisioner.reconciler.rules_in_force import RulesInForce
from provisioner.reconciler.session_intake import SessionIntake
from provisioner.sessions.policies import decide
from provisioner.sessions.push import KnownBoot, Push
from provisioner.sessions.questions import answer_text, asked_in, orders_signature

_REASONS = {
    LogOffRule.DISCONNECTED: LOG_OFF_DISCONNECTED,
    LogOffRule.MAXIMUM: LOG_OFF_MAXIMUM,
    LogOffRule.HALF_DAY: LOG_OFF_HALF_DAY,
}
_NO_RULES = SessionRules()
SignedAnswer = tuple[str, str]
"""The answer's text and its signature."""


class SessionOrderDesk:
    """Owned by the control thread."""

    def __init__(
        self,
        cache: RecordCache,
        *,
        sessions: SessionIntake,
        intents: OperatorIntents,
        rules: RulesInForce,
        half_day: Callable[[DesktopRecord], HalfDayEnd | None],
        clock: Clock,
        events: Events,
    ) -> None:
        """`half_day`: of a desktop's person, if a half-day of theirs ends with nothing after it."""
        self._cache, self._sessions, self._intents, self._rules = cache, sessions, intents, rules
        self._half_day, self._clock, self._events = half_day, clock, events
        self._noted: dict[DesktopName, tuple[str, frozenset[tuple[str, LogOffRule]]]] = {}
        """Of each desktop, its boot, and the log-offs that the journal has: one line for each session and rule."""
        self._answered: dict[DesktopName, tuple[str, int]] = {}
        """The boot and the number of each desktop's last question: one that is played back gets no answer."""

    def answer(self, push: Push, heard_at: Instant) -> SignedAnswer | SessionOrderWord:
        """The signed answer; or why there is none. Raises ValueError: it is not a question. Raises StoreError."""
        asked = asked_in(push)
        word, boot = self._sessions.asked(push, self._rules.config, heard_at)
        if word is not FirstBootWord.GIVEN or boot is None:
            return self._count(SessionOrderWord(word.value))
        if self._is_repeated(boot, push):
            return self._count(SessionOrderWord.REPEATED)
        if len(asked.sessions) > boot.max_sessions:
            return self._count(SessionOrderWord.CUT)
        self._answered[boot.desktop] = (push.boot_id, push.sequence)
        verdict = self._judged(boot, asked)
        if verdict is None:
            return self._count(SessionOrderWord.STOPPED)
        verdict = self._note(boot, asked, verdict)
        text = answer_text(verdict)
        return text, orders_signature(boot.secret, push, body=text)

    def _is_repeated(self, boot: KnownBoot, push: Push) -> bool:
        boot_id, sequence = self._answered.get(boot.desktop, ("", 0))
        return boot_id == push.boot_id and push.sequence <= sequence

    def _judged(self, boot: KnownBoot, asked: AskedSessions) -> SessionVerdict | None:
        """None: an operator has stopped everything, or keeps this desktop as it is."""
        record, is_stopped = self._cache.state.desktops.get(boot.desktop), self._intents.keeps_sessions(boot.desktop)
        now, in_force = self._clock.now(), self._intents.in_force
        desk = self._intents.desk_sessions.take(boot.desktop, asked, in_force, now, is_stopped=is_stopped)
        if record is None or is_stopped:
            return None
        return decide(self._rules_of(record.reservation), asked, self._half_day(record), desk)

    def _rules_of(self, reservation: Reservation) -> SessionRules:
        profile = self._rules.config.profiles.get(reservation.profile)
        return _NO_RULES if profile is None else profile.session_rules

    def _note(self, boot: KnownBoot, asked: AskedSessions, verdict: SessionVerdict) -> SessionVerdict:
        """Log-offs are in the journal, by their rule and without the person; messages are counted.

        What may not be written for now (a desktop can make up sessions) is not ordered now. Raises StoreError.
        """
        self._count(SessionOrderWord.ANSWERED)
        noted, fresh = self._noted_of(boot, asked), list[SessionOrder]()
        orders = list[SessionOrder]()
        for order in verdict.orders:
            is_fresh = order.rule is not None and (order.session, order.rule) not in noted
            if is_fresh and not self._sessions.may_write(boot.desktop, self._clock.now(), self._rules.config):
                continue
            orders.append(order)
            fresh += [order] if is_fresh else []
            if order.kind is not SessionOrderKind.LOG_OFF:
                self._count(SessionOrderWord.MESSAGE)
        self._write(boot.desktop, fresh)
        now_noted = noted | {(order.session, order.rule) for order in fresh if order.rule is not None}
        self._noted[boot.desktop] = (boot.boot_id, now_noted)
        return replace(verdict, orders=tuple(orders))

    def _noted_of(self, boot: KnownBoot, asked: AskedSessions) -> frozenset[tuple[str, LogOffRule]]:
        """Of the sessions that are still there."""
        boot_id, noted = self._noted.get(boot.desktop, ("", frozenset[tuple[str, LogOffRule]]()))
        here = {session.id for session in asked.sessions}
        return frozenset(pair for pair in noted if pair[0] in here) if boot_id == boot.boot_id else frozenset()

    def _write(self, name: DesktopName, orders: Sequence[SessionOrder]) -> None:
        entries = []
        for order in orders:
            self._count(SessionOrderWord.LOG_OFF)
            reason = log_off_reason(order)
            self._events.notice(f"desktop {name}", f"one session is logged off: {reason}")
            entries.append(_entry(name, reason, self._clock.now()))
        if entries:
            self._cache.commit(Changes(entries=tuple(entries)))

    def _count(self, word: SessionOrderWord) -> SessionOrderWord:
        self._sessions.counted_order(word)
        return word


def log_off_reason(order: SessionOrder) -> Reason:
    """The rule, with its limit; or that it was ordered: who has ordered it is in the order's own line."""
    assert order.rule is not None, "only log-offs have a reason"
    if order.rule is LogOffRule.ORDERED:
        return LOG_OFF_ORDERED()
    return _REASONS[order.rule](minutes=round(order.limit_s / 60))


def _entry(name: DesktopName, reason: Reason, now: Instant) -> JournalEntry:
    return JournalEntry(
        at=now, what=JournalWord.LOG_OFF.value, subject=name, result=JournalWord.ORDERED.value, reason=reason
    )  # fmt: skip


__all__ = ["SessionOrderDesk", "log_off_reason"]
