"""Sessions are merged over sources, and counted."""

import pytest

from monitors.sessions import count, merge
from provisioner.model.desktops import SessionState
from tests.builders.monitors import MONDAY, STANDARD, a_desktop, a_session

CONNECTED, DISCONNECTED, IDLE = SessionState.CONNECTED, SessionState.DISCONNECTED, SessionState.IDLE


@pytest.mark.parametrize(
    ("sessions", "merged"),
    [
        pytest.param([], [], id="nobody: nothing"),
        pytest.param([("ann", IDLE, 5.0)], [("ann", IDLE, 5.0)], id="one source: as it is"),
        pytest.param([("ann", IDLE, 5.0), ("ann", CONNECTED, 9.0)], [("ann", CONNECTED, 9.0)], id="two sources: the livelier"),
        pytest.param(
            [("ann", DISCONNECTED, 5.0), ("ann", IDLE, 9.0)], [("ann", IDLE, 9.0)], id="idle is livelier than disconnected"
        ),
        pytest.param([("ann", CONNECTED, 9.0), ("ann", CONNECTED, 5.0)], [("ann", CONNECTED, 5.0)], id="alike: the earlier"),
        pytest.param(
            [("bob", IDLE, 1.0), ("ann", IDLE, 2.0)], [("ann", IDLE, 2.0), ("bob", IDLE, 1.0)], id="two people: both, by login"
        ),
    ],
)
def test_merge(sessions: list[tuple[str, SessionState, float]], merged: list[tuple[str, SessionState, float]]):
    found = merge(a_session(login, state, since=since) for login, state, since in sessions)

    assert [(session.login, session.state, session.since) for session in found] == merged


def test_merging_does_not_depend_on_the_order_of_sources():
    both = [a_session("ann", since=MONDAY, source="ssh"), a_session("ann", since=MONDAY, source="guest_agent")]

    assert merge(both) == merge(reversed(both)) == (both[1],)


def test_sessions_are_counted_by_profile_and_state_and_once_a_person():
    desktops = [
        a_desktop(1, sessions=(a_session("ann"), a_session("ann", IDLE, source="guest_agent"))),
        a_desktop(2, sessions=(a_session("bob", DISCONNECTED),)),
        a_desktop(3, sessions=(a_session("eve"),), profile="heavy"),
        a_desktop(4, sessions=None),
        a_desktop(5, sessions=()),
    ]

    assert count(desktops) == {(STANDARD, CONNECTED): 1, (STANDARD, DISCONNECTED): 1, ("heavy", CONNECTED): 1}
