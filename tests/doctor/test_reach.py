"""The nodes that desktops can be made on, and what keeps them from others; both checks show it."""

from dataclasses import replace
from typing import Any

import pytest

from provisioner.doctor.findings import Grade
from provisioner.doctor.reach import Reach, findings_of
from provisioner.doctor.storage import examine_cluster
from provisioner.doctor.templates import examine_templates
from provisioner.model.commands import Observe
from provisioner.model.ids import StorageId
from provisioner.model.machines.twin_spec import KillNode, StorageSpec, TwinSpec
from provisioner.model.people.profiles import CloneKind
from tests.builders.pve import NOTE_KEY
from tests.builders.rehearsal import a_profile_on
from tests.builders.twin import STORAGE, Lab, a_spec
from tests.builders.virtual_hypervisor import VirtualHypervisor

LOCAL = StorageSpec(storage="local-thin", shared=False)
OTHER = StorageSpec(storage="other", shared=True, kind="rbd")
ALL = "desktops can be made on pve1, pve2, pve3"


def on_shared(*, templates: int = 1, nodes: tuple[str, ...] = (), **template: Any) -> TwinSpec:
    """Three nodes on one shared storage with templates on the first nodes, and a local storage on each."""
    spec = a_spec(nodes=3, shared=True)
    return replace(
        spec,
        storages=(replace(spec.storages[0], nodes=nodes), LOCAL, OTHER),
        templates=tuple(replace(golden, **template) for golden in spec.templates[:templates]),
    )


def reach_on(spec: TwinSpec, *, lab: Lab | None = None, **profile: Any) -> Reach:
    client = VirtualHypervisor((lab or Lab(spec)).twin, key=NOTE_KEY)
    (reach,) = examine_cluster(client, [a_profile_on(spec, **profile)], [], since=0.0).reaches
    return reach


def lines(reach: Reach) -> list[tuple[Grade, str, str]]:
    return [(finding.grade, finding.text, finding.fix) for finding in findings_of(reach)]


@pytest.mark.parametrize(
    ("spec", "profile", "nodes"),
    [
        pytest.param(on_shared(), {}, {STORAGE: "pve1 pve2 pve3"}, id="one template on shared storage: every node"),
        pytest.param(on_shared(nodes=("pve1", "pve3")), {}, {STORAGE: "pve1 pve3"}, id="that sees it"),
        pytest.param(on_shared(cloud_init_storage="local-thin"), {}, {STORAGE: "pve1"}, id="a local drive: its own node"),
        pytest.param(
            on_shared(templates=3, cloud_init_storage="local-thin"),
            {},
            {STORAGE: "pve1 pve2 pve3"},
            id="local drives, and a template on each node",
        ),
        pytest.param(on_shared(storage="local-thin"), {}, {"local-thin": "pve1"}, id="a local template: its own node"),
        pytest.param(
            on_shared(),
            {"clone": CloneKind.FULL, "storage": StorageId("other")},
            {"other": "pve1 pve2 pve3"},
            id="full clones to shared storage",
        ),
        pytest.param(
            on_shared(),
            {"clone": CloneKind.FULL, "storage": StorageId("local-thin")},
            {"local-thin": "pve1"},
            id="to a local one",
        ),
    ],
)
def test_where_desktops_can_be_made(spec, profile, nodes):
    reach = reach_on(spec, **profile)

    assert {storage: " ".join(there) for storage, there in reach.by_storage.items()} == nodes


def test_a_dead_node_is_no_place_and_no_fault_of_the_storage():
    spec = on_shared()
    lab = Lab(replace(spec, faults=(KillNode(node="pve3", at_s=0.0),))).wait(20)

    reach = reach_on(spec, lab=lab)

    assert reach.nodes == ("pve1", "pve2")
    assert lines(reach) == [(Grade.GOOD, "desktops can be made on pve1, pve2", "")]


@pytest.mark.parametrize(
    ("spec", "found"),
    [
        pytest.param(on_shared(), [(Grade.GOOD, ALL, "")], id="all is well"),
        pytest.param(a_spec(nodes=3), [], id="local storage: nothing to say"),
        pytest.param(
            on_shared(templates=3, cloud_init_storage="local-thin"),
            [(Grade.GOOD, ALL, "")],
            id="local drives cost nothing where each node has a template",
        ),
        pytest.param(
            on_shared(cloud_init_storage="local-thin"),
            [
                (Grade.GOOD, "desktops can be made on pve1", ""),
                (
                    Grade.DOUBTFUL,
                    "drive ide2 of template 9001 is on local-thin, which is not shared: its clones stay on pve1, although its "
                    "disk is on shared storage thin",
                    "on pve1: qm disk move 9001 ide2 thin --delete 1",
                ),
            ],
            id="a local cloud-init drive",
        ),
        pytest.param(
            on_shared(iso="local-thin:iso/debian.iso"),
            [
                (Grade.GOOD, "desktops can be made on pve1", ""),
                (
                    Grade.DOUBTFUL,
                    "drive ide0 of template 9001 has an ISO image on local-thin, which is not shared: its clones stay on pve1, "
                    "although its disk is on shared storage thin",
                    "take the image out. On pve1: qm set 9001 --ide0 none,media=cdrom",
                ),
            ],
            id="an ISO image",
        ),
        pytest.param(
            on_shared(nodes=("pve1", "pve2")),
            [
                (Grade.GOOD, "desktops can be made on pve1, pve2", ""),
                (
                    Grade.DOUBTFUL,
                    "no desktop can be made on pve3: these nodes do not see thin, where the templates are",
                    "if desktops are wanted there: make the storage available on these nodes (Datacenter, Storage), or put a "
                    "template on a storage of theirs",
                ),
            ],
            id="a node that does not see the storage",
        ),
    ],
)
def test_what_keeps_desktops_from_nodes(spec, found):
    assert lines(reach_on(spec)) == found


def test_a_template_that_is_not_tied_serves_the_nodes_that_a_tied_one_cannot():
    spec = on_shared(templates=2)
    tied = replace(spec.templates[0], cloud_init_storage="local-thin")

    assert reach_on(replace(spec, templates=(tied, spec.templates[1]))).nodes == ("pve1", "pve2", "pve3")


def test_both_checks_say_so():
    spec = on_shared(cloud_init_storage="local-thin")
    client, profile = VirtualHypervisor(Lab(spec).twin, key=NOTE_KEY), a_profile_on(spec)
    view = client.observe(Observe(cluster=client.cluster))
    in_storage: list[Any] = []

    in_check = list(examine_templates(client, view, profile, installation="lab"))
    examine_cluster(client, [profile], in_storage, since=0.0)

    doubts = [finding for finding in in_check if finding.grade is Grade.DOUBTFUL]
    assert [finding.text.split(" of ")[0] for finding in doubts] == ["drive ide2"]
    assert in_storage == doubts


def test_the_tied_template_is_where_the_cluster_refuses_too():
    lab = Lab(on_shared(cloud_init_storage="local-thin"))

    assert lab.ask("POST", "/nodes/pve1/qemu/9001/clone", newid=101, target="pve2").status == 500
    assert reach_on(on_shared(cloud_init_storage="local-thin")).kept_from == ("pve2", "pve3")
