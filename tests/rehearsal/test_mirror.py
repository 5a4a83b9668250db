"""A twin of an observed cluster: existing VMs take their resources, and missing resources are not counted on."""

from dataclasses import replace
from typing import Any

import pytest

from provisioner.model.capacity import Votes
from provisioner.model.machines.cluster import ClusterView, Power
from provisioner.model.machines.twin_spec import GuestSpec, NodeSpec, StorageSpec, TemplateSpec, TwinSpec
from provisioner.rehearsal.rehearse import Rehearsal
from provisioner.rehearsal.stages import twin_of
from tests.builders.cluster import PVE, a_guest, a_node, a_profile, a_storage, a_template, a_template_guest, a_view
from tests.builders.rehearsal import a_config_on, a_stage, rehearsed
from tests.builders.twin import EXACT, Lab

OFFICE = a_profile()
LOCAL = {"n1": a_storage("n1", total_gib=900.0, used_gib=100.0), "n2": a_storage("n2", total_gib=800.0, used_gib=300.0)}


def mirrored(**changed: Any) -> TwinSpec:
    return twin_of(a_view(**changed), [OFFICE])


def test_nodes_storages_and_templates_are_as_seen():
    spec = mirrored(storages=LOCAL.values())

    assert spec.name == PVE
    assert spec.nodes == tuple(NodeSpec(name=name, cores=64, memory_mib=512 * 1024) for name in ("n1", "n2"))
    assert spec.storages == (StorageSpec(storage="local", shared=False, size_gib=800.0, used_gib=300.0, nodes=("n1", "n2")),)
    assert [(template.vmid, template.node, template.storage) for template in spec.templates] == [
        (9001, "n1", "local"),
        (9002, "n2", "local"),
    ]
    assert {(template.vcpus, template.memory_mib, template.disk_gib) for template in spec.templates} == {(2, 4096, 32)}


def test_a_shared_storage_is_one():
    spec = mirrored(storages=[a_storage(node, "ceph", shared=True) for node in ("n1", "n2")])

    assert [(storage.storage, storage.shared) for storage in spec.storages] == [("ceph", True)]


def test_guests_take_their_room_running_or_not():
    payroll = a_guest(101, "n1", name="payroll", vcpus=4, memory_mib=8192, power=Power.RUNNING)
    nameless = a_guest(102, "n2", name=None, vcpus=None, memory_mib=None)

    spec = mirrored(guests=[payroll, nameless])

    assert spec.guests == (
        GuestSpec(vmid=101, node="n1", name="payroll", storage="local", vcpus=4, memory_mib=8192, disk_gib=0),
        GuestSpec(vmid=102, node="n2", name="vm-102", storage="local", vcpus=1, memory_mib=0, disk_gib=0, running=False),
    )


DISK, DRIVE = {"scsi0": "ceph:base-9001-disk-0,size=40G"}, {"ide2": "ceph:vm-9001-cloudinit,media=cdrom,size=4M"}
ON_CEPH = a_profile(templates=(a_template("n1", "ceph"),))
SHARED = [
    storage
    for node in ("n1", "n2", "n3")
    for storage in (
        a_storage(node, "ceph", shared=True, kind="rbd", content=frozenset({"images"})),
        a_storage(node, "thin", kind="lvmthin"),
    )
]
THREE = tuple(a_node(name) for name in ("n1", "n2", "n3"))


def on_ceph(config: dict[str, object], **changed: Any) -> TwinSpec:
    """Three nodes on one shared storage with one template, of this configuration."""
    template = a_template_guest(ON_CEPH.templates[0])
    view = a_view(nodes=THREE, storages=SHARED, templates=False, guests=[template], **changed)
    return twin_of(view, [ON_CEPH], {ON_CEPH.templates[0].vmid: config})


@pytest.mark.parametrize(
    ("config", "template"),
    [
        pytest.param(DISK | DRIVE, {"cloud_init_storage": "ceph"}, id="a disk and a cloud-init drive"),
        pytest.param(DISK, {"cloud_init": False}, id="no cloud-init drive"),
        pytest.param(
            DISK | {"ide2": "thin:vm-9001-cloudinit,media=cdrom"}, {"cloud_init_storage": "thin"}, id="a local cloud-init drive"
        ),
        pytest.param(
            DISK | DRIVE | {"efidisk0": "ceph:x", "tpmstate0": "ceph:y", "scsi1": "ceph:z,size=1G"},
            {"cloud_init_storage": "ceph", "efi": True, "tpm": True, "data_disks": 1},
            id="EFI, TPM and a second disk",
        ),
        pytest.param(
            DISK | DRIVE | {"ide0": "thin:iso/debian.iso,media=cdrom"},
            {"cloud_init_storage": "ceph", "iso": "thin:iso/any.iso"},
            id="an ISO image on local storage",
        ),
    ],
)
def test_a_templates_drives_are_where_its_configuration_says(config: dict[str, object], template: dict[str, Any]):
    (mirrored_template,) = on_ceph(config).templates

    plain = TemplateSpec(
        vmid=9001, node="n1", storage="ceph", name="template-office", vcpus=2, memory_mib=4096, disk_gib=40
    )  # fmt: skip
    assert mirrored_template == replace(plain, **template)


