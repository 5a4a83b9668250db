"""A node dies, and its desktops are resources of Proxmox VE's HA: HA recovers them or Bascule replaces them, never both."""

import pytest

from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.desktops import Phase
from tests.builders.cluster import NOW
from tests.builders.reconciler import Site, ready
from tests.reconciler.test_dead_node import pass_by


def dead(state: str | None) -> Site:
    """A site where agent 1's desktop vd-5001 is on n1, which has just gone offline; HA has the desktop in this state."""
    site = ready(2)
    site.cluster.manage(5001, state)
    site.cluster.online["n1"] = False
    site.look(after=10)
    return site


def reasons_of(site: Site) -> dict[str, str]:
    """By code."""
    return {deferral.reason.code: deferral.reason for deferral in site.status.plan.deferred}


@pytest.mark.long
@pytest.mark.parametrize(
    "state", ["started", "fence", "recovery", "stopped", "request_stop", "migrate", "freeze", "a new word"]
)
def test_what_ha_may_bring_back_is_never_replaced(state):
    site = dead(state)

    assert pass_by(site, 3600) == []
    assert site.phases["vd-5001"] == Phase.UNKNOWN


@pytest.mark.long
@pytest.mark.parametrize("state", [None, "error", "ignored", "disabled"])
def test_what_ha_does_not_bring_back_is_replaced_as_usual(state):
    site = dead(state)
    assert pass_by(site, 100) == []
    site.settle()

    assert site.status.desktops["vd-5001"].superseded_by == "vd-5003"
    assert site.phases["vd-5003"] == Phase.READY


def test_a_recovered_desktop_is_followed_and_is_the_same_desktop():
    site = dead("recovery")
    pass_by(site, 130)
    site.cluster.manage(5001, "started")
    site.cluster.move(5001, "n2")
    site.cluster.booted[5001] = site.clock.at + 10
    site.settle()

    assert site.phases == {"vd-5001": Phase.READY, "vd-5002": Phase.READY}
    assert not any(desktop.superseded_by for desktop in site.status.desktops.values())


def test_the_reason_names_ha_and_after_a_while_it_says_that_ha_is_late():
    site = dead("fence")
    usual = "node n1 is offline or not seen: Proxmox VE's HA starts this desktop on another node (its state there: fence)"
    assert reasons_of(site) == {"ha_recovers": usual}

    pass_by(site, 370)
    assert reasons_of(site) == {
        "ha_late": f"{usual}; it has not done so within 6 min, and no other desktop is made as long as it may: "
        "its agent would have two"
    }


@pytest.mark.long
def test_taken_out_of_ha_it_is_replaced():
    site = dead("fence")
    pass_by(site, 600)
    site.cluster.manage(5001, None)
    site.settle()

    assert site.status.desktops["vd-5001"].superseded_by == "vd-5003"


@pytest.mark.long
def test_what_ha_gave_up_on_another_node_is_replaced_there_and_the_node_stays_in_use():
    site = dead("recovery")
    pass_by(site, 130)
    site.cluster.manage(5001, "error")
    site.cluster.move(5001, "n2")
    site.cluster.power_off(5001)
    site.cluster.online["n1"] = True
    site.settle()

    assert site.phases["vd-5001"] == Phase.FAILED
    assert site.status.desktops["vd-5001"].superseded_by == "vd-5003"
    assert site.phases["vd-5003"] == Phase.READY


def test_a_resource_of_ha_is_not_shut_down_because_ha_would_force_it_off():
    site = ready(2)
    site.cluster.manage(5001, "started")
    site.store.give(Intent(kind=IntentKind.STOP, by="an operator", at=NOW, target="vd-5001"))

    assert [order for order in pass_by(site, 300) if order.startswith("stop")] == []
    assert "forces it off" in site.reasons["vd-5001"]

    site.cluster.manage(5001, "ignored")
    assert "stop vd-5001" in pass_by(site, 60)
