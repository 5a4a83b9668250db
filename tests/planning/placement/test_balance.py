"""How soon the remaining desktops can be ready, and on which node one more would be later."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.model.ids import LockDomain, NodeKey, NodeName
from provisioner.planning.placement.balance import UNKNOWN, Balance, BootQueues, DomainLoad, NodeLoad, done_after_s
from tests.builders.cluster import OFFICE, PVE

N1, N2 = NodeKey(PVE, NodeName("n1")), NodeKey(PVE, NodeName("n2"))
FAST, SLOW = LockDomain("pve/n1/local"), LockDomain("pve/n2/local")
PLACES = ((N1, FAST, 100), (N2, SLOW, 100))


def domain(*busy_s, clone_s=0.0, cloning=0):
    """Nodes on which a boot takes 40 s alone and 5 s of the node."""
    nodes = [NodeLoad(busy_s=busy, share_s=5.0, boot_s=40.0) for busy in busy_s]
    return DomainLoad(nodes=nodes, clone_s=clone_s, cloning=cloning)


def slow(*, room=inf, busy_s=0.0):
    """A node four times as slow."""
    return DomainLoad(nodes=[NodeLoad(busy_s=busy_s, share_s=20.0, boot_s=160.0, room=room)])


def queues(*nodes, **changed):
    """Such nodes, not slow."""
    return BootQueues(share_s=dict.fromkeys(nodes, 5.0), boot_s=dict.fromkeys(nodes, 40.0), **changed)


@pytest.mark.parametrize(
    ("rest", "loads", "seconds"),
    [
        pytest.param(4, [domain(0.0)], 45.0, id="a few boot side by side: one share of the node is the least there is"),
        pytest.param(20, [domain(0.0)], 100.0, id="one node boots many one after another"),
        pytest.param(20, [domain(0.0), domain(0.0)], 50.0, id="two nodes share them"),
        pytest.param(20, [domain(0.0), domain(50.0)], 75.0, id="the busy one takes fewer"),
        pytest.param(20, [domain(0.0), domain(300.0)], 100.0, id="the very busy one takes none"),
        pytest.param(1, [domain(300.0)], 305.0, id="its node is busy"),
        pytest.param(4, [domain(0.0, clone_s=8.0)], 72.0, id="clones are what takes long"),
        pytest.param(4, [domain(0.0, clone_s=8.0, cloning=2)], 88.0, id="behind those in flight"),
        pytest.param(4, [domain(*[0.0] * 9, clone_s=3.0)], 52.0, id="nodes of one storage share its lock"),
        pytest.param(20, [domain(0.0), domain(0.0, clone_s=90.0)], 96.8, id="a slow storage hardly helps"),
        pytest.param(20, [domain(0.0), slow()], 100.0, id="L3: a slow node would have booted none by then"),
        pytest.param(60, [domain(0.0), slow()], 240.0, id="L3: each node as many as it boots in the same time"),
        pytest.param(14, [domain(0.0), slow(busy_s=200.0)], 70.0, id="L3: a slow node with a queue"),
        pytest.param(30, [DomainLoad(nodes=[NodeLoad(busy_s=0, share_s=5.0, boot_s=40.0, room=10)]), slow()], 400.0, id="full"),
        pytest.param(1, [], inf, id="nowhere"),
        pytest.param(9, [slow(room=8)], inf, id="no room for all of them"),
    ],
)
def test_the_last_is_ready_after(rest, loads, seconds):
    assert done_after_s(rest, loads) == pytest.approx(seconds, rel=0.015)


def test_before_a_boot_is_measured_nothing_is_held_back():
    balance = Balance(BootQueues(waiting={N1: 5}), unplaced=1)

    done = balance.done_after_s(PLACES, {})

    assert (done, balance.refusal(N1, OFFICE, done_after_s=done)) == (inf, None)


def test_l3_a_node_with_two_storages_boots_no_more_than_with_one():
    balance = Balance(queues(N1), unplaced=20)

    done_s = [balance.done_after_s([(N1, domain, 100) for domain in domains], {}) for domains in ([FAST], [FAST, SLOW])]

    assert done_s == [pytest.approx(100.0, rel=0.015)] * 2
    assert balance.done_after_s([(N1, FAST, 10), (N1, SLOW, 10)], {}) == inf, "its room counts once, too"


def test_l3_a_node_whose_pace_nobody_knows_gets_only_a_few_ahead():
    balance = Balance(queues(N1, N2, unknown={N1: 5}, unstarted={(N1, OFFICE): 4, (N2, OFFICE): 9}), unplaced=90)

    assert balance.refusal(N1, OFFICE, done_after_s=900.0) is None
    balance.take(N1, OFFICE)
    assert balance.refusal(N1, OFFICE, done_after_s=900.0) is UNKNOWN
    assert balance.refusal(N2, OFFICE, done_after_s=900.0) is None


@pytest.mark.long
@given(
    nodes=st.lists(st.tuples(st.floats(0.0, 600.0), st.sampled_from([0.5, 1.0, 4.0])), min_size=1, max_size=8),
    clone_s=st.lists(st.sampled_from([0.0, 0.5, 4.0, 30.0]), min_size=8, max_size=8),
    rest=st.integers(1, 400),
)
def test_whatever_there_is_somebody_takes_it(nodes, clone_s, rest):
    keys = [NodeKey(PVE, NodeName(f"n{number}")) for number in range(len(nodes))]
    domains = [LockDomain(f"pve/{node.node}/local") for node in keys]
    known = BootQueues(
        share_s={key: 5.0 * slower for key, (_, slower) in zip(keys, nodes, strict=True)},
        boot_s={key: 40.0 * slower for key, (_, slower) in zip(keys, nodes, strict=True)},
        remaining_s={key: busy_s for key, (busy_s, _) in zip(keys, nodes, strict=True)},
    )
    balance = Balance(known, unplaced=rest, clone_s=dict(zip(domains, clone_s, strict=False)))

    done = balance.done_after_s(zip(keys, domains, [500] * len(keys), strict=True), {})

    assert None in [balance.refusal(key, OFFICE, done_after_s=done) for key in keys]
