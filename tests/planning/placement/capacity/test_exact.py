"""One profile's capacity equals the best of all ways to place desktops; that of several lies between the bounds."""

from dataclasses import replace

import pytest

from provisioner.model.words import WaitsFor
from provisioner.planning.placement.capacity.ground import CEILING, Quota, without_node
from provisioner.planning.placement.capacity.mixed import Between, MixedCapacity
from provisioner.planning.placement.capacity.packing import packed
from provisioner.planning.placement.capacity.single import Gain, SingleCapacity
from provisioner.planning.placement.capacity.ways import Ways
from tests.builders.ground import (
    POOL,
    PVE,
    Luck,
    a_ground,
    a_need,
    local,
    most,
    most_more,
    node_named,
    nodes_of,
    shared,
    ways_on,
)

MANY = 30
"""More than fits on any of the random clusters."""
N1, N2 = node_named("n1"), node_named("n2")
LOCAL = a_need(routes=ways_on("n1", "n2"))
ON_CEPH = a_need(routes=(*ways_on("n1", "n2", storage="ceph"), *ways_on("n2", storage="ceph", made_at="n1")))
"""Two copies of the template: one on n1, with ways to both nodes, and one on n2 for n2 itself."""
VPN = Quota(CEILING, "vpn")


@pytest.mark.parametrize("seed", range(80))
def test_one_profile_is_exact_with_all_nodes_and_without_each(seed):
    luck = Luck(seed)
    ground = luck.ground()
    need = luck.need(ground)
    single = SingleCapacity(ground, need)

    assert single.free == most(ground, [(need, MANY)])
    for node in nodes_of(ground):
        left = without_node(ground, node)
        assert single.free_on(left) == most(left, [(need, MANY)]), node


@pytest.mark.long
@pytest.mark.parametrize("seed", range(80))
def test_several_profiles_lie_between_the_bounds(seed):
    luck = Luck(seed)
    ground = luck.ground(nodes=2)
    needs = [luck.need(ground, name) for name in ("a", "b")]
    wanted = [(need, luck.random.randint(0, 4)) for need in needs]
    mixed, counts = MixedCapacity(ground, {need.profile: need for need in needs}), {need.profile: n for need, n in wanted}

    least, greatest = mixed.placed(counts)
    assert least <= most(ground, wanted) <= greatest
    for node in nodes_of(ground):
        for need in needs:
            least, greatest = mixed.without((node,), counts)[need.profile]
            assert least <= most_more(without_node(ground, node), need, wanted) <= greatest, (node, need.profile)


@pytest.mark.parametrize("seed", range(50))
def test_more_of_a_resource_never_means_less_capacity(seed):
    luck = Luck(seed)
    ground = luck.ground()
    need = luck.need(ground)
    free = SingleCapacity(ground, need).free

    for richer in luck.richer(ground):
        assert SingleCapacity(richer, need).free >= free


@pytest.mark.parametrize("seed", range(50))
def test_each_gain_comes_true_when_the_resource_is_added(seed):
    luck = Luck(seed)
    ground = luck.ground()
    need = luck.need(ground)
    single = SingleCapacity(ground, need)
    gains = {gain.kind: gain for gain in single.gains() if gain.kind != CEILING and gain.kind != WaitsFor.ADDRESSES}

    for kind in (WaitsFor.MEMORY, WaitsFor.STORAGE, WaitsFor.VMIDS):
        plenty = luck.with_plenty(ground, kind)
        assert SingleCapacity(plenty, need).free - single.free == (gains[kind].more if kind in gains else 0)
    assert list(single.gains()) == sorted(single.gains(), key=lambda gain: -gain.more)


@pytest.mark.parametrize(
    ("ground", "need", "gains"),
    [
        pytest.param(
            a_ground("n1", "n2", memory_mib={N1: 8, N2: 20}),
            LOCAL,
            [Gain("memory", 13, "pve/n1", 8)],
            id="memory: ten desktops fit on each storage, and seven have memory",
        ),
        pytest.param(
            a_ground("n1", "n2", gib={shared("ceph"): 120.0}),
            ON_CEPH,
            [Gain("storage", 8, "pve/ceph", 8)],
            id="one shared storage is there once for both nodes",
        ),
        pytest.param(a_ground("n1", vmids=3), LOCAL, [Gain("vmids", 7, "pve", 7)], id="VMIDs"),
        pytest.param(
            a_ground("n1", quotas={POOL: 2, VPN: 6}),
            a_need(routes=ways_on("n1"), quotas=(POOL, VPN)),
            [Gain("addresses", 4, POOL.name, 4)],
            id="addresses, up to the next ceiling",
        ),
        pytest.param(
            a_ground("n1", memory_mib={N1: 12}, cores={N1: 3}),
            a_need(routes=ways_on("n1")),
            [],
            id="two limits at the same time: none alone adds anything",
        ),
    ],
)
def test_what_would_add_most(ground, need, gains):
    assert list(SingleCapacity(ground, need).gains()) == gains


@pytest.mark.parametrize(
    ("ground", "need", "binds"),
    [
        pytest.param(a_ground("n1", "n2", gib={shared("ceph"): 120.0}), ON_CEPH, "storage", id="the shared storage"),
        pytest.param(a_ground("n1", quotas={VPN: 6}), a_need(routes=ways_on("n1"), quotas=(VPN,)), CEILING, id="a ceiling"),
        pytest.param(a_ground("n1"), a_need(), "templates", id="no way to make any"),
    ],
)
def test_what_binds(ground, need, binds):
    assert SingleCapacity(ground, need).binds == binds


def test_the_desktops_of_a_lost_node_are_made_again_first():
    mixed = MixedCapacity(a_ground("n1", "n2"), {LOCAL.profile: LOCAL})

    assert mixed.without((N1,), {LOCAL.profile: 4}) == {LOCAL.profile: Between(6, 6)}
    assert mixed.without((N1,), {LOCAL.profile: 13}) == {LOCAL.profile: Between(-3, -3)}


def test_a_template_on_a_lost_node_cannot_be_cloned_for_others():
    only_on_n1 = a_need(routes=ways_on("n1", "n2", storage="ceph", made_at="n1"))
    ground = a_ground("n1", "n2", gib={shared("ceph"): 200.0})

    assert SingleCapacity(ground, only_on_n1).free_on(without_node(ground, N1)) == 0
    assert SingleCapacity(ground, ON_CEPH).free_on(without_node(ground, N1)) == 10


def test_the_bounds_are_equal_where_the_order_does_not_matter():
    small, large = LOCAL, a_need("large", ways_on("n2"), memory_mib=8)
    mixed = MixedCapacity(a_ground("n1", "n2"), {need.profile: need for need in (small, large)})

    assert mixed.placed({small.profile: 10, large.profile: 5}) == Between(15, 15)
    assert mixed.placed({small.profile: 12, large.profile: 5}) == Between(16, 16)


def test_a_packing_takes_from_pools_that_overlap():
    other = Quota("addresses", "10.40.0.12–10.40.0.20")
    need = a_need(routes=ways_on("n1"), quotas=(POOL,), overlapping=(other,))

    placed, left = packed(a_ground("n1", quotas={POOL: 5, other: 9}), need, {PVE: Ways(need.routes[PVE])}, 7)

    assert (placed, left.quotas) == (5, {POOL: 0, other: 4})
    assert left.clusters[PVE] == replace(
        a_ground("n1").clusters[PVE], memory_mib={N1: 20.0}, vcpus={N1: 10}, gib={local(N1): 50.0}, vmids=95
    )
