"""What becomes of a desktop's sessions by the rules of its profile and its half-day, and by order of the help desk. Pure: from
a question to an answer.

The warning of an order is the one that the longest time has: every image that obeys can show it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from provisioner.model.session_rules import (
    About,
    AskedSessions,
    DeskOrder,
    HalfDayEnd,
    LogOffRule,
    OpenSession,
    SessionOrder,
    SessionOrderKind,
    SessionRules,
    SessionVerdict,
    Warned,
)

SOONEST_S, LATEST_S = 15.0, 300.0
"""A desktop asks again so soon while something is due, and so late at rest. It also asks whenever its sessions change."""
_MINUTE_S = 60.0


def decide(
    rules: SessionRules, asked: AskedSessions, half_day: HalfDayEnd | None, desk: Sequence[DeskOrder] = ()
) -> SessionVerdict:  # fmt: skip
    """At most one order for each session, and when the next one may be due. There are four rules, in this order:

    1. disconnected for as long as the profile allows: log off;
    2. disconnected for long enough, so long after the end of the half-day: log off;
    3. open for as long as the profile allows, and the last message has had its time: log off;
    4. otherwise the messages: before the longest time, before the half-day's end.

    Rules 1 and 2 need certainty that nobody is connected: no connection to the log-on port at all. What the help desk has
    ordered (`desk`) comes after the rules' log-offs, and before their messages.
    """
    orders: list[SessionOrder] = []
    due: list[float] = []
    for asked_about in asked.sessions:
        session = _by_rule(rules, asked_about)
        is_away = session.away_s is not None and asked.connections == 0
        order = _log_off(rules, session, half_day, is_away=is_away) or _ordered_for(asked_about, desk)
        if order is None and not _is_to_end(asked_about, desk):
            order = _message(rules, session, half_day)
        if order is not None:
            orders.append(order)
        due += _due_in(rules, session, half_day)
        due += _desk_due_in(asked_about, desk)
    again_s = SOONEST_S if orders else min((each for each in due if each > 0), default=LATEST_S)
    return SessionVerdict(orders=tuple(orders), again_s=min(LATEST_S, max(SOONEST_S, again_s)))


def _by_rule(rules: SessionRules, session: OpenSession) -> OpenSession:
    """Without a message that was shown before the longest time was near: it was of an order, or of a longer time."""
    warned = dict(session.warned).get(About.MAXIMUM)
    if warned is None or rules.maximum_s is None or not rules.warn_minutes:
        return session
    left_then_s = rules.maximum_s - session.open_s + warned.ago_s
    if left_then_s <= max(rules.warn_minutes) * _MINUTE_S:
        return session
    return replace(session, warned=tuple(pair for pair in session.warned if pair[0] is not About.MAXIMUM))


def _log_off(
    rules: SessionRules, session: OpenSession, half_day: HalfDayEnd | None, *, is_away: bool
) -> SessionOrder | None:  # fmt: skip
    away_s = session.away_s or 0.0
    if is_away and rules.disconnected_s is not None and away_s >= rules.disconnected_s:
        return _off(session, LogOffRule.DISCONNECTED, rules.disconnected_s)
    if is_away and half_day is not None and _is_over(half_day, away_s):
        return _off(session, LogOffRule.HALF_DAY, half_day.rules.disconnected_s or 0.0)
    if rules.maximum_s is not None and session.open_s >= rules.maximum_s and _has_had_its_time(rules, session):
        return _off(session, LogOffRule.MAXIMUM, rules.maximum_s)
    return None


def _is_over(half_day: HalfDayEnd, away_s: float) -> bool:
    """Whether the half-day ended so long ago, and the session has been disconnected for so long."""
    limit_s = half_day.rules.disconnected_s
    return limit_s is not None and away_s >= limit_s and -half_day.left_s >= limit_s


def _has_had_its_time(rules: SessionRules, session: OpenSession) -> bool:
    """Whether the message that promised so many minutes is that old: who was warned late is logged off late."""
    if not rules.warn_minutes:
        return True
    warned = dict(session.warned).get(About.MAXIMUM)
    return warned is not None and warned.ago_s >= warned.minutes * _MINUTE_S


def _off(session: OpenSession, rule: LogOffRule, limit_s: float) -> SessionOrder:
    kind = SessionOrderKind.LOG_OFF
    return SessionOrder(kind=kind, session=session.id, login=session.login, rule=rule, limit_s=limit_s)


def _message(rules: SessionRules, session: OpenSession, half_day: HalfDayEnd | None) -> SessionOrder | None:
    """The first message that is due: of the longest time to every session, of the half-day to whoever is connected."""
    for about, left_s, minutes in _endings(rules, session, half_day):
        stated = _stated(minutes, left_s, dict(session.warned).get(about), late=about is About.MAXIMUM)
        if stated is not None:
            kind = SessionOrderKind.SAY
            return SessionOrder(kind=kind, session=session.id, login=session.login, about=about, minutes=stated)
    return None


def _endings(
    rules: SessionRules, session: OpenSession, half_day: HalfDayEnd | None
) -> Iterator[tuple[About, float, Sequence[int]]]:  # fmt: skip
    if rules.maximum_s is not None:
        yield About.MAXIMUM, rules.maximum_s - session.open_s, rules.warn_minutes
    if half_day is not None and session.away_s is None:
        yield About.HALF_DAY, half_day.left_s, half_day.rules.warn_minutes


def _stated(minutes: Sequence[int], left_s: float, warned: Warned | None, *, late: bool) -> int | None:
    """The smallest of the stated minutes that has come, unless it was said already; nothing is said of what is over.

    `late`: what is over is said all the same if nothing was said before. The log-off then waits for it.
    """
    come = [each for each in minutes if left_s <= each * _MINUTE_S]
    if not come or (left_s <= 0 and not (late and warned is None)):
        return None
    stated = min(come)
    return stated if warned is None or warned.minutes > stated else None


def _due_in(rules: SessionRules, session: OpenSession, half_day: HalfDayEnd | None) -> Iterator[float]:
    """Seconds until a rule may next want something; what is past is below zero."""
    if rules.disconnected_s is not None and session.away_s is not None:
        yield rules.disconnected_s - session.away_s
    if half_day is not None and (limit_s := half_day.rules.disconnected_s) is not None and session.away_s is not None:
        yield max(limit_s - session.away_s, half_day.left_s + limit_s)
    for about, left_s, minutes in _endings(rules, session, half_day):
        yield from (left_s - each * _MINUTE_S for each in minutes)
        if about is About.MAXIMUM:
            warned = dict(session.warned).get(about)
            yield max(left_s, 0.0 if warned is None else warned.minutes * _MINUTE_S - warned.ago_s)


def _ordered_for(session: OpenSession, desk: Sequence[DeskOrder]) -> SessionOrder | None:
    """At most one: the end of a session that has had its warning; then a message; then the warning."""
    mine = [order for order in desk if order.is_about(session)]
    found = [each for each in (_order(order, session) for order in mine) if each is not None]
    rank = (SessionOrderKind.LOG_OFF, SessionOrderKind.SHOW, SessionOrderKind.SAY)
    return min(found, key=lambda each: rank.index(each.kind), default=None)


def _is_to_end(session: OpenSession, desk: Sequence[DeskOrder]) -> bool:
    """Whether it is to be logged off: its person then gets no message of a rule, which would say another time."""
    return any(order.minutes is not None and order.is_about(session) for order in desk)


def _desk_due_in(session: OpenSession, desk: Sequence[DeskOrder]) -> Iterator[float]:
    """Seconds until a warning has had its time."""
    for order in desk:
        warned = _warned(order, session)
        if order.is_about(session) and warned is not None:
            yield warned.minutes * _MINUTE_S - warned.ago_s


def left_of(order: DeskOrder, asked: AskedSessions) -> tuple[OpenSession, ...]:
    """The sessions with which it is not done yet."""
    meant = (session for session in asked.sessions if order.is_about(session))
    return tuple(session for session in meant if order.minutes is not None or order.mark not in (session.texts or ()))


def _order(order: DeskOrder, session: OpenSession) -> SessionOrder | None:
    if order.minutes is None:
        return _text(order, session)
    warned = _warned(order, session)
    if order.minutes == 0 or (warned is not None and warned.ago_s >= warned.minutes * _MINUTE_S):
        kind = SessionOrderKind.LOG_OFF
        return SessionOrder(kind=kind, session=session.id, login=session.login, rule=LogOffRule.ORDERED)
    if warned is not None:
        return None
    return SessionOrder(
        kind=SessionOrderKind.SAY, session=session.id, login=session.login, about=About.MAXIMUM, minutes=order.minutes
    )


def _text(order: DeskOrder, session: OpenSession) -> SessionOrder | None:
    if session.texts is None or order.mark in session.texts:
        return None
    kind = SessionOrderKind.SHOW
    return SessionOrder(kind=kind, session=session.id, login=session.login, text=order.text, mark=order.mark)


def _warned(order: DeskOrder, session: OpenSession) -> Warned | None:
    """The warning that this order has given: not that of a rule, or of an earlier order."""
    warned = dict(session.warned).get(About.MAXIMUM)
    is_mine = warned is not None and warned.minutes == order.minutes and warned.ago_s <= order.age_s
    return warned if is_mine else None
