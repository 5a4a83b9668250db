"""VMIDs, names and addresses."""

import pytest

from provisioner.model.ids import GuestKey, Vmid
from provisioner.planning.placement.allocation import Numbering, addresses_left, allocated_ids, in_pool, in_range, vmids_left
from tests.builders.cluster import PVE, a_guest, a_profile, a_snapshot, a_view, nothing_observed, some_addresses
from tests.builders.core import a_desktop, a_memory, a_naming


def numbers(*, naming=None, records=None, snapshot=None):
    return Numbering(naming or a_naming(), allocated_ids(records or a_memory(), snapshot or a_snapshot()))


def handed_out(ask):
    return list(iter(ask, None))


@pytest.mark.parametrize(
    ("records", "snapshot", "free"),
    [
        pytest.param(a_memory(), a_snapshot(), [5001, 5002, 5003, 5004], id="nothing taken: the whole range"),
        pytest.param(a_memory([a_desktop(2)]), a_snapshot(), [5001, 5003, 5004], id="reserved for a desktop"),
        pytest.param(
            a_memory(retired=dict.fromkeys((GuestKey(PVE, Vmid(5001)), GuestKey("lyon", Vmid(5002))), "leftover")),
            a_snapshot(),
            [5002, 5003, 5004],
            id="retired on this cluster",
        ),
        pytest.param(a_memory(), a_snapshot(a_view(guests=(a_guest(5003),))), [5001, 5002, 5004], id="somebody's VM has it"),
        pytest.param(a_memory(), nothing_observed(), [5001, 5002, 5003, 5004], id="cluster not observed yet"),
    ],
)
def test_free_vmids(records, snapshot, free):
    naming = a_naming(5001, 5004)

    ask = numbers(naming=naming, records=records, snapshot=snapshot)
    assert handed_out(lambda: ask.vmid(PVE)) == free
    assert vmids_left(PVE, naming, allocated_ids(records, snapshot)) == len(free)


def test_a_cluster_without_a_range_has_no_vmid():
    assert numbers().vmid("lyon") is None


def test_a_name_follows_from_the_vmid_and_the_profile():
    assert numbers().name(Vmid(5001), a_profile()) == "vd-5001"
    assert numbers().name(Vmid(5001), a_profile(name_prefix="cad-")) == "cad-5001"


POOL = some_addresses("10.40.0.1", "10.40.0.4", gateway="10.40.0.1")


def test_addresses_leave_out_the_gateway_and_what_is_taken():
    records = a_memory([a_desktop(1, address="10.40.0.3"), a_desktop(2, address="")])

    ask = numbers(records=records)

    assert handed_out(lambda: ask.address(POOL)) == ["10.40.0.2", "10.40.0.4"]
    assert addresses_left(POOL, allocated_ids(records, a_snapshot())) == 2


def test_an_address_that_rests_is_not_handed_out():
    records = a_memory(resting=frozenset({"10.40.0.2"}))
    ask = numbers(records=records)

    assert handed_out(lambda: ask.address(POOL)) == ["10.40.0.3", "10.40.0.4"]
    assert addresses_left(POOL, allocated_ids(records, a_snapshot())) == 2


def test_two_pools_that_overlap_never_hand_out_one_address_twice():
    other = some_addresses("10.40.0.3", "10.40.0.6", gateway="10.40.0.254")
    ask = numbers()

    turns = [ask.address(pool) for pool in (POOL, other, POOL, other, POOL, other)]

    assert turns == ["10.40.0.2", "10.40.0.3", "10.40.0.4", "10.40.0.5", None, "10.40.0.6"]


def test_addresses_of_ipv6_in_their_shortest_form():
    pool = some_addresses("2001:db8::fffe", "2001:db8::1:1", gateway="fe80::1")
    records = a_memory([a_desktop(1, address="2001:db8::ffff")])

    ask = numbers(records=records)

    assert handed_out(lambda: ask.address(pool)) == ["2001:db8::fffe", "2001:db8::1:0", "2001:db8::1:1"]
    assert addresses_left(pool, allocated_ids(records, a_snapshot())) == 3


@pytest.mark.parametrize(
    ("address", "inside"),
    [("2001:db8::10", True), ("2001:db8::11", False), ("0.0.0.5", False), ("2001:db8::4", False)],
)
def test_a_pool_knows_its_own(address, inside):
    assert in_pool(address, some_addresses("2001:db8::5", "2001:db8::10", gateway="fe80::1")) is inside


def test_dhcp_needs_no_address():
    dhcp = some_addresses("", "")

    assert numbers().address(dhcp) == ""
    assert addresses_left(dhcp, allocated_ids(a_memory(), a_snapshot())) is None


@pytest.mark.parametrize(
    ("cluster", "vmid", "ours"),
    [
        pytest.param(PVE, 5001, True, id="the first of the range"),
        pytest.param(PVE, 7000, True, id="the last of the range"),
        pytest.param(PVE, 7001, False, id="beyond the range"),
        pytest.param("lyon", 5001, False, id="a cluster without a range"),
    ],
)
def test_in_range(cluster, vmid, ours):
    assert in_range(cluster, Vmid(vmid), a_naming().vmids) is ours
