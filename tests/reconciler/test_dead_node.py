"""A node fails, its desktops are replaced, and it returns: sooner or later, with or without the daemon's store."""

import pytest

from provisioner.model.machines.cluster import Power
from provisioner.model.machines.desktops import Phase
from provisioner.reconciler.in_flight import NodeAbsences
from tests.builders.cluster import NOW, PVE, a_node, a_view
from tests.builders.reconciler import Site, changes, kinds, ready


def dead(agents: int = 2, **changed: object) -> Site:
    """A site where agent 1's desktop vd-5001 is on n1, which has just gone offline."""
    site = ready(agents, **changed)
    site.clusters[PVE].online["n1"] = False
    site.look(after=10)
    return site


def pass_by(site: Site, seconds: float) -> list[str]:
    """Observe every ten seconds, and run none of the commands."""
    ordered: list[str] = []
    for _ in range(int(seconds // 10)):
        ordered += kinds(site.look(after=10))
    return [command for command in ordered if not command.startswith(("checkguest", "verify"))]


def test_no_desktop_is_replaced_before_the_time_is_over():
    assert pass_by(dead(), 110) == []


def test_then_the_agent_gets_another_desktop_and_has_only_one_that_counts():
    site = dead()
    site.look(after=100)
    site.settle()

    assert site.phases == {"vd-5001": Phase.UNKNOWN, "vd-5002": Phase.READY, "vd-5003": Phase.READY}
    assert {name: desktop.superseded_by for name, desktop in site.status.desktops.items()} == {
        "vd-5001": "vd-5003",
        "vd-5002": None,
        "vd-5003": None,
    }
    assert [name for name, desktop in site.status.desktops.items() if desktop.wanted] == ["vd-5002", "vd-5003"]


@pytest.mark.long
def test_a_restart_counts_the_time_again_and_keeps_supersessions():
    site = dead()
    site.look(after=100)
    site.restart()
    assert pass_by(site, 60) == []
    site.settle()
    site.restart()

    assert pass_by(site, 600) == []
    assert site.status.desktops["vd-5001"].superseded_by == "vd-5003"


def test_a_node_that_is_back_in_time_changes_nothing():
    site = dead()
    site.look(after=100)
    site.clusters[PVE].online["n1"] = True
    site.look(after=10)
    site.clusters[PVE].online["n1"] = False

    assert pass_by(site, 110) == [], "the time counts from when it went away again"


@pytest.mark.long
def test_without_quorum_who_is_away_is_not_known():
    site = ready(2)
    site.clusters[PVE].online["n1"] = False
    site.clusters[PVE].quorate = False

    assert pass_by(site, 600) == []
    assert site.looks[-1].quorum


def test_a_lost_quorum_is_seen_within_a_minute_though_no_node_is_away():
    """F4: it was asked for only once a node was listed offline, which took 550 s."""
    site = ready(2)
    site.look(after=10)
    site.clusters[PVE].quorate = False
    site.look(after=10)
    assert not site.looks[-1].quorum
    assert site.status.snapshot.clusters[PVE].quorate, "as it was when it was asked last"
    for _ in range(6):
        site.look(after=10)

    assert site.status.snapshot.clusters[PVE].quorate is False
    assert PVE in site.status.paused


@pytest.mark.long
def test_the_original_is_back_powered_off_and_is_never_started():
    site = dead()
    site.look(after=100)
    site.settle()
    site.clusters[PVE].online["n1"] = True
    site.clusters[PVE].power_off(5001)

    assert pass_by(site, 600) == []
    assert site.phases["vd-5001"] == Phase.STOPPED
    assert site.clusters[PVE].guests[5001].power is Power.STOPPED


def test_the_original_is_back_with_everybody_logged_on_before_the_other_is_ready():
    """A network switch was unplugged and the guests ran on. They count again; the replacements are kept."""
    site = dead()
    orders = site.look(after=120)
    assert changes(orders) == ["clone vd-5003"]
    site.carry_out(orders)
    site.clusters[PVE].come_out()
    site.clusters[PVE].online["n1"] = True
    site.settle(cycles=3)

    assert {name: desktop.superseded_by for name, desktop in site.status.desktops.items()} == {
        "vd-5001": None,
        "vd-5002": None,
        "vd-5003": "vd-5001",
    }
    assert site.phases["vd-5001"] == Phase.READY
    assert pass_by(site, 300) == []


@pytest.mark.long
def test_the_original_is_back_after_the_other_was_assigned():
    site = dead()
    site.look(after=100)
    site.settle()
    site.clusters[PVE].online["n1"] = True
    site.settle()

    assert site.phases["vd-5001"] == Phase.READY
    assert site.status.desktops["vd-5001"].superseded_by == "vd-5003"


@pytest.mark.long
def test_with_the_store_lost_as_well_both_are_found_and_the_ready_one_counts():
    site = dead()
    site.look(after=100)
    site.settle()
    site.clusters[PVE].online["n1"] = True
    site.clusters[PVE].power_off(5001)
    site.restart(Site._a_store(accepted=False))
    site.settle()

    assert pass_by(site, 100) == []
    assert site.phases == {"vd-5001": Phase.STOPPED, "vd-5002": Phase.READY, "vd-5003": Phase.READY}
    assert site.reasons["vd-5001"] == "duplicate: its agent already has vd-5003; kept but unused"


@pytest.mark.parametrize(
    ("views", "away_since"),
    [
        pytest.param([(0, "n1 n2"), (10, "n1")], {"n2": 10}, id="a node that is not listed any more"),
        pytest.param([(0, "n1 n2"), (10, "n1"), (20, "n1 n2")], {}, id="and is back"),
        pytest.param([(10, "n1")], {}, id="a node that was never seen"),
    ],
)
def test_since_when_a_node_is_away(views, away_since):
    absences = NodeAbsences()
    for at, names in views:
        absences.note(a_view(nodes=tuple(a_node(name) for name in names.split())), NOW + at)

    assert {key.node: since - NOW for key, since in absences.since.items()} == away_since
