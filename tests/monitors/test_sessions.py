"""Sessions are counted."""

from monitors.census import sessions_by
from provisioner.model.machines.desktops import SessionState
from tests.builders.monitors import STANDARD, a_desktop, a_session

CONNECTED, DISCONNECTED = SessionState.CONNECTED, SessionState.DISCONNECTED


def test_sessions_are_counted_by_profile_and_state_and_a_person_twice_is_two():
    desktops = [
        a_desktop(1, sessions=(a_session("ann"), a_session("ann", DISCONNECTED))),
        a_desktop(2, sessions=(a_session("bob", DISCONNECTED),)),
        a_desktop(3, sessions=(a_session("eve"),), profile="heavy"),
        a_desktop(4, sessions=None),
        a_desktop(5, sessions=()),
    ]

    assert sessions_by(desktops) == {(STANDARD, CONNECTED): 1, (STANDARD, DISCONNECTED): 2, ("heavy", CONNECTED): 1}
