"""What others use of a ceiling is taken off it; a source that says nothing changes nothing; nobody loses a desktop by it."""

from dataclasses import replace

import pytest

from provisioner.model.scenario.ceilings import Ceiling, Counted, Reading
from provisioner.model.scenario.scenarios import Scenario
from provisioner.planning.demand.ceilings import ceilings_now
from provisioner.reasons.requests import FIGURES_NONE
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop, a_report, a_session
from tests.builders.reconciler import Site
from tests.builders.views import a_publication

VPN = Ceiling(name="vpn", limit=3, counts=Counted.SESSIONS, in_use="sum(vpn)")


def under(*ceilings):
    return Scenario(name="few", waves=Site().config.scenario.waves, ceilings=ceilings)


def said(value):
    return {"sum(vpn)": Reading(at=NOW, value=value)}


@pytest.mark.parametrize(
    ("ceiling", "reading", "others", "room"),
    [
        pytest.param(VPN, {}, 0, 3, id="not asked yet: the limit as it stands"),
        pytest.param(VPN, {"sum(vpn)": Reading(at=NOW, why=FIGURES_NONE())}, 0, 3, id="no answer: the limit as it stands"),
        pytest.param(VPN, said(2), 1, 2, id="two sessions, one of them ours"),
        pytest.param(VPN, said(1), 0, 3, id="only ours"),
        pytest.param(VPN, said(0), 0, 3, id="fewer than ours: it lags behind"),
        pytest.param(VPN, said(9), 8, 0, id="more than there are"),
        pytest.param(replace(VPN, counts=Counted.DESKTOPS), said(4), 2, 1, id="four licences, two of them ours"),
        pytest.param(replace(VPN, in_use=""), said(9), 0, 3, id="nobody is asked"),
    ],
)
def test_what_others_use_is_taken_off(ceiling, reading, others, room):
    at_work = a_desktop(1).but(report=a_report(sessions=(a_session("login0001"),)))
    status = a_publication(at_work, a_desktop(2), wanted=2).status

    (state,) = ceilings_now(under(ceiling), reading, status)

    assert (state.others, state.room) == (others, room)
    assert bool(state.unread) == bool(reading and reading["sum(vpn)"].why)


def owners(site):
    return sorted(record.reservation.agent_id[-4:] for record in site.reconciler.records.desktops.values())


def test_as_others_come_and_go_nobody_loses_a_desktop_and_the_next_get_theirs():
    site = Site(agents=4, scenario=under(VPN))
    site.reconciler.parts.ceiling_readings = lambda: said(1)
    site.settle(cycles=20)
    assert len(owners(site)) == 2
    out = [entry.reason for entry in site.status.demand.not_wanted]
    assert out[0] == (
        "the scenario's ceiling 'vpn' allows 3; others use 1 of them, and people who are more important have the 2 that "
        "are left"
    )

    site.reconciler.parts.ceiling_readings = lambda: said(3)
    site.settle(cycles=10)
    assert len(owners(site)) == 2
    assert len(site.status.demand.wants) == 2

    site.reconciler.parts.ceiling_readings = lambda: said(0)
    site.settle(cycles=20)
    assert len(owners(site)) == 3


def test_a_source_that_falls_silent_leaves_the_limit_as_it_stands():
    site = Site(agents=4, scenario=under(VPN))
    site.reconciler.parts.ceiling_readings = lambda: {"sum(vpn)": Reading(at=NOW, why=FIGURES_NONE())}
    site.settle(cycles=20)

    assert len(owners(site)) == 3
    assert [state.unread.code for state in site.status.demand.ceilings] == ["figures_none"]
