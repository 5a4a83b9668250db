"""Twin files: the shipped files hold the reference figures, and bad files are reported."""

from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.errors import SettingsError
from provisioner.model.machines.twin_spec import (
    ApiSpec,
    BrokenQemu,
    CutQuorum,
    DeadGuestAgents,
    DeleteTemplate,
    Durations,
    FillStorage,
    HangDesktops,
    KillNode,
    LogOns,
    LoseAnswer,
    Maintenance,
    NodeSpec,
    PushSpec,
    RandomFaults,
    RivalLocks,
    StallStatus,
    StatusSpec,
    StopDaemon,
    TwinSpec,
    VzdumpTask,
)
from provisioner.pve.privileges import FORBIDDEN, NEEDED
from provisioner.settings.shipped import shipped
from provisioner.settings.twins import load_twin, names_in
from tests.bench import stage
from tests.bench.stage import play

GOOD = """\
name: lab
nodes:
  - names: pve[1-2]
storages:
  - {storage: thin, shared: false}
templates:
  - {storage: thin, nodes: 'pve[1-2]', vmid: 9001}
"""


def reference(name: str) -> TwinSpec:
    return load_twin(shipped() / "twins" / f"{name}.yaml")


def a_file(folder: Path, text: str) -> Path:
    path = folder / "twin.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def complaints(folder: Path, text: str) -> list[str]:
    """Each as `line:column path: message`."""
    path = a_file(folder, text)
    with pytest.raises(SettingsError) as raised:
        load_twin(path)
    return [line.removeprefix(f"{path}:") for line in str(raised.value).splitlines()]


@pytest.mark.parametrize("name", ["local-16", "shared-1", "shared-4", "faulty"])
def test_what_all_reference_twins_have_in_common(name: str) -> None:
    spec = reference(name)

    assert spec.name == name
    assert spec.seed == 1
    assert spec.nodes == tuple(NodeSpec(name=f"pve{n:02d}", cores=64, memory_mib=768 * 1024) for n in range(1, 17))
    assert spec.durations == Durations(
        sigma=0.15, clone_outside_lock_s=0.2, configure_s=0.1, start_task_s=2.5, boot_s=40.0, first_boot_s=8.0,
        boots_width=8, boots_before_loss=16, boots_loss=0.01,
    )  # fmt: skip
    assert spec.api == ApiSpec(workers=3, write_s=0.05, read_s=0.01, proxy_timeout_s=30.0, unauthorised_s=3.0)
    assert spec.status == StatusSpec(period_s=10.0)
    assert [template.node for template in spec.templates] == [node.name for node in spec.nodes]
    assert {(t.vcpus, t.memory_mib, t.disk_gib, t.cloud_init) for t in spec.templates} == {(2, 4096, 32, True)}


@pytest.mark.parametrize(
    ("name", "storages", "shared", "image_s", "size_gib"),
    [
        pytest.param("local-16", 1, False, 0.60, 4096.0, id="local-16: an LVM-thin pool a node"),
        pytest.param("shared-1", 1, True, 0.53, 65536.0, id="shared-1: one storage id"),
        pytest.param("shared-4", 4, True, 0.53, 16384.0, id="shared-4: four storage ids"),
        pytest.param("faulty", 1, False, 0.60, 4096.0, id="faulty: as local-16"),
    ],
)
def test_storages_of_the_reference_twins(name: str, storages: int, shared: bool, image_s: float, size_gib: float) -> None:
    spec = reference(name)

    assert len(spec.storages) == storages
    assert {(storage.shared, storage.image_operation_s, storage.size_gib) for storage in spec.storages} == {
        (shared, image_s, size_gib)
    }
    assert {template.storage for template in spec.templates} == {storage.storage for storage in spec.storages}


SHAPES = ("early-loss", "windows", "mixed-8", "ceph-1", "wide-3", "windows-ceph", "slow-nfs")


@pytest.mark.parametrize(
    ("name", "nodes", "templates", "image_s"),
    [
        pytest.param("early-loss", 16, 16, {0.6}, id="early-loss: as local-16"),
        pytest.param("windows", 16, 16, {0.6}, id="windows: as local-16"),
        pytest.param("mixed-8", 8, 8, {0.6, 1.5}, id="mixed-8: pools, and a shared storage"),
        pytest.param("ceph-1", 16, 1, {0.53}, id="ceph-1: one storage, one template"),
        pytest.param("wide-3", 3, 1, {0.53}, id="wide-3: three large nodes"),
        pytest.param("windows-ceph", 16, 1, {0.53}, id="windows-ceph: as ceph-1"),
        pytest.param("slow-nfs", 8, 1, {2.0}, id="slow-nfs: one slow file server"),
    ],
)
def test_shapes(name: str, nodes: int, templates: int, image_s: set[float]) -> None:
    spec = reference(name)

    assert (spec.name, len(spec.nodes), len(spec.templates)) == (name, nodes, templates)
    assert {storage.image_operation_s for storage in spec.storages} == image_s


