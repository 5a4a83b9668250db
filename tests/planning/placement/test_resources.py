"""Free resources of every node and storage."""

from dataclasses import replace

import pytest

from provisioner.model.ids import NodeKey, NodeName
from provisioner.model.machines.cluster import Power
from provisioner.model.machines.desktops import Phase
from provisioner.planning.placement.hidden import hidden_mib
from provisioner.planning.survey.survey import free_resources
from provisioner.planning.survey.surveyor import survey
from tests.builders.cluster import PVE, a_guest, a_node, a_profile, a_storage, a_template, a_view
from tests.builders.core import a_config, a_desktop, a_situation
from tests.builders.work import work_of
from tests.planning.plans import room

N1, N2 = NodeKey(PVE, NodeName("n1")), NodeKey(PVE, NodeName("n2"))
ONE = a_profile(nodes=1)


@pytest.mark.parametrize(
    ("guests", "memory_mib", "vcpus"),
    [
        pytest.param((), 0, 0, id="nobody else"),
        pytest.param((a_guest(100, memory_mib=8192, vcpus=4, power=Power.RUNNING),), 8192, 4, id="a foreign VM that runs"),
        pytest.param((a_guest(100, memory_mib=8192, vcpus=4),), 8192, 4, id="a foreign VM that is off may be started"),
        pytest.param((a_guest(100, memory_mib=512, vcpus=1, container=True),), 512, 1, id="a container"),
        pytest.param((a_guest(100, memory_mib=8192, vcpus=4, template=True),), 0, 0, id="a template never runs"),
        pytest.param((a_guest(100),), 0, 0, id="sizes not told yet"),
        pytest.param((a_guest(100, "n9", memory_mib=8192, vcpus=4),), 0, 0, id="on a node that is not listed"),
        pytest.param((a_guest(5999, memory_mib=8192, vcpus=4),), 8192, 4, id="in our range, and not ours"),
    ],
)
def test_what_foreign_guests_have_is_never_given_out(guests, memory_mib, vcpus):
    free = room(view=a_view(guests=guests))

    assert free.memory_left(N1) == 512 * 1024 * 0.8 - memory_mib
    assert free.vcpus_left(N1, a_profile()) == 64 * 6 - vcpus


USED = 100 * 1024
OWN = 20 * 1024


@pytest.mark.parametrize(
    ("used_mib", "guests", "desktops", "booked_mib"),
    [
        pytest.param(OWN, (), (), 0, id="the node's own is within what is left to it"),
        pytest.param(USED, (), (), USED - OWN, id="nobody is listed who uses it"),
        pytest.param(
            USED, (a_guest(100, memory_mib=40_960, power=Power.RUNNING),), (), USED - OWN, id="part of it is a listed VM's"
        ),
        pytest.param(
            USED, (a_guest(100, memory_mib=USED, power=Power.RUNNING),), (), USED, id="all of it is a listed VM's: booked once"
        ),
        pytest.param(USED, (a_guest(100, memory_mib=4096),), (), USED - OWN + 4096, id="a VM that is off uses none of it"),
        pytest.param(USED, (), (a_desktop(1),), USED - OWN, id="a desktop that runs uses its part"),
        pytest.param(
            USED, (), (a_desktop(1, Phase.STOPPED),), USED - OWN + 4096, id="a desktop that is off comes on top of it"
        ),
        pytest.param(USED, (), (a_desktop(1, Phase.RESERVED),), USED - OWN + 4096, id="and so does one that is not there yet"),
    ],
)
def test_memory_that_no_listed_guest_explains_is_not_given_out(used_mib, guests, desktops, booked_mib):
    """A5: a token with rights on a pool does not see other VMs, but their memory still counts."""
    node = a_node(memory_used_mib=used_mib)

    assert room(desktops, view=a_view(nodes=(node,), guests=guests)).memory_left(N1) == 512 * 1024 * 0.8 - booked_mib


def test_an_offline_node_hides_nothing():
    """A5: its last values no longer count."""
    assert hidden_mib([a_node(online=False, memory_used_mib=USED)], {}, memory_share=0.8) == {}


def test_a_node_that_is_given_out_whole_caches_at_the_desktops_cost():
    """A5: with memory_share 1 all use beyond Proxmox VE's own 4 GiB is subtracted."""
    assert hidden_mib([a_node(memory_used_mib=4096)], {}, memory_share=1.0) == {}
    assert hidden_mib([a_node(memory_used_mib=OWN)], {}, memory_share=1.0) == {N1: OWN - 4096}


def test_a_desktop_of_a_profile_no_longer_configured_keeps_what_it_has():
    left = room([a_desktop(1, profile="retired"), a_desktop(3, Phase.RESERVED, profile="retired")])

    assert left.memory_left(N1) == 512 * 1024 * 0.8 - 4096


SMALL = a_profile(memory_mib=1024, vcpus=1)


def sized(phase=Phase.READY, *, power=Power.RUNNING, **size):
    desktop = a_desktop(1, phase)
    return desktop.but(guest=replace(desktop.guest, power=power, **size))


