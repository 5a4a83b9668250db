"""What the doctor finds on a cluster, asked of a twin in virtual time."""

from dataclasses import replace
from typing import Any

import pytest

from provisioner.actions.client import PveClient
from provisioner.doctor.findings import Finding, Grade, bad, doubtful, good, is_bad
from provisioner.doctor.templates import examine_templates
from provisioner.model.commands import Observe
from provisioner.model.ids import ClusterId, NodeName, ProfileName, StorageId, Vmid
from provisioner.model.machines.cluster import ClusterView
from provisioner.model.machines.twin_spec import GuestSpec, StorageSpec, TemplateSpec
from provisioner.model.people.profiles import Profile, Template
from provisioner.model.vm_marks import configured_tag
from provisioner.reasons.cluster import NO_CLOUD_INIT
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.twin import Twin
from tests.builders.cluster import INSTALLATION
from tests.builders.pve import NOTE_KEY
from tests.builders.twin_http import EPOCH, a_twin_spec
from tests.builders.virtual_hypervisor import VirtualHypervisor

LAB = ClusterId("lab")
SAID = NO_CLOUD_INIT()


def _template(vmid: int = 9000, *, node: str = "pve1", storage: str = "qcow") -> Template:
    return Template(cluster=LAB, vmid=Vmid(vmid), node=NodeName(node), storage=StorageId(storage))


def _profile(*templates: Template) -> Profile:
    return Profile(
        name=ProfileName("office"),
        image="golden",
        templates=templates,
        vcpus=2,
        memory_mib=4096,
        disk_gib=32,
        bridge="vmbr0",
    )


def _findings(*templates: Template, **spec: Any) -> list[Finding]:
    twin = Twin(a_twin_spec(**spec), EventHeap(EPOCH))
    client = VirtualHypervisor(twin, key=NOTE_KEY)
    return list(examine_templates(client, _view(client), _profile(*templates), installation=INSTALLATION))


def _view(client: PveClient) -> ClusterView:
    return client.observe(Observe(cluster=client.cluster, quorum=True))


@pytest.mark.parametrize(
    ("templates", "spec", "found"),
    [
        pytest.param(
            [_template(), _template(9001, node="pve2")],
            {},
            [(Grade.GOOD, "template 9000 on pve1, 9001 on pve2: found; node, storage, disks and cloud-init drive are right")],
            id="all is well, and said once",
        ),
        pytest.param(
            [_template(8000), _template(8001)],
            {},
            [(Grade.BAD, "template 8000 on pve1, 8001 on pve1: there is no such VM")],
            id="one fault of two templates is one finding",
        ),
        pytest.param(
            [_template(), _template(9001, node="pve1")],
            {},
            [(Grade.GOOD, "9000"), (Grade.BAD, "template 9001 on pve1: it is on node pve2")],
            id="a good one and a misplaced one",
        ),
        pytest.param([_template(node="pve9")], {}, [(Grade.BAD, "the cluster has no node pve9")], id="no such node"),
        pytest.param([_template(storage="ssd")], {}, [(Grade.BAD, "storage ssd is not available there")], id="no such storage"),
        pytest.param(
            [_template(7000)],
            {"guests": (GuestSpec(vmid=7000, node="pve1", name="vm", storage="qcow", disk_gib=32),)},
            [(Grade.BAD, "it is a VM, not a template"), (Grade.BAD, "it has no cloud-init drive")],
            id="a VM for a template: each fault by itself",
        ),
        pytest.param(
            [_template()],
            {"templates": (TemplateSpec(vmid=9000, node="pve1", storage="qcow", cloud_init=False),)},
            [(Grade.BAD, "it has no cloud-init drive")],
            id="no cloud-init drive",
        ),
        pytest.param(
            [_template()],
            {"templates": (TemplateSpec(vmid=9000, node="pve1", storage="qcow", tags=configured_tag(INSTALLATION)),)},
            [(Grade.BAD, "which marks configured desktops, and its clones inherit it")],
            id="a template with our own tag",
        ),
        pytest.param(
            [Template(cluster=ClusterId("other"), vmid=Vmid(1), node=NodeName("n"), storage=StorageId("s"))],
            {},
            [],
            id="a template of another cluster is looked for there",
        ),
    ],
)
def test_templates(templates, spec, found):
    findings = _findings(*templates, **spec)

    assert [finding.grade for finding in findings] == [grade for grade, _ in found], findings
    for finding, (_, text) in zip(findings, found, strict=True):
        assert text in finding.text
    assert {finding.subject for finding in findings} <= {"profile office"}
    assert all(finding.fix for finding in findings if finding.grade is not Grade.GOOD)