def test_a_storages_type_and_content_are_as_seen():
    ceph, thin = on_ceph(DISK).storages

    assert (ceph.kind, ceph.content, ceph.nodes) == ("rbd", "images", ("n1", "n2", "n3"))
    assert (thin.kind, thin.content) == ("lvmthin", StorageSpec(storage="thin", shared=False).content)


@pytest.mark.parametrize(
    ("config", "answer"),
    [
        pytest.param(DISK | DRIVE, "", id="all on shared storage: for any node"),
        pytest.param(
            DISK | {"ide2": "thin:vm-9001-cloudinit,media=cdrom"},
            "can't clone VM to node 'n3' (VM uses local storage)",
            id="a local drive: for its own node",
        ),
        pytest.param(
            DISK | DRIVE | {"efidisk0": "thin:x"},
            "can't clone VM to node 'n3' (VM uses local storage)",
            id="a local EFI volume",
        ),
    ],
)
def test_it_makes_clones_for_the_nodes_that_the_cluster_would(config: dict[str, object], answer: str):
    lab = Lab(on_ceph(config))

    refused = lab.ask("POST", "/nodes/n1/qemu/9001/clone", newid=101, target="n3").reason

    assert refused.removeprefix("OK") == answer


@pytest.mark.parametrize(
    ("config", "nodes"),
    [
        pytest.param(DISK | DRIVE, {"n1", "n2", "n3"}, id="one template on shared storage: every node"),
        pytest.param(DISK | {"ide2": "thin:vm-9001-cloudinit,media=cdrom"}, {"n1"}, id="a local drive: its own node"),
    ],
)
def test_a_forecast_places_where_the_daemon_would(config: dict[str, object], nodes: set[str]):
    spec = replace(on_ceph(config), durations=EXACT)
    rehearsal = Rehearsal(a_stage(spec, agents=6, config=a_config_on(spec, profile=ON_CEPH)))

    assert rehearsal.run().ready == 6
    (twin,) = rehearsal.twins.values()
    assert {guest.node for guest in twin.cluster.guests.values() if guest.ready} == nodes


def away(node: str) -> ClusterView:
    """Nodes n1 and n2, one of them offline, with a guest on each."""
    nodes = [a_node(name, online=name != node) for name in ("n1", "n2")]
    return a_view(nodes=nodes, guests=[a_guest(101, "n1"), a_guest(102, "n2")])


@pytest.mark.parametrize(
    ("view", "templates", "guests"),
    [
        pytest.param(away("n2"), [9001], [101], id="a node that is offline is left out, with all on it"),
        pytest.param(
            a_view(templates=False, guests=[a_template_guest(OFFICE.templates[0])]), [9001], [], id="a template that is gone"
        ),
        pytest.param(
            a_view(templates=False, guests=[a_guest(9001, "n1", name="golden")]), [], [9001], id="a VM that is no template"
        ),
        pytest.param(
            a_view(storages=[LOCAL["n1"], replace(LOCAL["n2"], available=False)], guests=[a_guest(102, "n2")]),
            [9001],
            [],
            id="a storage that is not available",
        ),
        pytest.param(
            a_view(nodes=(a_node("n1"), a_node("n2", maintenance=True)), guests=[a_guest(102, "n2")]),
            [9001],
            [102],
            id="a node that is closed keeps what it has",
        ),
        pytest.param(
            a_view(guests=[a_guest(9500, "n1", template=True)]), [9001, 9002], [], id="somebody else's template takes no memory"
        ),
    ],
)
def test_an_unusable_template_is_not_counted_on(view: ClusterView, templates: list[int], guests: list[int]):
    spec = twin_of(view, [OFFICE])

    assert ([template.vmid for template in spec.templates], [guest.vmid for guest in spec.guests]) == (templates, guests)


@pytest.mark.long
@pytest.mark.parametrize(
    ("view", "ready"),
    [
        pytest.param(a_view(), 3, id="as it is"),
        pytest.param(away("n2"), 3, id="with a node less"),
        pytest.param(a_view(nodes=(a_node("n1", memory_gib=10), a_node("n2", memory_gib=5))), 3, id="with just enough memory"),
        pytest.param(
            a_view(
                nodes=(a_node("n1", memory_gib=10), a_node("n2", memory_gib=5)), guests=[a_guest(101, "n1", memory_mib=1024)]
            ),
            2,
            id="with a foreign VM in the way",
        ),
        pytest.param(a_view(templates=False), 0, id="without any template"),
    ],
)
def test_it_can_be_rehearsed_on(view: ClusterView, ready: int):
    spec = replace(twin_of(view, [OFFICE]), durations=EXACT)
    config = a_config_on(spec, profile=OFFICE)

    forecast = rehearsed(spec, agents=3, config=config)

    assert (forecast.wanted, forecast.ready) == (3, ready)
    assert sum(forecast.unmet.values()) == 3 - ready


def test_k5_the_votes_are_those_of_the_cluster():
    """K5: a forecast for two nodes and a QDevice said that either loss ends the quorum."""
    assert mirrored(votes=Votes(device=1)).votes == Votes(device=1)
