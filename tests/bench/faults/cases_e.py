"""Faults that showed against the real Proxmox VE API code: E1 to E12."""

from dataclasses import replace

from provisioner.model.ids import StorageId
from provisioner.model.machines.twin_spec import BrokenQemu, StallStatus, StopDaemon, TwinSpec
from provisioner.model.site_config import SiteConfig
from provisioner.pve.wire import ApiResponse
from provisioner.twin.model.first_boot import user_data
from tests.bench.faults import changes, guests
from tests.bench.faults.case import Case, Rights
from tests.bench.faults.cases_a import all_ready
from tests.bench.faults.ears import Reason
from tests.bench.faults.heard import BOOT_S, BOOTS_S, anything, fails, fails_for_long, task_fails
from tests.bench.faults.scene import CLUSTER, Scene
from tests.builders.rehearsal import FIRST_VMID

_PAUSED = ("bascule_cluster_paused", CLUSTER)
_FORBIDDEN = ("bascule_action_errors_total", "forbidden")
_UNHEARD = "bascule_desktops_guest_unknown"
_DEAD = "QEMU guest agent is not running"
_MISSING = "Agent error: failed to open file '/run/bascule/status.json' (mode: 'r'): No such file or directory"


def _upgrades(scene: Scene) -> str:
    some = sum("package_upgrade" in user_data(guest) for guest in scene.desktops)
    return f"{some} desktops upgrade themselves" if some else all_ready(scene)


def _no_access_to_one(spec: TwinSpec) -> Rights:
    return {**changes.lacking()(spec), f"/vms/{FIRST_VMID + 2}": frozenset({"VM.Audit"})}


def _all_but_one(scene: Scene) -> str:
    return "" if scene.ready >= scene.people - 1 else f"{scene.ready} of {scene.people} are ready"


def _bridge_renamed(scene: Scene) -> None:
    cluster, before = scene.twin.cluster, scene.twin.cluster.spec
    cluster.spec = replace(before, bridges=("vmbr9",))
    scene.after(600.0, lambda: setattr(cluster, "spec", before))


def _elsewhere(config: SiteConfig) -> SiteConfig:
    """The profile names a storage where its templates do not lie."""
    (profile,) = config.profiles.values()
    templates = tuple(replace(template, storage=StorageId("elsewhere")) for template in profile.templates)
    return changes.with_profile(templates=templates)(config)


def _quick_boots(spec: TwinSpec) -> TwinSpec:
    durations = replace(spec.durations, boot_s=5.0, first_boot_s=1.0, start_task_s=0.5)
    stalls = tuple(
        StallStatus(node=node.name, at_s=20.0 + 300.0 * turn + 3 * at, for_s=60.0)
        for turn in range(12)
        for at, node in enumerate(spec.nodes)
    )
    return replace(spec, durations=durations, faults=stalls)


def _falls(scene: Scene) -> str:
    falls = sum("from 'ready' to 'starting'" in str(line) for line in scene.lines)
    return f"{falls} ready desktops fell back to starting" if falls else all_ready(scene)


def _token_expires(scene: Scene) -> None:
    scene.says = lambda _, __: ApiResponse(status=401, reason="authentication failure")


def _fail_on_one_node(scene: Scene) -> None:
    """QEMU breaks on a node, and two desktops there crash; later somebody deletes the VMs that were given up."""
    scene.twin.faults.arm(BrokenQemu(node="pve2", for_s=600.0))
    for guest in [guest for guest in scene.desktops if guest.node == "pve2"][:2]:
        scene.by_hand("POST", f"/nodes/pve2/qemu/{guest.vmid}/status/stop")

    def tidy() -> None:
        for desktop in scene.status.desktops.values():
            if desktop.superseded_by is not None:
                scene.by_hand("DELETE", f"/nodes/{desktop.node}/qemu/{desktop.reservation.vmid}")

    scene.after(300.0, tidy)


def _kept_without_vm(scene: Scene) -> str:
    left = len(scene.store.load().desktops) - len(scene.desktops)
    return f"{left} reservations without a VM are kept" if left else all_ready(scene)


def _unheard(what: str, change: guests.Change, word: str, words: str, *, for_s: float = BOOTS_S) -> Case:
    """From the first boot on."""

    def begin(scene: Scene) -> None:
        scene.says = guests.guests_say(change)

    return Case(
        row="E5",
        what=f"{what}: counted from {for_s:.0f} s on",
        at_start=begin,
        heard=fails_for_long(words, for_s=for_s),
        reason=Reason(words=words, metric=(_UNHEARD, word)),
    )


