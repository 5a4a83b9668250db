"""Successive listings: repeated entries are not parsed again. Only the time taken differs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.errors import HypervisorError
from provisioner.model.ids import Vmid
from provisioner.model.machines.cluster import Power
from provisioner.pve.parsing import Listings
from tests.builders.pve import CLUSTER

GUESTS = st.fixed_dictionaries(
    {"type": st.sampled_from(["qemu", "lxc"]), "vmid": st.sampled_from([101, 102]), "node": st.sampled_from(["pve1", "pve2"])},
    optional={
        "status": st.sampled_from(["running", "stopped", "prelaunch"]),
        "name": st.sampled_from(["vd-101", "VM 101"]),
        "lock": st.sampled_from(["clone", "backup"]),
        "tags": st.sampled_from(["", "a;b", "a b"]),
        "pool": st.sampled_from(["desktops", "others"]),
        "hastate": st.sampled_from(["started", "error"]),
        "template": st.sampled_from([0, 1, "1"]),
        "maxcpu": st.sampled_from([1, 2, 2.0]),
        "maxmem": st.sampled_from([2**30, 2**31, str(2**31)]),
        "maxdisk": st.sampled_from([0, 2**35]),
        "uptime": st.sampled_from([0, 1, 5000]),
        "cpu": st.floats(0, 1),
    },
)


@pytest.mark.long
@given(answers=st.lists(st.lists(GUESTS, max_size=4), max_size=4))
def test_each_listing_is_read_as_if_it_were_the_first(answers):
    listings = Listings(CLUSTER, repeats=True)

    for answer in answers:
        assert listings.resources(answer) == Listings(CLUSTER).resources(answer)


def test_a_guest_of_which_the_same_is_said_is_the_same_value():
    listings = Listings(CLUSTER)
    still = {"type": "qemu", "vmid": 101, "node": "pve1", "status": "running", "uptime": 60, "cpu": 0.1}
    moved = {"type": "qemu", "vmid": 102, "node": "pve1", "status": "running", "uptime": 60}
    off = {"type": "qemu", "vmid": 103, "node": "pve1", "status": "stopped", "uptime": 0}
    first = listings.resources([still, moved, off])

    second = listings.resources([{**still, "cpu": 0.9, "uptime": 70}, {**moved, "node": "pve2"}, off])

    assert second.guests[Vmid(101)] is first.guests[Vmid(101)]
    assert (first.guests[Vmid(102)].node, second.guests[Vmid(102)].node) == ("pve1", "pve2")
    assert (first.uptimes_s, second.uptimes_s) == ({101: 60, 102: 60}, {101: 70, 102: 60})


def test_a_guest_that_comes_back_is_read_again():
    listings = Listings(CLUSTER)
    entry = {"type": "qemu", "vmid": 101, "node": "pve1"}
    first = listings.resources([entry])

    assert listings.resources([]).guests == {}
    assert listings.resources([entry]) == first


def test_an_unchanged_entry_gives_the_identical_guest():
    listings = Listings(CLUSTER)
    still = {"type": "qemu", "vmid": 101, "node": "pve1", "status": "running", "uptime": 60, "cpu": 0.1}
    moved = {**still, "vmid": 102}
    off, gone, fresh = {**still, "vmid": 103}, {**still, "vmid": 104}, {**still, "vmid": 105}
    first = listings.resources([still, moved, off, gone]).guests

    second = listings.resources(
        [
            {**still, "cpu": 0.9, "uptime": 70},
            {**moved, "node": "pve2", "uptime": 70},
            {**off, "status": "stopped", "uptime": 0},
            fresh,
        ]
    ).guests

    assert first.keys() == {101, 102, 103, 104}
    assert second.keys() == {101, 102, 103, 105}
    assert {vmid for vmid, guest in second.items() if first.get(vmid) is guest} == {101}


def test_where_nothing_but_uptimes_has_changed_the_guests_are_the_same_mapping():
    listings = Listings(CLUSTER)
    running = {"type": "qemu", "vmid": 101, "node": "pve1", "status": "running", "uptime": 60}
    off = {"type": "qemu", "vmid": 102, "node": "pve1", "status": "stopped", "uptime": 0}
    first = listings.resources([running, off])

    second = listings.resources([{**running, "uptime": 70}, off])

    assert second.guests is first.guests


def test_a_listing_that_cannot_be_read_leaves_no_trace():
    listings = Listings(CLUSTER)
    entry = {"type": "qemu", "vmid": 101, "node": "pve1", "status": "stopped"}
    first = listings.resources([entry])
    with pytest.raises(HypervisorError):
        listings.resources([{**entry, "status": "running"}, {"type": "qemu", "vmid": 102}])

    assert listings.resources([entry]).guests is first.guests
    assert listings.resources([{**entry, "status": "running"}]).guests[Vmid(101)].power is Power.RUNNING
