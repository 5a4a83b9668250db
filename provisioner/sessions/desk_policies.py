"""What becomes of a desktop's sessions by order of the help desk. Pure: from a question to an answer.

A warning is the one that the longest time has: every image that obeys can show it.
"""

from collections.abc import Iterator, Sequence

from provisioner.model.session_rules import (
    About,
    AskedSessions,
    DeskOrder,
    LogOffRule,
    OpenSession,
    SessionOrder,
    SessionOrderKind,
    Warned,
)

_MINUTE_S = 60.0


def ordered_for(session: OpenSession, desk: Sequence[DeskOrder]) -> SessionOrder | None:
    """At most one: the end of a session that has had its warning; then a message; then the warning."""
    mine = [order for order in desk if order.is_about(session)]
    found = [each for each in (_order(order, session) for order in mine) if each is not None]
    rank = (SessionOrderKind.LOG_OFF, SessionOrderKind.SHOW, SessionOrderKind.SAY)
    return min(found, key=lambda each: rank.index(each.kind), default=None)


def is_to_end(session: OpenSession, desk: Sequence[DeskOrder]) -> bool:
    """Whether it is to be logged off: its person then gets no message of a rule, which would say another time."""
    return any(order.minutes is not None and order.is_about(session) for order in desk)


def due_in(session: OpenSession, desk: Sequence[DeskOrder]) -> Iterator[float]:
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
