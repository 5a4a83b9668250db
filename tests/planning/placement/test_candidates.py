"""Nodes and storages where a desktop can be made, and the templates that serve them."""

from dataclasses import replace

import pytest

from provisioner.model.cordons import Cordon
from provisioner.model.ids import GuestKey, NodeKey, NodeName, StorageId
from provisioner.model.people.profiles import CloneKind
from provisioner.planning.placement.candidates import Candidates, Closures
from provisioner.reasons.reason import as_reason
from tests.builders.cluster import PVE, a_guest, a_node, a_profile, a_snapshot, a_storage, a_template, a_template_guest, a_view

NODES = ("n1", "n2", "n3")
CEPH = tuple(a_storage(node, "ceph", shared=True) for node in NODES)
LOCAL = tuple(a_storage(node, "local") for node in NODES)
T1, T2 = a_template("n1", "ceph"), a_template("n2", "ceph")
DOWN = (a_node("n1", online=False), a_node("n2"), a_node("n3"))


def key(node):
    return NodeKey(PVE, NodeName(node))


def candidates(*templates, nodes=3, storages=(*CEPH, *LOCAL), closures=None, **profile):
    """The candidates of a profile with these templates, each template's VM being where the profile says."""
    view = a_view(nodes=nodes, storages=storages, templates=False, guests=tuple(map(a_template_guest, templates)))
    found = Candidates(a_snapshot(view), closures or Closures())
    return found, found.of(a_profile(templates=templates, **profile))


def reached(found):
    return [(each.node.node, each.storage, each.template.node) for each in found]


@pytest.mark.parametrize(
    ("templates", "changed", "expected"),
    [
        pytest.param([a_template("n1")], {}, [("n1", "local", "n1")], id="local storage: its own node"),
        pytest.param(
            [T1], {}, [("n1", "ceph", "n1"), ("n2", "ceph", "n1"), ("n3", "ceph", "n1")], id="shared: all that see the storage"
        ),
        pytest.param([T1], {"storages": CEPH[:2]}, [("n1", "ceph", "n1"), ("n2", "ceph", "n1")], id="n3 does not see it"),
        pytest.param(
            [T1, T2],
            {},
            [("n1", "ceph", "n1"), ("n2", "ceph", "n2"), ("n3", "ceph", "n1")],
            id="two copies: each node its own, the others share",
        ),
        pytest.param(
            [T1, T2],
            {"nodes": DOWN},
            [("n1", "ceph", "n2"), ("n2", "ceph", "n2"), ("n3", "ceph", "n2")],
            id="a copy on a dead node serves nobody",
        ),
        pytest.param(
            [T1, a_template("n2")],
            {},
            [("n1", "ceph", "n1"), ("n2", "ceph", "n1"), ("n2", "local", "n2"), ("n3", "ceph", "n1")],
            id="a node with both",
        ),
        pytest.param(
            [T1], {"clone": CloneKind.FULL, "storage": StorageId("local")}, [("n1", "local", "n1")], id="full, to local storage"
        ),
        pytest.param(
            [a_template("n1")],
            {"clone": CloneKind.FULL, "storage": StorageId("ceph")},
            [("n1", "ceph", "n1")],
            id="full, from local storage: no other node",
        ),
        pytest.param(
            [replace(T1, storage=StorageId("nfs"))],
            {
                "clone": CloneKind.FULL,
                "storage": StorageId("ceph"),
                "storages": (*CEPH, a_storage("n1", "nfs", shared=True)),
            },
            [("n1", "ceph", "n1"), ("n2", "ceph", "n1"), ("n3", "ceph", "n1")],
            id="full, from one shared storage to another",
        ),
    ],
)
def test_where_a_desktop_can_be_made(templates, changed, expected):
    """E4."""
    assert reached(candidates(*templates, **changed)[1]) == expected


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        pytest.param({}, [None, None, None], id="nothing in the way"),
        pytest.param(
            {"nodes": DOWN},
            [
                "node n1 is offline or not seen",
                "template 9001 is on node n1, which is offline or not seen",
                "template 9001 is on node n1, which is offline or not seen",
            ],
            id="its node is away",
        ),
        pytest.param(
            {"nodes": (a_node("n1"), a_node("n2", online=False), a_node("n3"))},
            [None, "node n2 is offline or not seen", None],
            id="another node is away",
        ),
        pytest.param(
            {"closures": Closures(tied={GuestKey(PVE, T1.vmid): as_reason("VM uses local storage")})},
            [None, *["template 9001 is cloned to its own node n1 only: one of its drives is on storage that is not shared "
                     "(move it to the shared storage, or remake its cloud-init drive there)"] * 2],
            id="tied to its node",
        ),
        pytest.param(
            {"closures": Closures(cordons={key("n1"): Cordon(reason=as_reason("drained"))})},
            ["drained", None, None],
            id="nothing new on its node, which still clones for others",
        ),
        pytest.param(
            {"closures": Closures(refusing={key("n1"): Cordon(reason=as_reason("n1 refuses"))})},
            ["n1 refuses"] * 3,
            id="its node refuses orders",
        ),
        pytest.param(
            {"storages": (*CEPH[:2], replace(CEPH[2], available=False))},
            [None, None, "storage ceph is not available on node n3"],
            id="not available on one node",
        ),
    ],
)  # fmt: skip
def test_why_nothing_can_be_made_there(changed, refused):
    found, of_profile = candidates(T1, **changed)

    whys = [found.absence(candidate) for candidate in of_profile]

    assert [None if why is None else why.text for why in whys] == refused


def test_a_copy_that_is_not_tied_serves_the_other_nodes():
    closures = Closures(tied={GuestKey(PVE, T1.vmid): as_reason("VM uses local storage")})

    found, of_profile = candidates(T1, T2, closures=closures)

    assert reached(of_profile) == [("n1", "ceph", "n1"), ("n2", "ceph", "n2"), ("n3", "ceph", "n2")]
    assert [found.absence(candidate) for candidate in of_profile] == [None] * 3


def test_a_clone_takes_the_lock_of_the_desktops_storage():
    _, shared = candidates(T1)
    _, full = candidates(T1, clone=CloneKind.FULL, storage=StorageId("local"))

    assert [each.domain for each in shared] == ["pve/ceph"] * 3
    assert [each.is_remote for each in shared] == [False, True, True]
    assert [each.domain for each in full] == ["pve/n1/local"]


def test_a_vm_that_is_no_template_serves_nobody():
    view = a_view(nodes=3, storages=CEPH, templates=False, guests=(a_guest(T1.vmid, "n1"),))
    found = Candidates(a_snapshot(view), Closures())

    assert {found.absence(each).text for each in found.of(a_profile(templates=(T1,)))} == {"template 9001 is not on node n1"}
