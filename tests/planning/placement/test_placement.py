"""Where a new desktop is placed, and why not elsewhere."""

from dataclasses import replace

import pytest

from provisioner.model.ids import NodeKey, NodeName
from provisioner.model.intents import IntentKind
from provisioner.model.machines.desktops import Phase
from provisioner.model.words import WaitsFor
from provisioner.planning.placement.balance import Balance, BootQueues
from provisioner.planning.placement.placement import Placement, PlacementSearch
from provisioner.planning.placement.refusal import Refusal
from provisioner.planning.survey.survey import free_resources
from provisioner.planning.survey.surveyor import survey
from provisioner.reasons.placement import LOCK_BUSY, MEMORY, NODE_AWAY
from tests.builders.actions import a_clone, a_key
from tests.builders.cluster import PVE, a_guest, a_node, a_profile, a_storage, a_template, a_template_guest, a_view
from tests.builders.core import a_budget, a_config, a_desktop, a_situation, an_order
from tests.planning.plans import places, room

N1, N2 = NodeKey(PVE, NodeName("n1")), NodeKey(PVE, NodeName("n2"))


def node_of(placement):
    return placement.candidate.node.node if placement.candidate else None


def one_node(**changed):
    return a_view(nodes=(a_node("n1", **changed),))


def one_storage(**changed):
    return a_view(nodes=1, storages=(a_storage("n1", **changed),))


def far_from_home(template):
    return replace(a_template_guest(template), node=NodeName("n2"))


ONE = a_profile(nodes=1)
GOLDEN = a_template("n1")


@pytest.mark.parametrize(
    ("view", "why"),
    [
        pytest.param(a_view(nodes=()), "node n1 is offline or not seen", id="no node at all"),
        pytest.param(one_node(online=False), "node n1 is offline or not seen", id="the node is offline"),
        pytest.param(a_view(cluster="lyon"), "node n1 is offline or not seen", id="the cluster is not observed yet"),
        pytest.param(a_view(nodes=1, templates=False), "template 9001 is not on node n1", id="the template is gone"),
        pytest.param(
            a_view(templates=False, guests=(far_from_home(GOLDEN),)),
            "template 9001 is not on node n1",
            id="the template has moved to another node",
        ),
        pytest.param(
            a_view(nodes=1, templates=False, guests=(a_guest(9001),)),
            "template 9001 is not on node n1",
            id="what has the template's number is no template",
        ),
        pytest.param(a_view(nodes=1, storages=()), "storage local is not available on node n1", id="no such storage there"),
        pytest.param(one_storage(available=False), "storage local is not available on node n1", id="the storage is disabled"),
        pytest.param(
            one_node(memory_gib=4.9), "memory: a node has less than 4096 MiB left of its share", id="80 % of 4.9 GiB is short"
        ),
        pytest.param(one_node(cores=0), "cores: 6 vCPUs per core are already allocated", id="no core"),
        pytest.param(
            one_node(cores=1), "cores: no VM of 2 vCPUs starts on a node of 1 cores", id="E8: a VM wider than its node"
        ),
        pytest.param(
            one_storage(total_gib=17.0), "storage local has less than 16 GiB left of its share", id="90 % of 17 GiB is short"
        ),
    ],
)
def test_a_template_is_refused_with_its_reason(view, why):
    placement = places(profile=ONE, view=view).place(ONE)

    assert (placement.candidate, placement.why_not.text) == (None, why)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        pytest.param(
            {"intents": (an_order(IntentKind.CORDON, "n1", reason="new memory"),)},
            "node n1 is cordoned by zoe (new memory): `bascule node uncordon pve/n1` ends it",
            id="an operator cordons it",
        ),
        pytest.param(
            {"intents": (an_order(IntentKind.DRAIN, "n1"), an_order(IntentKind.CORDON, "n1"))},
            "node n1 is being drained by zoe: `bascule node uncordon pve/n1` ends it",
            id="a drain goes before a cordon",
        ),
        pytest.param(
            {"view": a_view(nodes=(a_node("n1", maintenance=True), a_node("n2")))},
            "node n1 is in Proxmox VE's maintenance mode: `ha-manager crm-command node-maintenance disable n1` ends it",
            id="Proxmox VE's own maintenance mode",
        ),
    ],
)
def test_nothing_new_is_placed_on_a_closed_node(changed, why):
    free = room(**changed)

    assert free.lacking(a_profile(), free.candidates.of(a_profile())[0])[:2] == ("nodes", why)
    assert node_of(places(**changed).place(a_profile())) == "n2"
    assert node_of(places(intents=(an_order(IntentKind.CORDON, "n3"),)).place(a_profile())) == "n1"


