"""Which sessions are logged off by rule, and who gets which message, from one question of a desktop."""

from dataclasses import replace

import pytest

from provisioner.model.session_rules import (
    About,
    AskedSessions,
    HalfDayEnd,
    HandoverRules,
    LogOffRule,
    OpenSession,
    SessionOrder,
    SessionOrderKind,
    SessionRules,
    Warned,
)
from provisioner.sessions.policies import LATEST_S, SOONEST_S, decide

MINUTE, HOUR = 60.0, 3600.0
AWAY = SessionRules(disconnected_s=2 * HOUR)
DAY = SessionRules(maximum_s=10 * HOUR)
NO_RULES = SessionRules()
HANDOVER = HandoverRules(warn_minutes=(15, 5), disconnected_s=10 * MINUTE)
SAY, OFF = SessionOrderKind.SAY, SessionOrderKind.LOG_OFF


def a_session(
    *, open_s: float = HOUR, away_s: float | None = None, warned: dict[About, Warned] | None = None
) -> OpenSession:  # fmt: skip
    return OpenSession(id="c1", login="jdupont", open_s=open_s, away_s=away_s, warned=tuple((warned or {}).items()))


def ordered(
    rules: SessionRules, session: OpenSession, *, connections: int | None = None, half_day: HalfDayEnd | None = None
) -> tuple[object, ...] | None:  # fmt: skip
    there = int(session.away_s is None) if connections is None else connections
    orders = decide(rules, AskedSessions(connections=there, sessions=(session,)), half_day).orders
    return _short(orders[0]) if orders else None


def _short(order: SessionOrder) -> tuple[object, ...]:
    return (order.kind, order.rule) if order.kind is OFF else (order.kind, order.about, order.minutes)


def ends_in(seconds: float) -> HalfDayEnd:
    return HalfDayEnd(left_s=seconds, rules=HANDOVER)


def warned_of(minutes: int, ago_s: float, about: About = About.MAXIMUM) -> dict[About, Warned]:
    return {about: Warned(minutes=minutes, ago_s=ago_s)}


@pytest.mark.parametrize(
    ("rules", "session", "connections", "wanted"),
    [
        pytest.param(NO_RULES, a_session(open_s=90 * HOUR, away_s=80 * HOUR), 0, None, id="off by default: nothing at all"),
        pytest.param(AWAY, a_session(away_s=2 * HOUR), 0, (OFF, LogOffRule.DISCONNECTED), id="disconnected as long as allowed"),
        pytest.param(AWAY, a_session(away_s=2 * HOUR - 1), 0, None, id="a second less"),
        pytest.param(AWAY, a_session(open_s=90 * HOUR), 1, None, id="connected: never, however long it is open"),
        pytest.param(AWAY, a_session(away_s=9 * HOUR), 1, None, id="a connection to the port, whosever: nobody is certain"),
        pytest.param(DAY, a_session(open_s=9.7 * HOUR), 1, None, id="long before the longest time"),
        pytest.param(DAY, a_session(open_s=9.75 * HOUR), 1, (SAY, About.MAXIMUM, 15), id="15 minutes before"),
        pytest.param(DAY, a_session(open_s=9.8 * HOUR, warned=warned_of(15, 180)), 1, None, id="said once"),
        pytest.param(
            DAY, a_session(open_s=10 * HOUR - 300, warned=warned_of(15, 600)), 1, (SAY, About.MAXIMUM, 5), id="5 minutes before"
        ),
        pytest.param(
            DAY, a_session(open_s=10 * HOUR, warned=warned_of(5, 300)), 1, (OFF, LogOffRule.MAXIMUM), id="over, and warned"
        ),
        pytest.param(
            DAY, a_session(open_s=10 * HOUR, warned=warned_of(5, 299)), 1, None, id="over, but the promised time is not"
        ),
        pytest.param(DAY, a_session(open_s=12 * HOUR), 1, (SAY, About.MAXIMUM, 5), id="over, never warned: the message first"),
        pytest.param(
            DAY, a_session(open_s=10 * HOUR, warned=warned_of(15, 900)), 1, (OFF, LogOffRule.MAXIMUM), id="one was lost"
        ),
        pytest.param(
            replace(DAY, warn_minutes=()), a_session(open_s=10 * HOUR), 1, (OFF, LogOffRule.MAXIMUM), id="no messages"
        ),
        pytest.param(
            replace(AWAY, maximum_s=3 * HOUR), a_session(open_s=9 * HOUR, away_s=2 * HOUR), 0, (OFF, LogOffRule.DISCONNECTED),
            id="both: one order",
        ),
    ],
)  # fmt: skip
def test_what_a_profiles_rules_order(
    rules: SessionRules, session: OpenSession, connections: int, wanted: tuple[object, ...] | None
):
    assert ordered(rules, session, connections=connections) == wanted


