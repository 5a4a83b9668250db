"""Where people connect to: only a ready desktop that is the person's own counts; everybody else has a reason."""

from dataclasses import replace
from typing import Any

import pytest

from provisioner.model.departures import LeaverState, LeaverStep
from provisioner.model.ids import AgentId, ProfileName
from provisioner.model.machines.desktops import Phase
from provisioner.model.people.profiles import Connection, Redirection
from provisioner.model.status import Status
from provisioner.reasons.reason import Reason
from provisioner.views.connections import connections_document
from provisioner.views.published import Published
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop, a_want_ahead
from tests.builders.views import a_publication

BY_GATEWAY = Connection(port=3390, gateway="rdp.dep.example", redirect=(Redirection.PRINTERS, Redirection.AUDIO))


FIRST = AgentId("agent-0001")


def given(published: Published, to: AgentId | None = FIRST) -> Published:
    """The desktop was given to this agent."""
    records = {name: replace(record, assigned_to=to) for name, record in published.records.items()}
    return replace(published, records=records)


def changed(published: Published, **parts: Any) -> Published:
    """The desktop's state is otherwise."""
    states = {name: replace(state, **parts) for name, state in published.status.desktops.items()}
    return replace(published, status=replace(published.status, desktops=states))


def the_first(published: Published):
    found = connections_document(published).connections
    assert found is not None
    return found[0]


def test_a_ready_desktop_says_where_to_connect_to():
    published = given(a_publication(a_desktop(1, address="10.20.0.13"), wanted=1))
    row = the_first(replace(published, connections={ProfileName("office"): BY_GATEWAY}))

    assert (row.login, row.desktop, row.address, row.host, row.port) == (
        "login0001", "vd-5001", "10.20.0.13", "10.20.0.13", 3390,
    )  # fmt: skip
    assert (row.gateway, row.redirect, row.ready, row.because) == ("rdp.dep.example", ("audio", "printers"), True, None)


def test_with_dhcp_the_name_is_what_to_connect_to():
    row = the_first(given(a_publication(a_desktop(1, address=""), wanted=1)))

    assert (row.address, row.host) == (None, "vd-5001")


@pytest.mark.parametrize(
    ("desktop", "code"),
    [
        pytest.param(a_desktop(1, Phase.STARTING), "not_ready", id="it is starting"),
        pytest.param(a_desktop(1, Phase.FAILED), None, id="it has failed"),
    ],
)
def test_who_cannot_connect_has_the_reason(desktop, code):
    row = the_first(given(a_publication(desktop, wanted=1)))

    assert not row.ready
    assert row.because is not None
    assert code is None or row.because.code == code


def test_whoever_is_not_entitled_any_more_cannot_connect():
    leaving = LeaverState(
        step=LeaverStep.SUSPENDED, reason=Reason("disabled"), since=NOW - 60, next_step="stopped", next_at=NOW + 60
    )
    row = the_first(changed(given(a_publication(a_desktop(1), wanted=1)), leaving=leaving))

    assert (row.ready, row.because.code) == (False, "leaving")


def test_a_desktop_that_was_not_given_to_its_agent_yet_is_not_ready():
    row = the_first(given(a_publication(a_desktop(1), wanted=1), to=None))

    assert (row.ready, row.because.code) == (False, "not_assigned")


def test_before_the_batch_opens_the_reason_says_so():
    published = given(a_publication(a_desktop(1), ahead=[a_want_ahead(1)]), to=None)

    assert the_first(published).because.code == "made_ahead"


def test_a_desktop_of_another_agent_in_the_store_is_not_ones_own():
    assert not the_first(given(a_publication(a_desktop(1), wanted=1), to=AgentId("agent-0002"))).ready


def test_without_a_desktop_there_is_nothing_to_connect_to():
    row = the_first(a_publication(wanted=1))

    assert (row.desktop, row.host, row.port, row.ready) == (None, None, None, False)
    assert row.because is not None


def test_a_quarantined_desktop_is_not_named():
    assert the_first(changed(given(a_publication(a_desktop(1), wanted=1)), quarantined=True)).desktop is None


def test_without_a_roster_nobody_is_known():
    assert connections_document(Published(status=Status(at=NOW))).connections is None
