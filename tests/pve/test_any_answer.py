"""For any JSON answer of a cluster, an operation ends with a value or with one of Bascule's errors."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.actions.checkguest import read_guest
from provisioner.actions.registry import operation_of
from provisioner.errors import GuestUnknown, HypervisorError
from provisioner.model.commands import Observe
from provisioner.model.ids import Upid, Vmid
from provisioner.pve import operations, surroundings
from provisioner.pve.faults import error_for, kind_of
from provisioner.pve.parsing import Listings
from provisioner.pve.requests import guest_config
from provisioner.pve.wire import ApiResponse, run
from tests.builders.pve import CLUSTER, HANDS, NODE, NOW, a_check, a_clone, a_verify, ok

pytestmark = pytest.mark.long

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
FIELDS = (
    "type", "id", "node", "vmid", "status", "name", "lock", "tags", "pool", "template", "maxcpu", "maxmem", "maxdisk",
    "uptime", "mem", "cpu", "disk", "storage", "shared", "upid", "starttime", "endtime", "user", "quorate", "content",
    "iface", "bridge_vids", "bridge_vlan_aware", "mtu", "tokens", "userid", "expire", "vmid", "exclude", "next-run", "time",
    "localtime", "crs", "filename", "notafter",
    "active", "enabled", "total", "used", "t", "description", "version", "truncated",
)  # fmt: skip
KINDS = st.sampled_from(("qemu", "lxc", "node", "storage", "cluster", "pool"))
ENTRIES = st.dictionaries(st.sampled_from(FIELDS), SCALARS | st.lists(SCALARS, max_size=2), max_size=12).flatmap(
    lambda entry: st.one_of(st.just(entry), KINDS.map(lambda kind: {**entry, "type": kind}))
)
ANSWERS = st.one_of(SCALARS, ENTRIES, st.lists(ENTRIES | SCALARS, max_size=3), st.lists(ENTRIES, max_size=3))


@settings(max_examples=300, deadline=None)
@given(data=ANSWERS)
def test_an_operation_ends_in_a_value_or_in_an_error_of_ours(data):
    order = Observe(cluster=CLUSTER, tasks_of=frozenset({NODE.node}), quorum=True)
    for operation in (
        operations.observe(order, Listings(CLUSTER), now=lambda: NOW),
        operations.tasks_since(NODE, since=NOW),
        operation_of(a_clone(), HANDS),
        operation_of(a_verify(), HANDS),
        operations.task_log(NODE, Upid("UPID:x")),
        operations.nodes(CLUSTER),
        operations.storages_of(NODE),
        guest_config(NODE, Vmid(1)),
        operations.version(),
        operations.permissions(),
        surroundings.time_of(NODE),
        surroundings.bridges_of(NODE),
        surroundings.next_vmid(),
        surroundings.backup_jobs(),
        surroundings.balancing(),
        surroundings.life_of("bascule@pve!daemon"),
        surroundings.certificates_of(NODE),
    ):
        with suppress(HypervisorError):
            run(operation, lambda _request: ok(data))


@settings(max_examples=300, deadline=None)
@given(data=ANSWERS)
def test_a_guest_that_says_anything_else_is_unknown(data):
    with suppress(GuestUnknown):
        run(read_guest(a_check(), now=lambda: NOW), lambda _request: ok(data))


@given(text=st.text(max_size=200), status=st.integers(min_value=300, max_value=700), parameter=st.text(max_size=40))
def test_any_refusal_has_a_class_and_one_line(text, status, parameter):
    error = error_for(ApiResponse(status=status, reason=text, errors={"name": parameter}), "clone vd-5001")

    assert isinstance(error, HypervisorError | GuestUnknown)
    assert issubclass(kind_of(text), HypervisorError | GuestUnknown)
    assert "\n" not in str(error)
