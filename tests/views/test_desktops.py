"""Desktops as documents: unknown is null, and never nothing."""

from dataclasses import replace

import pytest

from provisioner.model.departures import DAY_S, Departure
from provisioner.model.ids import DesktopName
from provisioner.model.machines.desktops import Phase, SessionState
from provisioner.model.scenario.scenarios import PreparationLevel
from provisioner.views.desktops import desktops_document
from provisioner.views.times import stamp
from tests.builders.cluster import NOW, a_view
from tests.builders.core import a_desktop, a_report, a_session, a_want_ahead, an_agent
from tests.builders.views import a_publication


def the_document(published):
    (document,) = desktops_document(published).desktops
    return document


def test_a_desktop_names_its_seat_its_target_and_its_session():
    person = a_session("login0001", since=NOW - 60)
    document = the_document(a_publication(a_desktop(1).but(report=a_report(sessions=(person,))), wanted=1))

    assert (document.seat.kind, document.seat.id, document.login) == ("agent", "agent-0001", "login0001")
    assert (document.target.level, document.target.because.text) == ("ready", "the test wants a desktop for login0001")
    session = document.session
    assert (session.state, session.source, session.age_s, session.count, session.strangers) == (
        "connected", "guest_agent", 60.0, 1, 0,
    )  # fmt: skip
    assert document.remark is None


def test_a_desktop_is_where_its_person_works_and_in_the_wave_of_that_person():
    people = [an_agent(1, site="Meaux")]
    known = the_document(a_publication(a_desktop(1), wanted=1, agents=people))
    unknown = the_document(a_publication(a_desktop(1), wanted=0, agents=[]))

    assert (known.site, known.wave) == ("Meaux", "everyone")
    assert (unknown.site, unknown.wave) == (None, None)


@pytest.mark.parametrize(
    ("minutes", "since"),
    [pytest.param(0, None, id="it answers"), pytest.param(30, stamp(NOW - 1800), id="away for half an hour")],
)
def test_of_a_cluster_that_does_not_answer_it_is_said_when_it_was_seen(minutes, since):
    """An inventory had it ready all the while."""
    document = the_document(a_publication(a_desktop(1), wanted=1, view=a_view(taken_at=NOW - 60 * minutes)))

    assert (document.phase, document.unseen_since) == ("ready", since)


@pytest.mark.parametrize(
    ("sessions", "state"),
    [
        pytest.param((), "none", id="nobody"),
        pytest.param((a_session(state=SessionState.DISCONNECTED),), "disconnected", id="gone for lunch"),
        pytest.param((a_session("a", state=SessionState.DISCONNECTED), a_session("b")), "connected", id="somebody is at work"),
    ],
)
def test_a_desktop_is_as_used_as_its_most_used_session(sessions, state):
    document = the_document(a_publication(a_desktop(1).but(report=a_report(sessions=sessions)), wanted=1))

    assert (document.session.state, document.session.count) == (state, len(sessions))


def test_unknown_sessions_are_null_and_never_none():
    old = a_desktop(1).but(report=a_report(read_at=NOW - 7200))
    document = the_document(a_publication(old, wanted=1))

    session = document.session
    assert (session.state, session.source, session.age_s, session.count, session.strangers) == (
        "unknown", None, 7200.0, None, None,
    )  # fmt: skip
    assert document.sessions_unknown_since is not None


def test_a_desktop_that_was_never_read_has_no_age():
    document = the_document(a_publication(a_desktop(1, Phase.STARTING), wanted=1))

    assert document.session.age_s is None


@pytest.mark.parametrize(("level", "target"), [(PreparationLevel.STOPPED, "made"), (PreparationLevel.RUNNING, "running")])
def test_a_desktop_made_ahead_says_when_its_batch_opens(level, target):
    document = the_document(a_publication(a_desktop(1, Phase.STOPPED), ahead=[a_want_ahead(1, level)]))

    assert (document.target.level, document.target.opens_at) == (target, stamp(NOW + 3600))


@pytest.mark.parametrize(
    ("phase", "gone_s", "target"),
    [
        pytest.param(Phase.READY, 60.0, "as_is", id="suspended"),
        pytest.param(Phase.READY, 2 * DAY_S, "off", id="to be shut down"),
        pytest.param(Phase.STOPPED, 2 * DAY_S, "as_is", id="stopped"),
    ],
)
def test_a_leavers_desktop_says_what_is_due(phase, gone_s, target):
    left = a_desktop(7, phase).but(departure=Departure(since=NOW - gone_s))
    document = the_document(a_publication(left))

    assert document.target.level == target
    assert document.remark.code in ("leaving", "leaving_overdue")


def test_a_superseded_desktop_names_the_other_and_nothing_is_wanted_of_it():
    published = a_publication(a_desktop(1), wanted=1)
    (first,) = published.status.desktops.values()
    state = replace(first, superseded_by=DesktopName("vd-5002"))
    published = replace(published, status=replace(published.status, desktops={state.reservation.name: state}))

    document = the_document(published)
    assert (document.superseded_by, document.target) == ("vd-5002", None)
    assert document.remark.code == "superseded_by"
