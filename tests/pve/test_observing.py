"""The view from one call: nodes, guests, storages and quorum; and answers that cannot be read."""

import pytest

from provisioner.errors import HypervisorError, OutcomeUnknown
from provisioner.model.capacity import Votes
from provisioner.model.commands import Observe
from provisioner.model.ids import NodeName, Vmid
from provisioner.model.machines.cluster import Power
from provisioner.pve import parsing
from tests.builders.pve import CLUSTER, NOW, ScriptedCluster, ok, refused
from tests.pve.recorded import RECORDED, observed, resources

PVE1, PVE2 = NodeName("pve1"), NodeName("pve2")
UNSAID = {"GET /cluster/config/nodes": ok([]), "GET /cluster/config/qdevice": ok({})}


def test_a_cluster_is_seen_in_one_call():
    cluster = ScriptedCluster(resources("two nodes up"))

    view = observed(Observe(cluster=CLUSTER), cluster)

    assert len(cluster.asked) == 1
    assert (view.cluster, view.taken_at, view.quorate, view.quorum_asked_at) == (CLUSTER, NOW, None, None)
    assert {name: (node.online, node.cores, node.memory_mib, node.memory_used_mib) for name, node in view.nodes.items()} == {
        "pve1": (True, 2, 24105, 1600),
        "pve2": (True, 2, 24105, 1598),
    }
    template = view.guests[Vmid(9000)]
    assert (template.template, template.power, template.tags) == (True, Power.STOPPED, {"alpha", "zeta"})
    assert (template.vcpus, template.memory_mib, template.disk_gib) == (1.0, 256, 0.0625)
    assert {storage.lock_domain for storage in view.storages if storage.storage in ("shareddir", "qcow")} == {
        "lab/shareddir",
        "lab/pve1/qcow",
        "lab/pve2/qcow",
    }
    assert all(storage.available and storage.total_gib == pytest.approx(251.97, abs=0.01) for storage in view.storages)


def test_a_dead_node_is_offline_while_its_guests_still_look_alive():
    view = observed(Observe(cluster=CLUSTER), ScriptedCluster(resources("one of two nodes dead")))

    assert not view.complete_on(NodeName("pve2"))
    assert view.guests[Vmid(500)].power is Power.RUNNING
    assert view.nodes[NodeName("pve2")].memory_used_mib == 0


@pytest.mark.parametrize(
    ("label", "lock", "pool"),
    [
        pytest.param("during a clone", "clone", None, id="during the clone it has a lock and no name"),
        pytest.param("right after a clone", None, "stage-1", id="right after it has neither, until the next status pass"),
    ],
)
def test_a_fresh_guest(label, lock, pool):
    guest = observed(Observe(cluster=CLUSTER), ScriptedCluster(resources(label))).guests[Vmid(101)]

    assert (guest.name, guest.power, guest.lock, guest.pool) == (None, Power.UNKNOWN, lock, pool)
    assert (guest.memory_mib, guest.vcpus, guest.disk_gib) == (None, None, None)
    assert guest.tags == {"alpha", "zeta"}


@pytest.mark.parametrize(
    ("label", "quorate"),
    [
        pytest.param("cluster status", True, id="a cluster with its quorum"),
        pytest.param("cluster status without quorum", False, id="a cluster that lost it"),
        pytest.param("cluster status of a single node", True, id="a node alone needs none"),
    ],
)
def test_quorum_is_asked_for_on_demand(label, quorate):
    cluster = ScriptedCluster({**resources("two nodes up"), "GET /cluster/status": ok(RECORDED[label]), **UNSAID})

    assert observed(Observe(cluster=CLUSTER, quorum=True), cluster).quorate is quorate


@pytest.mark.parametrize(
    ("each_s", "answer", "answered"),
    [
        pytest.param(0.01, ok(), 64, id="at once: for all"),
        pytest.param(5.0, ok(), 1, id="5 s each: 320 s for all, and a look without an answer for 60 s is none"),
        pytest.param(0.5, ok(), 10, id="slowly: for some"),
        pytest.param(5.0, OutcomeUnknown("no answer for 35 s"), 0, id="not at all: the listing is there"),
    ],
)
def test_k1_numbers_that_are_answered_for_slowly_neither_delay_nor_lose_the_listing(each_s, answer, answered):
    at = [NOW]

    def said(_request):
        at[0] += each_s
        if isinstance(answer, Exception):
            raise answer
        return answer

    cluster = ScriptedCluster({**resources("two nodes up"), "GET /cluster/nextid": said})

    view = observed(Observe(cluster=CLUSTER, exists=frozenset(map(Vmid, range(5001, 5065)))), cluster, now=lambda: at[0])

    assert (view.taken_at, len(view.nodes), len(view.existence)) == (NOW, 2, answered)
    assert at[0] - NOW <= 5.0 + each_s


TWO, DEVICE = [{"node": "pve1", "quorum_votes": "1"}, {"node": "pve2", "quorum_votes": "1"}], {"State": "Connected"}


