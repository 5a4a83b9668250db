"""Which locks a clone takes, from template configurations and a cluster view."""

from typing import Any

import pytest

from provisioner.model.ids import LockDomain, StorageId, Vmid
from provisioner.model.people.profiles import CloneKind
from provisioner.pve.volumes import ImageRole
from provisioner.storage_advice.layouts import Drive, Layout, StorageUse, storage_uses
from tests.builders.cluster import NOW, a_node, a_profile, a_storage, a_task, a_template, a_view

IMAGES = frozenset({"images"})
DISK, DRIVE = "nfs:base-9001-disk-0,size=32G", "nfs:vm-9001-cloudinit,media=cdrom"
PLAIN = {"scsi0": DISK, "ide2": DRIVE, "net0": "virtio,bridge=vmbr0"}


def storages(*nodes: str) -> list[Any]:
    """A shared NFS storage, a local pool for images, and a local one for ISO images, on each node."""
    return [
        storage
        for node in nodes
        for storage in (
            a_storage(node, "nfs", shared=True, content=IMAGES, kind="nfs"),
            a_storage(node, "thin", content=IMAGES, kind="lvmthin"),
            a_storage(node, "local", content=frozenset({"iso"}), kind="dir"),
        )
    ]


def use_of(config: dict[str, str], *, listed: list[Any] | None = None, **profile: Any) -> StorageUse:
    """A profile on two nodes, with templates of this configuration on NFS."""
    templates = tuple(a_template(node, "nfs") for node in ("n1", "n2"))
    view = a_view(storages=storages("n1", "n2") if listed is None else listed)
    (use,) = storage_uses(view, [a_profile(templates=templates, **profile)], {template.vmid: config for template in templates})
    return use


@pytest.mark.parametrize(
    ("config", "layout"),
    [
        pytest.param(PLAIN, Layout(shared=True, nodes=2), id="a disk and a cloud-init drive: two operations"),
        pytest.param({"scsi0": DISK}, Layout(shared=True, nodes=2, drive=Drive.NONE), id="no cloud-init drive"),
        pytest.param(
            PLAIN | {"ide2": "thin:vm-9001-cloudinit,media=cdrom"},
            Layout(shared=True, nodes=2, drive=Drive.NODE_LOCAL),
            id="the drive on the node's own storage",
        ),
        pytest.param(
            PLAIN | {"efidisk0": "nfs:base-9001-disk-1", "tpmstate0": "nfs:base-9001-disk-2", "scsi1": "nfs:base-9001-disk-3"},
            Layout(shared=True, nodes=2, disks=4),
            id="EFI, TPM and a second disk: three operations more",
        ),
        pytest.param(
            PLAIN | {"scsi1": "thin:base-9001-disk-1"}, Layout(shared=True, nodes=2), id="a disk elsewhere is another lock's"
        ),
    ],
)
def test_layout(config, layout):
    assert use_of(config).layout == layout


@pytest.mark.parametrize(
    ("profile", "storage", "layout"),
    [
        pytest.param({}, "nfs", Layout(shared=True, nodes=2), id="linked: nothing is copied"),
        pytest.param({"clone": CloneKind.FULL}, "nfs", Layout(shared=True, nodes=2, copies_gib=48), id="full: both disks"),
        pytest.param(
            {"clone": CloneKind.FULL, "storage": StorageId("thin")},
            "thin",
            Layout(shared=False, disks=2, copies_gib=48),
            id="full, to another storage: all images are made there",
        ),
    ],
)
def test_what_kind_of_clone(profile, storage, layout):
    use = use_of(PLAIN | {"scsi1": "thin:base-9001-disk-1,size=16G"}, **profile)

    assert (use.storage, use.layout, use.size_gib) == (storage, layout, 48)


@pytest.mark.parametrize(
    ("config", "os", "unneeded"),
    [
        pytest.param(PLAIN, "linux", (), id="nothing too much"),
        pytest.param(
            PLAIN | {"efidisk0": "nfs:x", "tpmstate0": "nfs:y"},
            "linux",
            (ImageRole.EFI, ImageRole.TPM),
            id="firmware's volumes",
        ),
        pytest.param(PLAIN | {"efidisk0": "nfs:x", "tpmstate0": "nfs:y"}, "windows", (), id="which Windows asks for"),
        pytest.param(PLAIN | {"scsi1": "nfs:x", "efidisk0": "nfs:y"}, "windows", (ImageRole.DISK,), id="a second disk"),
        pytest.param(PLAIN | {"scsi1": "thin:x", "efidisk0": "thin:y"}, "linux", (), id="elsewhere they do no harm"),
    ],
)
def test_which_images_are_not_needed(config, os, unneeded):
    assert use_of(config, os=os).unneeded == unneeded


@pytest.mark.parametrize(
    ("listed", "local", "nodes"),
    [
        pytest.param(storages("n1", "n2"), "thin", 2, id="a pool on both nodes"),
        pytest.param([*storages("n1"), a_storage("n2", "nfs", shared=True)], None, 1, id="on one of them only"),
        pytest.param(
            [
                a_storage(node, name, shared=name == "nfs", content=IMAGES, kind="lvm")
                for node in ("n1", "n2")
                for name in ("nfs", "x")
            ],
            None,
            0,
            id="plain LVM knows no linked clones",
        ),
    ],
)
def test_local_storages_that_could_take_something_over(listed, local, nodes):
    use = use_of(PLAIN, listed=listed)

    assert (use.local, use.replica_nodes) == (local, nodes)


def test_tasks_are_counted_where_their_template_lies():
    templates = (a_template("n1", "thin"), a_template("n2", "thin"))
    tasks = tuple(
        a_task(
            f"UPID:{node}:{number}",
            node=node,
            guest=Vmid(vmid),
            started_at=NOW + number,
            ended_at=NOW + number + 2,
            status="OK",
        )
        for node, vmid in (("n1", 9001), ("n2", 9002), ("n2", 8000))
        for number in range(30)
    )
    view = a_view(storages=storages("n1", "n2"), tasks=tasks)

    (use,) = storage_uses(
        view, [a_profile(templates=templates)], {template.vmid: {"scsi0": "thin:x"} for template in templates}
    )

    assert set(use.holds) == {LockDomain("pve/n1/thin"), LockDomain("pve/n2/thin")}
    assert [hold and hold.clones for hold in use.holds.values()] == [30, 30], "those of a foreign template are not"
    assert use.hold is not None
    assert use.hold.clones == 60


def test_templates_of_several_profiles_on_one_storage_are_one_use():
    template = a_template("n1", "nfs")
    profiles = [a_profile(name, templates=(template,)) for name in ("office", "lab")]

    (use,) = storage_uses(a_view(storages=storages("n1")), profiles, {template.vmid: PLAIN})

    assert use.profiles == {"office", "lab"}
    assert use.nodes == ("n1",)


def test_what_is_not_seen_is_no_use():
    templates = (a_template("n1", "nfs"), a_template("n2", "gone"))
    view = a_view(nodes=[a_node("n1"), a_node("n2")], storages=storages("n1", "n2"))

    uses = storage_uses(view, [a_profile(templates=templates)], {templates[1].vmid: PLAIN})

    assert uses == (), "the first one's configuration is not known, the second one's storage is not there"
