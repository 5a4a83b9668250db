"""How soon a cluster is observed again."""

from dataclasses import replace

import pytest

from provisioner.model.budget import Pace
from provisioner.model.ids import ClusterId, GuestKey, LockDomain, Vmid
from provisioner.model.machines.cluster import Snapshot
from provisioner.model.machines.desktops import Phase
from provisioner.reconciler.observation_schedule import period
from tests.builders.actions import a_clone, a_start
from tests.builders.cluster import PVE, a_view
from tests.builders.monitors import a_desktop, a_status
from tests.builders.reconciler import ready

PACE = Pace(observe_busy_s=2.5, observe_cloning_s=1.0, observe_idle_s=10.0)
MANY = [replace(a_clone(number), lock_domain=LockDomain(f"pve/n{number}/local")) for number in range(1, 6)]
"""Clones in five lock domains."""


def desktops(phase: Phase, count: int, *, waiting: int = 0):
    """On two nodes."""
    status = a_status(desktops=[a_desktop(number, phase) for number in range(1, count + 1)])
    return replace(status, queued={"boots": waiting}, snapshot=Snapshot(clusters={PVE: a_view()}))


@pytest.mark.parametrize(
    ("in_flight", "status", "seconds"),
    [
        pytest.param([], None, 10.0, id="nothing is to be done"),
        pytest.param([], desktops(Phase.READY, 3), 10.0, id="everybody is ready"),
        pytest.param([], desktops(Phase.STARTING, 3), 2.5, id="somebody is on the way"),
        pytest.param([a_start(1)], desktops(Phase.STARTING, 30, waiting=29), 2.5, id="the last ones wait for their start"),
        pytest.param([a_start(1)], desktops(Phase.STARTING, 30, waiting=30), 2.5, id="many wait where many boot"),
        pytest.param([a_clone(1)], desktops(Phase.STARTING, 30, waiting=30), 1.0, id="many wait, and clones are made"),
        pytest.param([a_start(1)], desktops(Phase.STARTING, 23, waiting=30), 2.5, id="many wait where few boot at once"),
        pytest.param([a_start(1)], desktops(Phase.STARTING, 0, waiting=30), 2.5, id="many wait, and nobody boots"),
        pytest.param([a_start(1)], None, 2.5, id="an order is under way"),
        pytest.param([a_clone(1)], desktops(Phase.STARTING, 30), 1.0, id="few lock domains: each end seen late is lost"),
        pytest.param(MANY, desktops(Phase.STARTING, 49), 1.0, id="many, and their nodes wait for desktops to boot"),
        pytest.param(MANY, desktops(Phase.STARTING, 50), 2.5, id="many, and their nodes are busy"),
    ],
)
def test_a_cluster_is_looked_at_again_after(in_flight, status, seconds):
    assert period(in_flight, status, PACE) == seconds


def test_a_pace_that_is_slow_anyway_stays_as_it_is():
    assert period([], desktops(Phase.STARTING, 30, waiting=30), replace(PACE, observe_busy_s=8.0)) == 8.0


def test_k1_a_cluster_that_does_not_answer_hastens_no_other():
    """A number of a cluster that is away was asked about for as long, and all the others were looked at every 2.5 s."""
    site = ready(2)
    flight = site.reconciler.parts.flight
    flight.absent = frozenset({GuestKey(ClusterId("away"), Vmid(5001))})
    elsewhere = flight.asks
    flight.absent = frozenset({GuestKey(site.cluster.name, Vmid(5999))})
    here = flight.asks
    flight.observation_failed(site.cluster.name)

    assert (elsewhere, here, flight.asks) == (False, True, False)
