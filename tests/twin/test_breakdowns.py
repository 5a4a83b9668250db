"""Breakdowns at somebody's word last until they are mended, and the inventory says what really is all the while."""

import pytest

from provisioner.model.machines.twin_spec import GuestSpec
from provisioner.twin.model.guests import TwinSession
from provisioner.twin.server.breakdowns import Breakable, Breakdowns, NoSuchPart
from provisioner.twin.server.inventory import DesktopTruth, TrueSite, inventory_of
from tests.builders.twin import STORAGE, Lab, a_spec

HOUR_S = 3600.0


def a_lab() -> Lab:
    """Two nodes with two desktops on each, all ready and in use."""
    desktops = tuple(
        GuestSpec(
            vmid=vmid, node=node, name=f"vd-{vmid}", storage=STORAGE, desktop=True, set_up=True, tags="golden", ready_for_s=60.0
        )
        for vmid, node in ((101, "pve1"), (102, "pve1"), (201, "pve2"), (202, "pve2"))
    )
    lab = Lab(a_spec(nodes=2, guests=desktops))
    for desktop in desktops:
        lab.twin.cluster.guests[desktop.vmid].log_on(TwinSession(login=f"agent{desktop.vmid}", since=lab.events.now))
    return lab.wait(60)


def site(lab: Lab) -> TrueSite:
    return inventory_of(lab.twin.cluster)


def states(lab: Lab) -> list[str]:
    return [desktop.state.value for desktop in site(lab).desktops]


def test_the_inventory_has_each_node_storage_desktop_and_person():
    found = site(a_lab())

    assert [(node.name, node.alive, node.desktops, node.ready, node.sessions) for node in found.nodes] == [
        ("pve1", True, 2, 2, 2),
        ("pve2", True, 2, 2, 2),
    ]
    assert [(storage.name, storage.full) for storage in found.storages] == [("pve1/thin", False), ("pve2/thin", False)]
    assert [(each.name, each.node, each.state, len(each.logins)) for each in found.desktops] == [
        ("vd-101", "pve1", DesktopTruth.READY, 1),
        ("vd-102", "pve1", DesktopTruth.READY, 1),
        ("vd-201", "pve2", DesktopTruth.READY, 1),
        ("vd-202", "pve2", DesktopTruth.READY, 1),
    ]
    assert (found.quorum, found.ready, found.hung, found.sessions) == (True, 4, 0, 4)


def test_a_node_is_without_power_until_it_is_mended_and_its_desktops_are_off_then():
    lab = a_lab()
    played = Breakdowns(lab.twin.cluster)

    assert played.change(Breakable.NODE, "pve2", broken=True)
    lab.wait(HOUR_S)
    assert states(lab) == ["ready", "ready", "away", "away"]
    assert (site(lab).sessions, site(lab).nodes[1].alive) == (2, False)

    assert played.change(Breakable.NODE, "pve2", broken=False)
    lab.wait(60)
    assert states(lab) == ["ready", "ready", "off", "off"]
    assert site(lab).nodes[1].alive


@pytest.mark.parametrize("name", ["vd-102", "102"])
def test_a_desktop_hangs_with_its_session_until_it_is_mended(name):
    lab = a_lab()
    played = Breakdowns(lab.twin.cluster)

    assert played.change(Breakable.DESKTOP, name, broken=True)
    lab.wait(HOUR_S)
    assert (states(lab), site(lab).hung, site(lab).sessions) == (["ready", "hung", "ready", "ready"], 1, 4)
    assert not lab.ask("POST", "/nodes/pve1/qemu/102/agent/ping").ok

    assert played.change(Breakable.DESKTOP, name, broken=False)
    assert states(lab) == ["ready"] * 4


@pytest.mark.parametrize(("name", "full"), [("thin", [True, True]), ("pve2/thin", [False, True])])
def test_a_storage_is_full_everywhere_or_on_one_node_until_it_is_mended(name, full):
    lab = a_lab()
    played = Breakdowns(lab.twin.cluster)

    assert played.change(Breakable.STORAGE, name, broken=True)
    assert [storage.full for storage in site(lab).storages] == full
    assert lab.finish(lab.clone(203, node="pve2")) != "OK"

    assert played.change(Breakable.STORAGE, name, broken=False)
    assert lab.finish(lab.clone(204, node="pve2")) == "OK"


def test_without_quorum_nothing_starts_until_it_is_mended():
    lab = a_lab()
    lab.cloned(103)
    played = Breakdowns(lab.twin.cluster)

    assert played.change(Breakable.QUORUM, "", broken=True)
    lab.wait(HOUR_S)
    assert not site(lab).quorum
    assert not lab.ask("POST", "/nodes/pve1/qemu/103/status/start").ok

    assert played.change(Breakable.QUORUM, "", broken=False)
    assert lab.start(103) == "OK"


@pytest.mark.parametrize(
    ("what", "name"),
    [(Breakable.NODE, "pve1"), (Breakable.DESKTOP, "vd-101"), (Breakable.STORAGE, "thin"), (Breakable.QUORUM, "")],
)
def test_what_is_so_already_is_not_changed(what, name):
    lab = a_lab()
    played = Breakdowns(lab.twin.cluster)

    assert not played.change(what, name, broken=False)
    assert played.change(what, name, broken=True)
    assert not played.change(what, name, broken=True)


@pytest.mark.parametrize(
    ("what", "name", "known"),
    [
        (Breakable.NODE, "pve9", ("pve1", "pve2")),
        (Breakable.DESKTOP, "vd-999", ()),
        (Breakable.DESKTOP, "golden", ()),
        (Breakable.STORAGE, "thick", ("thin",)),
        (Breakable.STORAGE, "pve9/thin", ("thin",)),
        (Breakable.QUORUM, "pve1", ()),
    ],
)
def test_a_name_that_nothing_has_is_named_with_those_there_are(what, name, known):
    with pytest.raises(NoSuchPart) as unknown:
        Breakdowns(a_lab().twin.cluster).change(what, name, broken=True)

    assert (str(unknown.value), unknown.value.known) == (name, known)
