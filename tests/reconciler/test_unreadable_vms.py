"""A VM in our range with an unreadable note: what it delays, where it is reported, and how an operator ends it."""

from provisioner.model.actions import Retired
from provisioner.model.ids import ClusterId, GuestKey, Vmid
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.desktops import Phase
from tests.builders.cluster import NOW, PVE, a_guest, a_profile, a_template
from tests.builders.core import a_config, a_naming
from tests.builders.reconciler import Cluster, Site, ready
from tests.builders.records import change

LYON = ClusterId("lyon")


def two_clusters(agents: int = 4) -> Site:
    """Two clusters with templates; an unreadable foreign VM is in the range of the first."""
    first, second = Cluster(), Cluster(name=LYON)
    first.guests[5900] = a_guest(5900)
    first.unreadable.add(5900)
    templates = tuple(a_template(node, cluster=cluster) for cluster in (PVE, LYON) for node in ("n1", "n2"))
    config = a_config(a_profile(templates=templates), naming=a_naming(lyon=(7001, 8000)))
    return Site(agents=agents, clusters=[first, second], config=config)


def test_it_holds_up_its_own_cluster_alone():
    """A12: the other cluster continues."""
    site = two_clusters()
    site.settle()

    assert set(site.phases.values()) == {Phase.READY}
    assert {desktop.reservation.cluster for desktop in site.status.desktops.values()} == {LYON}


def test_it_is_named_with_its_error_and_what_can_be_done():
    """A12: with a single cluster no agent gets a desktop, and every reason says why."""
    site = Site(agents=2)
    site.cluster.guests[5900] = a_guest(5900)
    site.cluster.unreadable.add(5900)
    site.settle(cycles=6)

    (reason,) = set(site.reasons.values())
    assert "VM 5900" in reason
    assert "595: no route to host" in reason
    assert "bascule store retire pve/5900" in reason


def test_an_operator_retires_it_and_everything_goes_on():
    """A12: by an intent, whose reason is kept."""
    site = Site(agents=2)
    site.cluster.guests[5900] = a_guest(5900)
    site.cluster.unreadable.add(5900)
    site.settle(cycles=6)
    site.store.give(Intent(kind=IntentKind.RETIRE, by="eve", at=NOW, reason="the backup server", target="pve/5900"))
    site.settle()

    assert [phase for name, phase in site.phases.items()] == [Phase.READY, Phase.READY]
    assert GuestKey(PVE, Vmid(5900)) in site.reconciler.records.retired
    assert not any(intent.kind is IntentKind.RETIRE for intent in site.store.intents())


def test_a_desktop_of_ours_is_not_retired_by_order():
    """A12: a mistyped number changes nothing."""
    site = ready(1)
    site.store.give(Intent(kind=IntentKind.RETIRE, by="eve", at=NOW, target="pve/5001"))
    site.settle(cycles=3)

    assert site.phases == {"vd-5001": Phase.READY}
    assert site.reconciler.records.retired == {}
    assert ("vm pve/5001", "not retired: it is desktop vd-5001") in site.heard.notices


def test_a_retired_number_whose_note_is_ours_is_taken_up_again():
    """A1: a VM retired while it was unreadable is a desktop again once it is listed."""
    site = ready(2)
    desktop = site.reconciler.records.desktops["vd-5002"].reservation
    site.cluster.hidden = {5002}
    site.store.close()
    site.store.claim()
    change(site.store, released=("vd-5002",), retired=(Retired(key=desktop.key, reason="taken", at=NOW),))
    site.restart()
    site.settle(cycles=3)
    site.cluster.hidden = set()
    site.settle(cycles=3)

    assert "vd-5002" in site.phases