TWO_STORAGES = (StorageSpec(storage="qcow", shared=False, kind="dir"), StorageSpec(storage="rawdir", shared=False, kind="dir"))


@pytest.mark.parametrize(
    ("profile", "spec", "found"),
    [
        pytest.param(
            replace(_profile(_template()), vcpus=17),
            {},
            (Grade.BAD, "template 9000 on pve1: its node has 16 cores: a VM with 17 vCPUs cannot start there", "lower vcpus"),
            id="more vCPUs than the node has cores",
        ),
        pytest.param(
            replace(_profile(_template()), vcpus=16),
            {},
            (Grade.GOOD, "found; node, storage, disks and cloud-init drive are right", ""),
            id="as many",
        ),
        pytest.param(
            _profile(_template(storage="rawdir")),
            {"storages": TWO_STORAGES},
            (
                Grade.BAD,
                "its disks are on qcow, the profile says rawdir: free space and locks are",
                "correct the profile's storage",
            ),
            id="a storage where the template does not lie",
        ),
        pytest.param(
            _profile(_template()),
            {
                "storages": TWO_STORAGES,
                "templates": (TemplateSpec(vmid=9000, node="pve1", storage="qcow", cloud_init_storage="rawdir"),),
            },
            (Grade.GOOD, "found; node, storage, disks and cloud-init drive are right", ""),
            id="its cloud-init drive lies elsewhere, which is no matter",
        ),
    ],
)
def test_what_would_only_show_at_the_first_clone_or_start(profile, spec, found):
    """E8: the doctor was content, and no desktop started, or room was looked for where nothing lies."""
    twin = Twin(a_twin_spec(**spec), EventHeap(EPOCH))
    client = VirtualHypervisor(twin, key=NOTE_KEY)

    (finding,) = examine_templates(client, _view(client), profile, installation=INSTALLATION)

    grade, text, fix = found
    assert finding.grade is grade
    assert text in finding.text
    assert fix in finding.fix


@pytest.mark.parametrize(
    ("said", "found"),
    [
        pytest.param(
            "",
            [(Grade.GOOD, "template 9000 on pve1: found; node, storage, disks and cloud-init drive are right")],
            id="nothing",
        ),
        pytest.param(
            "0",
            [(Grade.GOOD, "template 9000 on pve1: found; node, storage, disks and cloud-init drive are right")],
            id="the same",
        ),
        pytest.param(
            "1",
            [
                (
                    Grade.DOUBTFUL,
                    "template 9000 on pve1: it has ciupgrade 1, the profile upgrade_at_first_boot false: the profile decides",
                )
            ],
            id="something else",
        ),
    ],
)
def test_a_template_that_speaks_of_upgrades(said, found):
    """E1: the profile decides, and the finding on the template says so."""
    twin = Twin(a_twin_spec(), EventHeap(EPOCH))
    twin.cluster.guests[9000].config |= {"ciupgrade": said} if said else {}
    client = VirtualHypervisor(twin, key=NOTE_KEY)

    findings = examine_templates(client, _view(client), _profile(_template()), installation=INSTALLATION)

    assert [(finding.grade, finding.text) for finding in findings] == found


def test_many_templates_are_counted_after_the_fourth():
    templates = [_template(8000 + number) for number in range(16)]

    assert [finding.text for finding in _findings(*templates)] == [
        "template 8000 on pve1, 8001 on pve1, 8002 on pve1, 8003 on pve1 and 12 more: there is no such VM, "
        "or it is hidden from the token (no VM.Audit on this VM)"
    ]


@pytest.mark.parametrize(
    ("findings", "stands_in_the_way"),
    [
        pytest.param([], False, id="nothing"),
        pytest.param([good("a", SAID), doubtful("a", SAID)], False, id="a doubt does not"),
        pytest.param([good("a", SAID), bad("a", SAID)], True, id="a fault does"),
    ],
)
def test_is_bad(findings, stands_in_the_way):
    assert is_bad(findings) is stands_in_the_way