@pytest.mark.parametrize(
    ("desktop", "memory_mib", "vcpus"),
    [
        pytest.param(sized(), 4096, 2, id="as it was made, and its profile is smaller now"),
        pytest.param(sized(Phase.STOPPED, power=Power.STOPPED), 4096, 2, id="off: it will be started as it is"),
        pytest.param(sized(memory_mib=512, vcpus=0.5), 1024, 1, id="made smaller by hand: it may be given its profile's again"),
        pytest.param(sized(memory_mib=None, vcpus=None), 1024, 1, id="not told yet"),
        pytest.param(
            sized(Phase.CLONED, power=Power.STOPPED), 1024, 1, id="not configured yet: its template's size is no claim"
        ),
        pytest.param(sized(Phase.CLONED), 4096, 2, id="without its tags, and it runs"),
        pytest.param(a_desktop(1, Phase.RESERVED), 1024, 1, id="not there yet"),
    ],
)
def test_a_desktop_takes_what_it_has_or_what_its_profile_says_whichever_is_more(desktop, memory_mib, vcpus):
    """A3"""
    free = room([desktop], profile=SMALL)

    assert free.memory_left(N1) == 512 * 1024 * 0.8 - memory_mib
    assert free.vcpus_left(N1, SMALL) == 64 * 6 - vcpus


@pytest.mark.parametrize(
    ("used", "guests", "desktops", "left"),
    [
        pytest.param(0.0, (), (), 900, id="empty: its share of 90 %"),
        pytest.param(300.0, (), (), 600, id="what others use is theirs"),
        pytest.param(0.0, (), [a_desktop(1, Phase.RESERVED)], 884, id="a reservation claims what it will fill"),
        pytest.param(8.0, (), [a_desktop(1)], 884, id="what a desktop fills is within its claim"),
        pytest.param(316.0, (), [a_desktop(1)], 584, id="what exceeds the claims is others'"),
        pytest.param(8.0, (a_guest(100, disk_gib=500.0),), [a_desktop(1)], 876, id="it may be a foreign disk: all is theirs"),
        pytest.param(400.0, (a_guest(100, disk_gib=390.0),), [a_desktop(1)], 494, id="a foreign disk explains most of it"),
        pytest.param(1000.0, (), (), -100, id="full"),
    ],
)
def test_what_others_have_on_a_storage_is_never_given_out(used, guests, desktops, left):
    view = a_view(nodes=1, storages=(a_storage(total_gib=1000.0, used_gib=used),), guests=guests)

    free = room(desktops, profile=ONE, view=view)

    assert free.disk_left(a_storage().lock_domain) == pytest.approx(left)


def test_on_a_shared_storage_all_nodes_take_from_one_share():
    shared = tuple(a_storage(f"n{n}", total_gib=1000.0, shared=True) for n in (1, 2))

    free = room([a_desktop(1), a_desktop(2)], view=a_view(storages=shared))

    assert free.disk_left(shared[0].lock_domain) == 900 - 32


@pytest.mark.parametrize(
    ("templates", "left"),
    [
        pytest.param([a_template("n1", "a"), a_template("n2", "b")], (884, 884), id="both serve every node: as much on each"),
        pytest.param([a_template("n1", "a"), a_template("n1", "b")], (884, 884), id="several on one node: as much on each"),
        pytest.param([a_template("n3", "a"), a_template("n3", "b")], (884, 884), id="moved to a node without any: on any"),
    ],
)
def test_of_several_shared_storages_a_desktop_takes_from_its_own(templates, left):
    shared = [a_storage(f"n{n}", name, total_gib=1000.0, shared=True) for n in (1, 2) for name in ("a", "b")]

    free = room([a_desktop(1), a_desktop(3)], profile=a_profile(templates=tuple(templates)), view=a_view(storages=shared))

    assert tuple(free.disk_left(storage.lock_domain) for storage in shared[:2]) == left


@pytest.mark.parametrize(
    "stale",
    [
        pytest.param({"total_gib": 0.0}, id="forgotten: without a size"),
        pytest.param({"total_gib": 1000.0, "used_gib": 1000.0}, id="full when the node died"),
    ],
)
def test_what_a_dead_nodes_entry_says_of_a_shared_storage_does_not_count(stale):
    alive, dead = a_storage("n1", total_gib=1000.0, shared=True), a_storage("n2", shared=True, available=False, **stale)

    free = room(view=a_view(storages=(alive, dead)))

    assert free.disk_left(alive.lock_domain) == 900


def test_a_desktop_moved_off_its_templates_is_counted_where_it_runs():
    free = room([a_desktop(1).on("n2")], profile=ONE)

    assert (free.memory_left(N2), free.disk_left(a_storage("n2").lock_domain)) == (512 * 1024 * 0.8 - 4096, 4096 * 0.9)


def test_a_desktop_reserved_on_a_node_that_is_not_listed_takes_room_nowhere():
    free = room([a_desktop(1, Phase.RESERVED, node=NodeName("n9"))])

    assert (free.memory_left(N1), free.memory_left(N2)) == (512 * 1024 * 0.8, 512 * 1024 * 0.8)


def test_what_is_not_known_has_nothing_left():
    free = room()

    assert (free.memory_left(NodeKey(PVE, NodeName("n9"))), free.disk_left("pve/n9/local")) == (0, 0)
    assert free.vcpus_left(NodeKey("lyon", NodeName("n1")), a_profile()) == 0
    assert free.vcpus_left(NodeKey(PVE, NodeName("n9")), a_profile()) == 0


def test_l7_the_cost_of_counting_grows_with_the_nodes_and_not_with_their_square():
    """At 100,000 desktops on 800 nodes this was two fifths of a cycle."""

    def of(count):
        nodes = [f"n{number}" for number in range(1, count + 1)]
        view = a_view(nodes=[a_node(node) for node in nodes], storages=[a_storage(node) for node in nodes])
        desktops = [a_desktop(number).on(node) for number, node in enumerate(nodes, 1)]
        situation = a_situation(desktops, config=a_config(a_profile(nodes=count)), view=view)
        surveyed = survey(situation)
        return work_of(lambda: free_resources(situation, surveyed))

    assert of(40) < 5 * of(10)