@pytest.mark.parametrize(
    ("left_s", "session", "wanted"),
    [
        pytest.param(901, a_session(), None, id="not yet"),
        pytest.param(900, a_session(), (SAY, About.HALF_DAY, 15), id="15 minutes before the end"),
        pytest.param(240, a_session(), (SAY, About.HALF_DAY, 5), id="who came late hears the last one alone"),
        pytest.param(240, a_session(warned=warned_of(5, 30, About.HALF_DAY)), None, id="said once"),
        pytest.param(900, a_session(away_s=60), None, id="who is disconnected reads nothing"),
        pytest.param(-7200, a_session(), None, id="over and connected: whoever is logged on keeps the desktop"),
        pytest.param(-599, a_session(away_s=HOUR), None, id="over, and away, but not so long after the end"),
        pytest.param(-600, a_session(away_s=HOUR), (OFF, LogOffRule.HALF_DAY), id="so long after the end"),
        pytest.param(-HOUR, a_session(away_s=599), None, id="gone a short while ago"),
    ],
)
def test_what_happens_at_the_end_of_a_half_day(left_s: float, session: OpenSession, wanted: tuple[object, ...] | None):
    assert ordered(NO_RULES, session, half_day=ends_in(left_s)) == wanted


def test_messages_without_a_log_off_are_possible_at_the_end_of_a_half_day():
    end = HalfDayEnd(left_s=-HOUR, rules=replace(HANDOVER, disconnected_s=None))

    assert ordered(NO_RULES, a_session(away_s=9 * HOUR), half_day=end) is None


@pytest.mark.parametrize(
    ("rules", "session", "again_s"),
    [
        pytest.param(NO_RULES, a_session(), LATEST_S, id="nothing is ever due"),
        pytest.param(AWAY, a_session(away_s=2 * HOUR - 100), 100.0, id="when it will have been so long"),
        pytest.param(AWAY, a_session(away_s=2 * HOUR - 5), SOONEST_S, id="no sooner than that"),
        pytest.param(AWAY, a_session(away_s=2 * HOUR), SOONEST_S, id="something was ordered: to see whether it was done"),
        pytest.param(DAY, a_session(open_s=9.75 * HOUR - 120), 120.0, id="the first message"),
        pytest.param(DAY, a_session(open_s=9 * HOUR), LATEST_S, id="far away"),
        pytest.param(
            DAY, a_session(open_s=10 * HOUR + 10, warned=warned_of(5, 250)), 50.0, id="when the promised time is over"
        ),
    ],
)
def test_when_a_desktop_is_to_ask_again(rules: SessionRules, session: OpenSession, again_s: float):
    there = int(session.away_s is None)

    assert decide(rules, AskedSessions(connections=there, sessions=(session,)), None).again_s == pytest.approx(again_s)


def test_no_time_of_a_connected_person_but_that_since_the_log_on_can_be_said():
    fields = set(OpenSession.__dataclass_fields__)

    assert fields == {"id", "login", "open_s", "away_s", "warned", "texts"}
    assert "idle" not in "".join(fields)