def test_what_is_special_about_a_shape() -> None:
    loss, windows, setup = (reference(name).durations for name in ("early-loss", "windows", "windows-ceph"))
    (template,) = reference("windows-ceph").templates

    assert loss == replace(Durations(), boots_before_loss=8, boots_loss=0.04)
    assert windows == replace(Durations(), sigma=0.4, boot_s=150.0, first_boot_s=60.0, boots_width=6)
    assert setup == replace(Durations(), setup_s=300.0, setup_spread_s=660.0, setup_restarts=2, setup_failures=0.03)
    assert (template.cloud_init, template.efi, template.tpm) == (True, True, True)


@pytest.mark.long
@pytest.mark.parametrize("name", SHAPES)
def test_each_shape_serves_forty_desktops(name: str) -> None:
    played = play(stage.a_spec(name, desktops=40), 40)

    assert played.truth.ready == 40


def test_only_the_faulty_twin_has_faults() -> None:
    faulty = reference("faulty")

    assert faulty.random_faults == RandomFaults(share=0.05, lock_timeouts=0.5, start_failures=0.25, lost_answers=0.25)
    assert faulty.faults == (KillNode(node="pve07", when_ready_share=0.5, of_desktops=1700),)
    assert all(reference(name).random_faults.share == 0 for name in ("local-16", "shared-1", "shared-4"))
    assert all(not reference(name).faults for name in ("local-16", "shared-1", "shared-4"))
    assert replace(faulty, name="local-16", random_faults=RandomFaults(), faults=()) == reference("local-16")


def test_the_token_has_what_bascule_needs_and_nothing_forbidden() -> None:
    spec = reference("local-16")
    (token,) = spec.tokens
    (role,) = {role for _, role in token.acl}

    assert spec.roles[role] >= frozenset().union(*NEEDED.values())
    assert spec.roles[role].isdisjoint(FORBIDDEN)
    assert token.secret not in repr(spec)
    assert token.secret != reference("local-16").tokens[0].secret, "made up each time"


def test_every_drive_of_a_template_can_be_written(tmp_path: Path) -> None:
    text = GOOD.replace("shared: false}", "shared: false, copy_gib_per_second: 0.25}")
    text = text.replace(
        "vmid: 9001}", "vmid: 9001, cloud_init_storage: fast, efi: true, tpm: true, data_disks: 2, iso: 'local:iso/x.iso'}"
    )
    spec = load_twin(a_file(tmp_path, text.replace("templates:", "  - {storage: fast, shared: true}\ntemplates:")))

    first, second = spec.templates
    assert first == replace(second, vmid=9001, node="pve1")
    assert (first.cloud_init_storage, first.efi, first.tpm, first.data_disks) == ("fast", True, True, 2)
    assert first.iso == "local:iso/x.iso"
    assert [storage.copy_gib_per_second for storage in spec.storages] == [0.25, 0.5]


def test_nodes_of_unlike_speed_can_be_written(tmp_path: Path) -> None:
    text = GOOD.replace("pve[1-2]\n", "pve1\n  - {names: pve2, speed: 0.5}\n", 1)

    assert [node.speed for node in load_twin(a_file(tmp_path, text)).nodes] == [1.0, 0.5]


