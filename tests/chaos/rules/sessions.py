"""Nobody who is logged on is cut off: stops, status documents, rules about sessions."""

from tests.chaos.rules.mutant import without

MUTANTS = (
    # -- no session is cut off
    without(
        "a desktop with a session is not stopped",
        "    if sessions:\n        return Target(level=TargetLevel.AS_IS",
        "    if False:\n        return Target(level=TargetLevel.AS_IS",
        ("    if report.sessions:\n        raise InUse", "    if False:\n        raise InUse"),
        seed=1,
    ),
    without(
        "whoever stops a desktop reads its sessions once more",
        "    if report.sessions:\n        raise InUse",
        "    if False:\n        raise InUse",
        seed=1800729,
    ),
    without(
        "a desktop whose sessions are unknown is not stopped",
        "if unanswered or (doubt and not report.sessions):",
        "if False:",
        ("if not insists and draft.now - draft.situation.records.report_of(desktop.name).read_at > FRESH_S:", "if False:"),
        (
            "_require_unused(report, action, now=context.now())",
            "pass",
        ),
        seed=1,
    ),
    without(
        "nothing is stopped while held",
        "if IntentKind.HOLD not in facts.ordered or not facts.is_running(desktop):",
        "if True:",
        ("    if not facts.held:\n", "    if True:\n"),
        seed=304,
    ),
    without(
        "nothing is stopped before the rebuilt baseline is accepted",
        "if facts.baseline_accepted or not count:",
        "if True:",
        seed=55,
    ),
    # -- status documents
    without("an old document proves nobody's absence", "if age_s > self.period_s:", "if False:", seed=2000774),
    without(
        "a clock that is ahead makes no old document current",
        "now - self.written_at if self.age_s is None else self.age_s + now - self.read_at",
        "now - self.written_at",
        seed=5000004,
    ),
    without("an undated document proves nobody's absence", "return UNDATED()", "return NONE", seed=2000028),
    without(
        "no desktop reports more sessions than it can hold",
        'source="guest_agent", max_sessions=most, signed=signed)',
        'source="guest_agent", signed=signed)',
        seed=2000030,
    ),
    without(
        "a push waits for the first status",
        "if self._parts.board.status is None or not self._parts.sessions.has_news:",
        "if not self._parts.sessions.has_news:",
        seed=7300019,
    ),
    # -- sessions by rule
    without(
        "whoever is connected is not logged off by the disconnected time",
        "is_away = session.away_s is not None and asked.connections == 0",
        "is_away = True",
        ("    away_s = session.away_s or 0.0\n", "    away_s = session.away_s or session.open_s\n"),
        seed=6000016,
    ),
    without(
        "the longest time waits for its message",
        "    return warned is not None and warned.ago_s >= warned.minutes * _MINUTE_S\n",
        "    return True\n",
        seed=6000026,
    ),
    without(
        "under a freeze no session is touched",
        "        if record is None or is_stopped:\n            return None\n        return decide(",
        "        if record is None:\n            return None\n        return decide(",
        seed=6000022,
    ),
    # -- sessions by order
    without(
        "an order about sessions is about who was there, and nobody else",
        "return session.open_s >= self.age_s and (not self.logins or session.login in self.logins)",
        "return True",
        seed=1996001,
    ),
    without(
        "a log-off by order comes after its warning",
        "    if order.minutes == 0 or (warned is not None and warned.ago_s >= warned.minutes * _MINUTE_S):\n",
        "    if True:\n",
        seed=1996001,
    ),
)


__all__ = ["MUTANTS"]
