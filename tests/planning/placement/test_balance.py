"""How soon the remaining desktops can be done, and on which node more of them would only wait."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.model.ids import LockDomain, NodeKey, NodeName
from provisioner.planning.placement.balance import Balance, BootQueues, DomainLoad, cloned_after_s
from tests.builders.cluster import PVE

N1, N2 = NodeKey(PVE, NodeName("n1")), NodeKey(PVE, NodeName("n2"))
FAST, SLOW = LockDomain("pve/n1/local"), LockDomain("pve/n2/local")
PLACES = ((N1, FAST), (N2, SLOW))


@pytest.mark.parametrize(
    ("rest", "lines", "seconds"),
    [
        pytest.param(
            4, [DomainLoad(busy_s=[0.0])], 5.0, id="a few boot side by side: one share of the node is the least there is"
        ),
        pytest.param(20, [DomainLoad(busy_s=[0.0])], 60.0, id="one node boots many one after another"),
        pytest.param(20, [DomainLoad(busy_s=[0.0]), DomainLoad(busy_s=[0.0])], 10.0, id="two nodes share them"),
        pytest.param(20, [DomainLoad(busy_s=[0.0]), DomainLoad(busy_s=[50.0])], 35.0, id="the busy one takes fewer"),
        pytest.param(20, [DomainLoad(busy_s=[0.0]), DomainLoad(busy_s=[300.0])], 60.0, id="the very busy one takes none"),
        pytest.param(1, [DomainLoad(busy_s=[300.0])], 265.0, id="its node is busy: so long it need not be cloned"),
        pytest.param(4, [DomainLoad(busy_s=[0.0], clone_s=8.0)], 32.0, id="clones are what takes long"),
        pytest.param(4, [DomainLoad(busy_s=[0.0], clone_s=8.0, cloning=2)], 48.0, id="behind those in flight"),
        pytest.param(4, [DomainLoad(busy_s=[0.0] * 9, clone_s=3.0)], 12.0, id="nodes of one storage share its lock"),
        pytest.param(
            20, [DomainLoad(busy_s=[0.0]), DomainLoad(busy_s=[0.0], clone_s=90.0)], 56.8, id="a slow storage hardly helps"
        ),
        pytest.param(1, [], inf, id="nowhere"),
    ],
)
def test_the_last_is_cloned_after(rest, lines, seconds):
    assert cloned_after_s(rest, lines, BootQueues(share_s=5.0, boot_s=40.0)) == pytest.approx(seconds, rel=0.015)


def test_before_a_boot_is_measured_nothing_is_held_back():
    balance = Balance(BootQueues(waiting={N1: 5}), unplaced=1)

    cloned = balance.cloned_after_s(PLACES, {})

    assert (cloned, balance.refusal(N1, cloned_after_s=cloned)) == (inf, None)


@pytest.mark.long
@given(
    busy_s=st.lists(st.floats(0.0, 600.0), min_size=1, max_size=8),
    clone_s=st.lists(st.sampled_from([0.0, 0.5, 4.0, 30.0]), min_size=8, max_size=8),
    rest=st.integers(1, 400),
)
def test_whatever_there_is_somebody_takes_it(busy_s, clone_s, rest):
    nodes = [NodeKey(PVE, NodeName(f"n{number}")) for number in range(len(busy_s))]
    domains = [LockDomain(f"pve/{node.node}/local") for node in nodes]
    queues = BootQueues(share_s=5.0, boot_s=40.0, remaining_s=dict(zip(nodes, busy_s, strict=True)))
    balance = Balance(queues, unplaced=rest, clone_s=dict(zip(domains, clone_s, strict=False)))

    cloned = balance.cloned_after_s(zip(nodes, domains, strict=True), {})

    assert None in [balance.refusal(node, cloned_after_s=cloned) for node in nodes]