def test_a_profile_without_templates_says_so():
    bare = a_profile(templates=())

    assert places(profile=bare).place(bare).why_not.text == "the profile names no template"


@pytest.mark.parametrize(
    ("view", "desktops", "chosen"),
    [
        pytest.param(a_view(), (), "n1", id="ties break by name"),
        pytest.param(a_view(guests=(a_guest(100, "n1", memory_mib=8192),)), (), "n2", id="the node with more memory left"),
        pytest.param(a_view(), [a_desktop(1, Phase.STOPPED)], "n2", id="a desktop that is off keeps its share"),
        pytest.param(a_view(), [a_desktop(1, Phase.RESERVED)], "n2", id="a reserved desktop has its share already"),
        pytest.param(a_view(), [a_desktop(1, Phase.READY).on("n2")], "n1", id="a moved desktop takes room where it is now"),
        pytest.param(a_view(nodes=(a_node("n1", online=False), a_node("n2"))), (), "n2", id="the node that is online"),
        pytest.param(
            a_view(),
            [a_desktop(2, Phase.RESERVED).but(in_flight=a_clone(2)), a_desktop(4, Phase.RESERVED)],
            "n1",
            id="the storage with fewer clones in flight",
        ),
    ],
)
def test_the_best_node_that_fits(view, desktops, chosen):
    assert node_of(places(desktops, view=view).place(a_profile())) == chosen


@pytest.mark.parametrize(
    ("shared", "ceiling"),
    [
        pytest.param(False, 3, id="a node-local storage has its own ceiling"),
        pytest.param(True, 1, id="a shared storage has another"),
    ],
)
def test_clones_at_once_are_bounded_per_lock_domain(shared, ceiling):
    free = places(
        profile=ONE,
        view=one_storage(shared=shared),
        budget=a_budget(clones_per_local_domain=3, clones_per_shared_domain=1),
    )

    for _ in range(ceiling):
        free.take(ONE, free.place(ONE).candidate)

    assert free.place(ONE).why_not.text == (
        f"waiting for the storage lock: it lets {ceiling} clone(s) run at once, and as many are running"
    )
    assert free.place(ONE).why_not.binds == "lock"


def test_a_clone_of_an_earlier_life_holds_its_storages_lock():
    desktops = [a_desktop(1, Phase.CLONING, nodes=1), a_desktop(2, Phase.STOPPED, nodes=1)]

    free = places(desktops, profile=ONE, view=one_storage(shared=False), budget=a_budget(clones_per_local_domain=2))
    free.take(ONE, free.place(ONE).candidate)

    assert free.place(ONE).why_not.binds == "lock"


@pytest.mark.parametrize(
    "in_flight",
    [
        pytest.param({}, id="seen with its lock only"),
        pytest.param({a_key(2): a_clone(2, lock_domain=a_storage(shared=True).lock_domain)}, id="ordered in this life"),
    ],
)
def test_a_clone_on_a_dead_node_holds_no_lock_of_a_shared_storage(in_flight):
    view = a_view(
        nodes=(a_node("n1"), a_node("n2", online=False)), storages=(a_storage("n1", shared=True), a_storage("n2", shared=True))
    )

    free = places([a_desktop(2, Phase.CLONING)], view=view, in_flight=in_flight, budget=a_budget(clones_per_shared_domain=1))

    assert node_of(free.place(a_profile())) == "n1"


def test_the_commonest_refusals_come_first_three_at_most():
    profile = a_profile(nodes=6)
    view = a_view(
        nodes=(
            a_node("n1", online=False),
            a_node("n2", online=False),
            a_node("n3", memory_gib=1),
            a_node("n4", cores=0),
            a_node("n5", cores=0),
            a_node("n6", cores=0),
        )
    )

    why = places(profile=profile, view=view).place(profile).why_not

    assert why.text == (
        "cores: 6 vCPUs per core are already allocated (3 of 6 places); "
        "memory: a node has less than 4096 MiB left of its share (1 of 6 places); "
        "node n1 is offline or not seen (1 of 6 places)"
    )
    assert why.binds == "cores"


