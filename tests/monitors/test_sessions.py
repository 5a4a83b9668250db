"""Sessions are counted."""

from monitors.gauges import sessions
from monitors.sessions import count
from provisioner.model.desktops import SessionState
from provisioner.planning.report.status import StatusInputs, status_without_cycle
from tests.builders.cluster import NOW
from tests.builders.monitors import STANDARD, a_desktop, a_recorder, a_session

CONNECTED, DISCONNECTED = SessionState.CONNECTED, SessionState.DISCONNECTED


def test_sessions_are_counted_by_profile_and_state_and_a_person_twice_is_two():
    desktops = [
        a_desktop(1, sessions=(a_session("ann"), a_session("ann", DISCONNECTED))),
        a_desktop(2, sessions=(a_session("bob", DISCONNECTED),)),
        a_desktop(3, sessions=(a_session("eve"),), profile="heavy"),
        a_desktop(4, sessions=None),
        a_desktop(5, sessions=()),
    ]

    assert count(desktops) == {(STANDARD, CONNECTED): 1, (STANDARD, DISCONNECTED): 2, ("heavy", CONNECTED): 1}


def test_before_the_first_cycle_no_number_of_sessions_is_shown():
    """F1, F12: a daemon that begins anew while the cluster does not answer showed 0, and 744 sessions seemed to have ended."""
    recorder = a_recorder()
    counted = (sessions.sessions, sessions.last_known, sessions.known, sessions.unknown)
    assert [recorder.state.summary.values[metric] for metric in counted] == [{}] * 4

    recorder.status(status_without_cycle(StatusInputs(), at=NOW, people_known=True))  # as each look in vain publishes
    assert [recorder.state.summary.values[metric] for metric in counted] == [{}] * 4
