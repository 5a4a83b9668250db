"""F22: what a help desk has ordered about whoever is logged on, from one question of a desktop."""

import pytest

from provisioner.model.session_rules import (
    About,
    AskedSessions,
    DeskOrder,
    LogOffRule,
    OpenSession,
    SessionOrderKind,
    SessionRules,
    Warned,
)
from provisioner.sessions.policies import decide, left_of

MINUTE, HOUR = 60.0, 3600.0
SAY, SHOW, OFF = SessionOrderKind.SAY, SessionOrderKind.SHOW, SessionOrderKind.LOG_OFF
MARK = "0123456789abcdef"
MESSAGE = DeskOrder(age_s=100.0, text="the printer is back", mark=MARK)
LOGOFF = DeskOrder(age_s=100.0, minutes=10)
NO_RULES, DAY = SessionRules(), SessionRules(maximum_s=10 * HOUR)


def a_session(*, warned: tuple[int, float] | None = None, **changed: object) -> OpenSession:
    pairs = () if warned is None else ((About.MAXIMUM, Warned(minutes=warned[0], ago_s=warned[1])),)
    values: dict[str, object] = {"id": "c1", "login": "jdupont", "open_s": HOUR, "away_s": None, "texts": ()}
    return OpenSession(**values | {"warned": pairs} | changed)  # type: ignore[arg-type]


def ordered(session: OpenSession, *desk: DeskOrder, rules: SessionRules = NO_RULES) -> list[tuple[object, ...]]:
    asked = AskedSessions(connections=1, sessions=(session,))
    return [(order.kind, order.minutes, order.text, order.rule) for order in decide(rules, asked, None, desk).orders]


WARNING, END = (SAY, 10, "", None), (OFF, 0, "", LogOffRule.ORDERED)
LINE = (SHOW, 0, "the printer is back", None)


@pytest.mark.parametrize(
    ("session", "order", "wanted"),
    [
        pytest.param(a_session(), MESSAGE, [LINE], id="a message"),
        pytest.param(a_session(texts=(MARK,)), MESSAGE, [], id="it was shown"),
        pytest.param(a_session(texts=None), MESSAGE, [], id="an image that shows none gets none"),
        pytest.param(a_session(open_s=99.0), MESSAGE, [], id="who came later is not meant"),
        pytest.param(a_session(), LOGOFF, [WARNING], id="first the warning"),
        pytest.param(a_session(texts=None), LOGOFF, [WARNING], id="which every image that obeys has"),
        pytest.param(a_session(warned=(10, 99.0)), LOGOFF, [], id="then its time"),
        pytest.param(a_session(warned=(10, 600.0)), DeskOrder(age_s=700.0, minutes=10), [END], id="then the end"),
        pytest.param(a_session(warned=(10, 600.0)), LOGOFF, [WARNING], id="a warning before the order is another's"),
        pytest.param(a_session(warned=(15, 50.0)), LOGOFF, [WARNING], id="of another time, too"),
        pytest.param(a_session(), DeskOrder(age_s=1.0, minutes=0), [END], id="0: without a warning"),
        pytest.param(a_session(open_s=99.0), LOGOFF, [], id="nobody is logged off who came later"),
        pytest.param(a_session(), DeskOrder(age_s=1.0, minutes=0, logins=("zoe",)), [], id="nor anybody else"),
    ],
)
def test_what_a_desktop_is_to_do_by_order(session: OpenSession, order: DeskOrder, wanted: list[tuple[object, ...]]):
    assert ordered(session, order) == wanted


def test_an_end_is_for_whoever_is_connected_too():
    (order,) = decide(
        NO_RULES, AskedSessions(connections=1, sessions=(a_session(),)), None, [DeskOrder(age_s=1.0, minutes=0)]
    ).orders

    assert not order.only_disconnected


def test_both_are_carried_out_one_after_the_other():
    assert ordered(a_session(), LOGOFF, MESSAGE) == [LINE]
    assert ordered(a_session(texts=(MARK,)), LOGOFF, MESSAGE) == [WARNING]


def test_no_rule_says_another_time_meanwhile():
    near = a_session(open_s=9.9 * HOUR, warned=(10, 50.0))

    assert ordered(near, LOGOFF, rules=DAY) == []
    assert ordered(a_session(open_s=9.9 * HOUR), rules=DAY) == [(SAY, 15, "", None)]


def test_a_warning_by_order_is_none_for_the_longest_time():
    """An order that was withdrawn, hours before: the rule's own messages come all the same, and its log-off waits for them."""
    at_the_end = a_session(open_s=10 * HOUR, warned=(10, 5 * HOUR))

    assert ordered(at_the_end, rules=DAY) == [(SAY, 5, "", None)]


def test_the_desktop_asks_again_when_the_warning_has_had_its_time():
    asked = AskedSessions(connections=1, sessions=(a_session(warned=(10, 520.0)),))

    assert decide(NO_RULES, asked, None, [DeskOrder(age_s=530.0, minutes=10)]).again_s == 80.0


def test_with_whom_it_is_not_done_yet():
    here, later = a_session(), a_session(id="c2", open_s=5.0)
    asked = AskedSessions(connections=1, sessions=(here, later))

    assert left_of(LOGOFF, asked) == left_of(MESSAGE, asked) == (here,)
    assert left_of(MESSAGE, AskedSessions(connections=1, sessions=(a_session(texts=(MARK,)), later))) == ()