def test_where_its_turn_comes_somewhere_it_waits_for_that_however_many_places_have_no_room():
    """F10: a desktop that had to wait for a clone's end was counted among those whose time nobody knows."""
    full = Refusal(WaitsFor.MEMORY, MEMORY(memory_mib=4096))
    turn = Refusal(WaitsFor.LOCK, LOCK_BUSY(limit=1))

    why = Placement(candidate=None, refusals=(full, full, turn)).why_not

    assert (why.binds, why.short) == ("lock", False)


def queues(**changed):
    """Two nodes on which a boot takes 40 s alone and 5 s of the node."""
    return BootQueues(share_s={N1: 5.0, N2: 5.0}, boot_s={N1: 40.0, N2: 40.0}, **changed)


@pytest.mark.parametrize(
    ("waiting", "node"),
    [
        pytest.param(queues(), "n1", id="nothing to boot anywhere: by name"),
        pytest.param(queues(waiting={N1: 1}), "n2", id="the node that has fewer to boot"),
        pytest.param(
            queues(waiting={N2: 3}, remaining_s={N1: 16.0}),
            "n2",
            id="the node that is done first",
        ),
    ],
)
def test_a_desktop_goes_where_it_boots_first(waiting, node):
    place = places(balance=Balance(waiting, unplaced=100))

    assert node_of(place.place(a_profile())) == node


def test_what_is_placed_waits_for_its_boot_too():
    place, profile = places(balance=Balance(queues(), unplaced=4)), a_profile()
    found = []
    for _ in range(4):
        found.append(place.place(profile))
        place.take(profile, found[-1].candidate)

    assert [node_of(placement) for placement in found] == ["n1", "n2", "n1", "n2"]


def test_a_node_with_more_than_its_share_gets_no_more():
    place = places(balance=Balance(queues(waiting={N1: 40}), unplaced=30))

    placement = place.place(a_profile())

    assert node_of(placement) == "n2"
    assert "would be ready later" in placement.why_not.text


def test_where_it_was_tried_before_does_not_count_for_who_is_placed_elsewhere():
    place = places(balance=Balance(queues(waiting={N1: 5}), unplaced=0))

    assert node_of(place.place(a_profile())) == "n2"
    assert node_of(place.place(a_profile(), avoid={N2: Refusal("nodes", "tried before")})) == "n1"


def test_l3_a_slow_node_is_used_where_the_quick_ones_may_not_be():
    """A trial of one storage, or room that is kept: otherwise it would wait for ever."""
    slow = BootQueues(share_s={N1: 5.0, N2: 30.0}, boot_s={N1: 40.0, N2: 240.0})

    def leaves(candidate):
        return Refusal("storage", "not there") if candidate.node == N1 else None

    assert node_of(places(balance=Balance(slow, unplaced=1)).place(a_profile(), leaves=leaves)) == "n2"
    assert node_of(places(balance=Balance(slow, unplaced=1)).place(a_profile())) == "n1"


def test_l3_a_cluster_that_takes_nothing_now_keeps_nobody_from_a_slow_one():
    quick, other = a_template("n1"), a_template("n2", cluster="other")
    profile = a_profile(templates=(quick, other))
    situation = a_situation(
        config=a_config(profile),
        view=a_view(nodes=1, storages=(a_storage("n1"),)),
        others=(a_view(nodes=(a_node("n2", cluster="other"),), storages=(a_storage("n2", cluster="other"),), cluster="other"),),
    )
    slow = NodeKey(other.cluster, other.node)
    queues = BootQueues(share_s={N1: 5.0, slow: 30.0}, boot_s={N1: 40.0, slow: 240.0})
    resources = free_resources(situation, survey(situation), {(PVE, profile.name): "many VMs are missing"})

    assert node_of(PlacementSearch(resources, Balance(queues, unplaced=1)).place(profile)) == "n2"


def test_f23_what_is_so_everywhere_is_said_once_and_with_its_own_figure():
    """F23: "it lets 5 clone(s) run at once, … (4 of 4 places)"; elsewhere how many of how many."""
    busy, away = LOCK_BUSY(limit=5), NODE_AWAY(node="n1")
    locked, gone = Refusal(WaitsFor.LOCK, busy), Refusal(WaitsFor.NODES, away)

    assert Placement(candidate=None, refusals=(locked,) * 4).why_not.text == busy
    assert Placement(candidate=None, refusals=(locked, locked, gone)).why_not.text == (
        f"{busy} (2 of 3 places); node n1 is offline or not seen (1 of 3 places)"
    )
