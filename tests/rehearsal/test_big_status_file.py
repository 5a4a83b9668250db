"""A desktop with a large status file, read by the daemon's own probe on a twin."""

import pytest

from provisioner.errors import GuestUnknown
from provisioner.model.ids import ClusterId, NodeKey, NodeName, Vmid
from tests.builders.actions import a_check, a_reservation
from tests.builders.pve import NOTE_KEY
from tests.builders.twin import NODE, Lab
from tests.builders.virtual_hypervisor import VirtualHypervisor

LAB = ClusterId("lab")


def test_a_status_file_of_16_mib_costs_no_more_than_64_kib():
    """A11: root in a desktop can write anything there; sixteen such answers at once take 1.2 GiB of our memory."""
    lab = Lab().cloned(101)
    lab.start(101)
    lab.wait(60).twin.cluster.guests[101].status_file = "x" * 2**24
    probe, before = VirtualHypervisor(lab.twin, key=NOTE_KEY).guest_probe(), lab.truth.bytes_sent
    reservation = a_reservation(cluster=LAB, vmid=Vmid(101), node=NodeName(NODE))

    with pytest.raises(GuestUnknown, match="larger than 65536 bytes"):
        probe.report(a_check(reservation=reservation, node=NodeKey(LAB, NodeName(NODE))))

    assert lab.truth.bytes_sent - before < 66_000