@pytest.mark.parametrize(
    ("nodes", "device", "votes", "decide"),
    [
        pytest.param(ok(TWO), ok({}), Votes(nodes={PVE1: 1, PVE2: 1}), 2, id="two nodes, no QDevice"),
        pytest.param(ok(TWO), ok(DEVICE), Votes(nodes={PVE1: 1, PVE2: 1}, device=1), 0, id="a QDevice"),
        pytest.param(
            ok(TWO),
            ok({"State": "Connect failed"}),
            Votes(nodes={PVE1: 1, PVE2: 1}, device=1, device_away=True),
            2,
            id="a QDevice that is away",
        ),
        pytest.param(
            ok([*TWO, {"node": "pve3"}]),
            ok(DEVICE | {"Algorithm": "LMS"}),
            Votes(nodes={PVE1: 1, PVE2: 1, NodeName("pve3"): 1}, device=2),
            0,
            id="a QDevice with more than a vote",
        ),
        pytest.param(refused(403, "Permission check failed"), ok(DEVICE), Votes(guessed=True), 2, id="it does not say"),
        pytest.param(ok(TWO), refused(500, "no socket"), Votes(guessed=True), 2, id="nor of the QDevice"),
    ],
)
def test_k5_a_cluster_is_asked_for_its_votes_with_its_quorum(nodes, device, votes, decide):
    cluster = ScriptedCluster(
        {
            **resources("two nodes up"),
            "GET /cluster/status": ok(RECORDED["cluster status"]),
            "GET /cluster/config/nodes": nodes,
            "GET /cluster/config/qdevice": device,
        }
    )

    view = observed(Observe(cluster=CLUSTER, quorum=True), cluster)

    assert (view.votes, len(view.losses_of_quorum)) == (votes, decide)


def test_a_right_that_is_missing_is_not_taken_for_quorum():
    """F4: and not for a cluster that cannot be observed, for the question comes once a minute."""
    cluster = ScriptedCluster(
        {**resources("two nodes up"), "GET /cluster/status": refused(403, "Permission check failed (/, Sys.Audit)")}
    )

    view = observed(Observe(cluster=CLUSTER, quorum=True), cluster)

    assert (view.quorate, view.quorum_asked_at) == (None, NOW)
    assert len(view.nodes) == 2


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(None, "not a list of objects", id="nothing"),
        pytest.param({"type": "qemu"}, "not a list of objects", id="an object"),
        pytest.param(["qemu/101"], "not a list of objects", id="a list of texts"),
        pytest.param([{"type": "qemu", "id": "qemu/101", "node": "pve1"}], "lacks 'vmid': qemu/101", id="a guest without VMID"),
        pytest.param([{"type": "qemu", "vmid": 1, "node": 7}], "wrong type", id="a node that is a number"),
        pytest.param([{"type": "qemu", "vmid": "x", "node": "pve1"}], "wrong type", id="a VMID that is a word"),
        pytest.param([{"type": "qemu", "vmid": 1, "node": "pve1", "tags": ["a"]}], "wrong type", id="tags in a list"),
        pytest.param([{"type": "qemu", "vmid": 1, "node": "pve1", "tags": 7}], "wrong type", id="tags that are a number"),
        pytest.param([{"type": "qemu", "vmid": 1, "node": "pve1", "status": []}], "wrong type", id="a status in a list"),
        pytest.param([{"type": "qemu", "vmid": 1, "node": "pve1", "lock": 1}], "wrong type", id="a lock that is a number"),
        pytest.param([{"type": "qemu", "vmid": 1, "node": "pve1", "maxmem": {}}], "wrong type", id="memory in an object"),
        pytest.param([{"type": "node", "node": "pve1", "maxcpu": "many"}], "wrong type", id="processors in words"),
        pytest.param([{"type": "storage", "node": "pve1"}], "lacks 'storage'", id="a storage without a name"),
    ],
)
def test_wrong_types_are_named_and_nothing_is_guessed(data, says):
    with pytest.raises(HypervisorError, match=says):
        observed(Observe(cluster=CLUSTER), ScriptedCluster({"GET /cluster/resources": ok(data)}))


def test_what_a_token_without_rights_sees_is_enough():
    data = [
        {"type": "node", "node": "pve1", "status": "online", "id": "node/pve1"},
        {"type": "qemu", "vmid": "101", "node": "pve1", "status": "suspended", "template": "1", "maxmem": "268435456"},
        {"type": "lxc", "vmid": 102, "node": "pve1", "status": "running", "tags": "a, b;c"},
        {"type": "storage", "node": "pve1", "storage": "local"},
        {"type": "a kind of the future"},
    ]

    view = observed(Observe(cluster=CLUSTER), ScriptedCluster({"GET /cluster/resources": ok(data)}))

    assert (view.nodes[NodeName("pve1")].cores, view.storages[0].available) == (0, False)
    guest, container = view.guests[Vmid(101)], view.guests[Vmid(102)]
    assert (guest.power, guest.template, guest.memory_mib, guest.tags) == (Power.UNKNOWN, True, 256, frozenset())
    assert (container.container, container.tags) == (True, {"a", "b", "c"})


@pytest.mark.parametrize(
    ("listed", "name"),
    [
        pytest.param({}, None, id="before the first status pass it has no name"),
        pytest.param({"name": "VM 101"}, None, id="a stand-in for a name is no name"),
        pytest.param({"name": "vd-101"}, "vd-101", id="a name is a name"),
    ],
)
def test_the_name_of_a_guest(listed, name):
    data = [{"type": "qemu", "vmid": 101, "node": "pve1", **listed}]

    assert parsing.Listings(CLUSTER).resources(data).guests[Vmid(101)].name == name