def cases() -> tuple[Case, ...]:
    """New cases each time: some keep state."""
    return (
        Case(row="E1", what="cloud-init would upgrade every desktop", held=_upgrades, reason=None),
        Case(
            row="E2", what="rights on a pool that is not configured", spec=changes.with_pool, rights=changes.on_pool,
            heard=fails("clone"), reason=Reason(words="Permission check failed", metric=_FORBIDDEN),
        ),
        Case(
            row="E3", what="no access to one VM of our range", rights=_no_access_to_one, held=_all_but_one,
            heard=fails(".*", "Permission check failed"),
            reason=Reason(words=f"vd-{FIRST_VMID + 2}.*Permission check failed", metric=_FORBIDDEN),
        ),
        Case(
            row="E3", what="VM.PowerMgmt is missing everywhere", rights=changes.lacking("VM.PowerMgmt"),
            heard=fails("start"), reason=Reason(words="VM.PowerMgmt", metric=_FORBIDDEN),
        ),
        Case(
            row="E3", what="VM.Clone is missing on every template", rights=changes.lacking("VM.Clone"),
            heard=fails("clone"), reason=Reason(words="VM.Clone", metric=_FORBIDDEN),
        ),
        _unheard("dead guest agents", guests.refused(_DEAD), "no_agent", "guest agent is not running", for_s=BOOT_S),
        _unheard("no status document", guests.refused(_MISSING), "no_file", "No such file or directory"),
        _unheard(
            "a document of another version", guests.with_document(lambda document: document.update(version=2)),
            "version", "version is 2",
        ),
        _unheard("documents that are not JSON", guests.with_document(lambda _: "{"), "unreadable", "is not JSON"),
        _unheard(
            "documents that nothing keeps current",
            guests.with_document(lambda document: document.update(written_at=document["written_at"] - 600)),
            "outdated", "keeps it current",
        ),
        Case(
            row="E6", what="pvedaemon has ended on a node that is online", spec=changes.with_faults(StopDaemon(node="pve2")),
            heard=fails("clone", "refused"), held=all_ready,
            reason=Reason(words="Connection refused", metric=("bascule_action_errors_total", "node_refuses")),
        ),
        Case(
            row="E7", what="the profile names a bridge that no node has", config=changes.with_profile(bridge="vmbr9"),
            heard=task_fails("vmbr9"),
            reason=Reason(words="bridge 'vmbr9' does not exist", metric=("bascule_action_errors_total",)),
        ),
        Case(
            row="E7", what="the bridge is away for ten minutes", at_start=_bridge_renamed, held=all_ready, brief_s=1500.0,
            heard=task_fails("vmbr0"),
            reason=Reason(words="bridge 'vmbr0' does not exist", metric=("bascule_action_errors_total",)),
        ),
        Case(
            row="E8", what="64 vCPUs on nodes of 32 cores",
            spec=changes.nodes_of(cores=32), config=changes.with_profile(vcpus=64), heard=anything,
            reason=Reason(words="no VM of 64 vCPUs starts", metric=("bascule_queue_length", "cores")),
        ),
        Case(
            row="E8", what="the profile names a storage where its templates do not lie", config=_elsewhere,
            heard=anything, reason=Reason(words="elsewhere", metric=("bascule_queue_length",)),
        ),
        Case(
            row="E9", what="pvestatd hangs for a minute, every five minutes, on all nodes",
            spec=_quick_boots, held=_falls, reason=None,
        ),
        Case(
            row="E10", what="each look is refused: the token has expired",
            at_work=_token_expires, heard=fails("observe", "authentication"),
            reason=Reason(words="authentication failure", metric=_PAUSED),
        ),
        Case(
            row="E11", what="two desktops crash on a node where no VM starts; the VMs that were given up are deleted",
            at_work=_fail_on_one_node, heard=task_fails("QEMU"), held=_kept_without_vm, brief_s=800.0,
            reason=Reason(words="QEMU exited", metric=("bascule_action_errors_total", "place_elsewhere")),
        ),
        Case(row="E12", what="a token with the fewest rights", rights=changes.lacking(), held=all_ready, reason=None),
    )  # fmt: skip


__all__ = ["cases"]