def test_every_fault_can_be_written(tmp_path: Path) -> None:
    text = f"""{GOOD}
faults:
  - kill_node: {{node: pve1, at: 1min, back_after: 5min}}
  - lose_answer: {{method: POST, endpoint: '/nodes/{{node}}/qemu', nth: 3, after_effect: false}}
  - delete_template: {{vmid: 9001, at: 10s}}
  - cut_quorum: {{at: 10, lasts: 1min}}
  - fill_storage: {{storage: thin, at: 5s, node: pve2}}
  - rival_locks: {{storage: thin, hold: 2s, every: 30s, lasts: 10min}}
  - backup: {{node: pve1, vmids: [700], at: 1h}}
  - dead_guest_agents: {{share: 0.1}}
  - hang_desktops: {{share: 0.05, at: 20min}}
  - maintenance: {{node: pve2, at: 1min, lasts: 2h}}
  - broken_qemu: {{node: pve1, lasts: 1h}}
  - stop_daemon: {{node: pve1, at: 1min}}
  - stall_status: {{node: pve2, at: 1min, lasts: 60s}}
log_ons: {{concurrent: 50, spread: 2min, stay: 1h, away_after: 20min, away: 5min, visitors: 0.1, visit: 30s}}
push:
  {{url: 'https://localhost:9443/v1/report', ca_file: ca.pem, share: 0.95, every: 2min, lost: 0.01, doubled: 0.02, skew: 5min}}
"""
    spec = load_twin(a_file(tmp_path, text))

    assert spec.faults == (
        KillNode(node="pve1", at_s=60.0, back_after_s=300.0),
        LoseAnswer(method="POST", endpoint="/nodes/{node}/qemu", nth=3, after_effect=False),
        DeleteTemplate(vmid=9001, at_s=10.0),
        CutQuorum(at_s=10.0, for_s=60.0),
        FillStorage(storage="thin", at_s=5.0, node="pve2"),
        RivalLocks(storage="thin", hold_s=2.0, every_s=30.0, for_s=600.0),
        VzdumpTask(node="pve1", vmids=(700,), at_s=3600.0),
        DeadGuestAgents(share=0.1),
        HangDesktops(share=0.05, at_s=1200.0),
        Maintenance(node="pve2", at_s=60.0, for_s=7200.0),
        BrokenQemu(node="pve1", for_s=3600.0),
        StopDaemon(node="pve1", at_s=60.0),
        StallStatus(node="pve2", at_s=60.0, for_s=60.0),
    )
    assert spec.log_ons == LogOns(
        concurrent=50, spread_s=120.0, stay_s=3600.0, away_after_s=1200.0, away_s=300.0, visitors=0.1, visit_s=30.0
    )  # fmt: skip
    url = "https://localhost:9443/v1/report"
    assert spec.push == PushSpec(
        share=0.95, every_s=120.0, lost=0.01, doubled=0.02, skew_s=300.0, url=url, ca_file="ca.pem"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("pve", ("pve",), id="one name"),
        pytest.param("pve[1-3]", ("pve1", "pve2", "pve3"), id="a range"),
        pytest.param("pve[08-10]", ("pve08", "pve09", "pve10"), id="a range with leading zeros"),
        pytest.param("pve[3-1]", (), id="backwards"),
    ],
)
def test_ranges_of_names(text: str, names: tuple[str, ...]) -> None:
    assert names_in(text) == names


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param("pve[1-2]\n", "pve[2-1]\n", "3:12 nodes[0].names: is a range without a node in it", id="backwards"),
        pytest.param(
            "  - names: pve[1-2]",
            "  - names: pve[1-2]\n  - names: pve2",
            "4:12 nodes[1].names: names a node twice",
            id="a node twice",
        ),
        pytest.param(
            "nodes: 'pve[1-2]'",
            "nodes: 'pve[1-3]'",
            "7:28 templates[0].nodes: names node 'pve3', which is not one of `nodes`",
            id="a template on an unknown node",
        ),
        pytest.param(
            "{storage: thin, nodes",
            "{storage: slow, nodes",
            "7:15 templates[0].storage: names storage 'slow', which is not one of `storages`",
            id="a template on an unknown storage",
        ),
        pytest.param(
            "shared: false}",
            "shared: false, nodes: pve1}",
            "7:15 templates[0].storage: names storage 'thin', which is not available on node 'pve2'",
            id="a template where its storage is not",
        ),
        pytest.param(
            "vmid: 9001}",
            "vmid: 9001, cloud_init_storage: fast}",
            "7:72 templates[0].cloud_init_storage: names storage 'fast', which is not one of `storages`",
            id="a cloud-init drive on an unknown storage",
        ),
        pytest.param(
            "name: lab\n",
            "name: lab\npush: {url: 'http://localhost/'}\n",
            "2:13 push.url: must be a receiver's address such as https://localhost:9443/v1/report",
            id="pushes in clear",
        ),
        pytest.param("name: lab\n", "name: lab\ndurations: {boots: 3s}\n", "2:13 durations.boots: unknown key", id="unknown"),
        pytest.param(
            "name: lab\n", "name: lab\ndurations: {boot: soon}\n", "2:19 durations.boot: must be a duration", id="no duration"
        ),
        pytest.param(
            "name: lab\n",
            "name: lab\nfaults: [{kill_node: {node: pve1}}]\n",
            "2:22 faults[0].kill_node: has no time",
            id="a death without a time",
        ),
        pytest.param(
            "name: lab\n",
            "name: lab\nfaults: [{kill_node: {node: pve1, when_ready_share: 0.5}}]\n",
            "2:22 faults[0].kill_node: has when_ready_share but no of_desktops",
            id="a share of nothing",
        ),
        pytest.param(
            "name: lab\n",
            "name: lab\nfaults: [{kill_node: {node: pve7, at: 1}}]\n",
            "2:29 faults[0].kill_node.node: names node 'pve7'",
            id="the death of an unknown node",
        ),
        pytest.param("name: lab\n", "name: lab\nfaults: [{}]\n", "2:10 faults[0]: must hold exactly one of", id="no fault"),
        pytest.param(
            "name: lab\n",
            "name: lab\nrandom_faults: {share: 0.1, lock_timeouts: 0.9}\n",
            "2:16 random_faults: lock_timeouts, start_failures and lost_answers are parts",
            id="parts of more than the whole",
        ),
        pytest.param(
            "vmid: 9001}",
            "vmid: 9001}\n  - {storage: thin, nodes: pve1, vmid: 9002}",
            "8:40 templates[1].vmid: gives a VMID that is given elsewhere too",
            id="a VMID twice",
        ),
    ],
)
def test_bad_files(tmp_path: Path, old: str, new: str, message: str) -> None:
    found = complaints(tmp_path, GOOD.replace(old, new, 1))

    assert any(line.startswith(message) for line in found), found


def test_all_problems_are_reported_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("thin, nodes", "slow, nodes").replace("name: lab", "name: lab\nseed: -1\napi: {workers: 0}")

    assert len(complaints(tmp_path, text)) == 3
