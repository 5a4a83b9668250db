"""Faults of desktops, sessions and clusters: A1 to A16."""

from collections.abc import Callable
from functools import partial

from provisioner.model.ids import Vmid
from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.twin.model.locks import quiet
from tests.bench.faults import changes, guests
from tests.bench.faults.case import HOUR_S, Case
from tests.bench.faults.ears import Reason
from tests.bench.faults.heard import (
    anything,
    clone_fails,
    fails,
    lacks_desktops,
    lists,
    proves_nothing,
    reports_session,
    unseen_clones,
)
from tests.bench.faults.scene import CLUSTER, Scene
from tests.builders.rehearsal import FIRST_VMID

_LATE_S = 60.0
"""An older view is reported (observation_schedule.LATE_S)."""
_OVERDUE_S = 3600.0
"""So long after it was due a leaver's step is overdue (leaver_ladder.OVERDUE_AFTER_S)."""
_STOP_AFTER_S = 600.0
_SOMEBODY_ELSES = {"name": "payroll", "memory": "8192", "description": "payroll, do not touch"}
_PAUSED = ("bascule_cluster_paused", CLUSTER)
_UNKNOWN = ("bascule_desktops", "unknown")


def a_few(scene: Scene) -> int:
    """Of the people: one in forty, at least one."""
    return max(1, scene.people // 40)


# -- hidden and foreign VMs -------------------------------------------------------------------------------------------


def _blind(scene: Scene) -> None:
    scene.take_away("/vms", "VM.Audit")


def _numbers_of_others(scene: Scene) -> None:
    for vmid in range(FIRST_VMID, FIRST_VMID + 2 * scene.people):
        scene.make(vmid, "pve1", name=f"other-{vmid}")
        scene.grant(f"/vms/{vmid}", "Blind", *changes.NEEDED["/vms"] - {"VM.Audit"})


def _another_key(scene: Scene, *, store_lost: bool) -> None:
    scene.restart(key=b"another one", store_lost=store_lost)
    scene.joins(a_few(scene))


def _one_unlisted(scene: Scene) -> None:
    scene.veil.hidden = {scene.desktops[0].vmid}.__contains__
    scene.after(60.0, scene.veil.lift)


def _half_unlisted(scene: Scene) -> None:
    half = {guest.vmid for guest in scene.desktops[::2]}
    scene.veil.hidden = scene.veil.free = half.__contains__


def _unreadable(scene: Scene, *, store_lost: bool) -> None:
    scene.make(FIRST_VMID + 4000, "pve1", name="locked-away")
    scene.veil.unreadable = {FIRST_VMID + 4000}.__contains__
    scene.restart(store_lost=store_lost)
    scene.joins(a_few(scene))


def _swapped(scene: Scene) -> None:
    """The first VM that is to be configured is deleted, and somebody makes their own under its number."""

    def swap(request: ApiRequest) -> None:
        if request.path.endswith("/config") and int(request.path.split("/")[4]) >= FIRST_VMID:
            scene.before = lambda _: None
            vmid = int(request.path.split("/")[4])
            scene.make(vmid, scene.twin.cluster.guests[vmid].node, **_SOMEBODY_ELSES)

    scene.before = swap


def _copied(scene: Scene) -> None:
    """While the daemon is down, a desktop is deleted, and a copy of it without its note made under its number."""
    guest = scene.desktops[0]
    config = {key: guest.config[key] for key in ("name", "tags", "memory", "cores")}
    scene.make(guest.vmid, guest.node, description="made from a copy of a desktop", **config)
    scene.restart()


# -- existing desktops that must not change ---------------------------------------------------------------------------


def _smaller_profile(scene: Scene) -> None:
    scene.follow(changes.with_profile(memory_mib=2048)(scene.config))
    scene.joins(3 * scene.people // 10)


def _overcommitted(scene: Scene) -> str:
    share = scene.config.budget.memory_share
    used = dict.fromkeys(scene.twin.cluster.nodes, 0)
    for guest in scene.twin.cluster.guests.values():
        used[guest.node] += guest.memory_mib if guest.running else 0
    most = max(used[node.name] / node.memory_mib for node in scene.spec.nodes)
    return "" if most <= share else f"a node's memory is booked to {most:.0%}"


def _firewall(scene: Scene) -> None:
    for template in scene.spec.templates:
        scene.twin.cluster.guests[template.vmid].config["net0"] = "virtio=BC:24:11:00:00:01,bridge=vmbr0,firewall=1,mtu=1400"
        scene.theirs(template.vmid)


def _without_firewall(scene: Scene) -> str:
    bare = sum("firewall=1,mtu=1400" not in guest.config.get("net0", "") for guest in scene.desktops)
    return f"{bare} cards have lost what their template says" if bare else ""


def _tags_off(scene: Scene) -> None:
    for guest in scene.desktops[: a_few(scene)]:
        scene.by_hand("PUT", f"/nodes/{guest.node}/qemu/{guest.vmid}/config", delete="tags")


def _restarts(scene: Scene) -> str:
    """No desktop was started a second time."""
    again = sum(guest.boots != 1 for guest in scene.desktops)
    return f"{again} desktops were started again" if again else ""


def _template_of_a_desktop(scene: Scene) -> None:
    for template in scene.spec.templates:
        scene.twin.cluster.guests[template.vmid].config["tags"] = "bascule-lab;golden"
        scene.theirs(template.vmid)


# -- a pool, and its lock ---------------------------------------------------------------------------------------------


def _rival_of_user_cfg(scene: Scene) -> None:
    lock = scene.twin.cluster.user_cfg
    assert next(lock.acquire(quiet), None) is None
    scene.after(600.0, lock.release)


def all_ready(scene: Scene) -> str:
    """Everybody who was there from the start."""
    return "" if scene.ready == scene.people else f"{scene.ready} of {scene.people} are ready"


# -- who is logged on -------------------------------------------------------------------------------------------------


def _comes_as_it_is_stopped(scene: Scene) -> None:
    """Leavers log on seconds before their desktops are due, and their older documents still report no session."""
    for vmid in scene.leave(a_few(scene)):
        guest = scene.twin.cluster.guests[vmid]
        scene.after(_STOP_AFTER_S - 3.0, partial(guests.keep_as_written, scene, guest))
        scene.after(_STOP_AFTER_S - 1.0, partial(guests.log_on, scene, guest))
    scene.after(_STOP_AFTER_S, scene.hear)


def _cut(scene: Scene) -> str:
    cut = scene.twin.truth().cut
    return f"{cut} sessions were cut" if cut else ""


def _leaver_says_nothing(scene: Scene) -> None:
    for vmid in scene.leave(a_few(scene)):
        scene.twin.cluster.guests[vmid].dead_agent = True
    scene.after(_STOP_AFTER_S + _OVERDUE_S, scene.hear)


def _say(*logins: str) -> Callable[[Scene], None]:
    def say(scene: Scene) -> None:
        scene.says = guests.guests_say(guests.sessions_of(*logins), [scene.desktops[0].vmid])

    return say


def _big_files(scene: Scene) -> None:
    for guest in scene.desktops[: a_few(scene)]:
        guest.status_file = "x" * 2**24


# -- what never answers -----------------------------------------------------------------------------------------------


def _silent_cluster(scene: Scene) -> None:
    def says(request: ApiRequest, answer: ApiResponse) -> ApiResponse | None:
        if request.path != "/cluster/resources":
            return answer
        scene.after(_LATE_S - 1.0, scene.hear)
        return None

    scene.says = says


def _silent_clone(scene: Scene) -> None:
    def says(request: ApiRequest, answer: ApiResponse) -> ApiResponse | None:
        if not request.endpoint.endswith("/clone"):
            return answer
        scene.says = lambda _, answer: answer
        return None

    scene.says = says


# -- what may not be deleted ------------------------------------------------------------------------------------------


def _protected(scene: Scene) -> None:
    for vmid in scene.leave(a_few(scene)):
        scene.twin.cluster.guests[vmid].config["protection"] = "1"


def _chatter(scene: Scene) -> str:
    lines = sum(entry.what == "delete" for entry in scene.store.journal(limit=100_000))
    most = 12 * a_few(scene)
    return "" if lines <= most else f"{lines} journal lines of deletes"


def cases() -> tuple[Case, ...]:
    """New cases each time: some keep state."""
    return (
        Case(
            row="A1", what="the token has VM.Audit on the templates alone",
            rights=changes.on_templates_alone, heard=unseen_clones(3),
            reason=Reason(words="VM.Audit", metric=("bascule_action_errors_total", "unseen")),
        ),
        Case(
            row="A1", what="VM.Audit is taken away while everybody works",
            rights=changes.lacking(), at_work=_blind, heard=lacks_desktops,
            reason=Reason(words="VM.Audit", metric=_UNKNOWN),
        ),
        Case(
            row="A1", what="VMs of others, out of sight, hold our numbers",
            rights=changes.lacking(), at_start=_numbers_of_others, heard=fails("clone", "exist"),
            reason=Reason(words="already exists", metric=("bascule_action_errors_total", "id_taken")),
        ),
        Case(
            row="A2", what="another note key, and the store is lost",
            at_work=partial(_another_key, store_lost=True), heard=fails("verify", "note_key"),
            reason=Reason(words="note_key", metric=("bascule_action_errors_total", "other_key")),
        ),
        Case(
            row="A2", what="another note key, the store is kept",
            at_work=partial(_another_key, store_lost=False), heard=fails("verify", "note_key"),
            reason=Reason(words="note_key", metric=("bascule_action_errors_total", "other_key")),
        ),
        Case(
            row="A3", what="the profile is made smaller, and 30 % more people come",
            spec=changes.nodes_of(memory_mib=144 * 1024), at_work=_smaller_profile, heard=anything, held=_overcommitted,
            reason=Reason(words="outdated", metric=("bascule_differences", "outdated")),
        ),
        Case(row="A4", what="the template's card has a firewall", at_start=_firewall, held=_without_firewall, reason=None),
        Case(
            row="A5", what="rights on a pool alone; VMs out of sight fill the nodes",
            spec=changes.with_full_nodes, config=changes.into_pool, rights=changes.on_pool, heard=anything,
            reason=Reason(words="memory", metric=("bascule_queue_length", "memory")),
        ),
        Case(
            row="A5", what="somebody holds the lock of user.cfg for ten minutes",
            spec=changes.with_pool, config=changes.into_pool, at_start=_rival_of_user_cfg, held=all_ready, brief_s=1300.0,
            heard=clone_fails("user.cfg"),
            reason=Reason(words="user.cfg", metric=("bascule_action_errors_total", "user_config_busy")),
        ),
        Case(
            row="A6", what="leavers log on again as they are shut down, and their documents are older",
            config=changes.with_ladder(stop_after_s=_STOP_AFTER_S), at_work=_comes_as_it_is_stopped, held=_cut, brief_s=800.0,
            reason=Reason(words="not shut down, its sessions are unknown", metric=("bascule_queue_length", "safety")),
        ),
        Case(
            row="A7", what="a listing lacks one desktop in use for a minute",
            at_work=_one_unlisted, heard=lacks_desktops, held=_restarts,
            reason=Reason(words="is missing from the VM list", metric=_UNKNOWN),
        ),
        Case(
            row="A7", what="listings lack half of the desktops, and their numbers are said to be free",
            at_work=_half_unlisted, heard=lacks_desktops, held=_restarts,
            reason=Reason(words="bascule desktop retry", metric=_UNKNOWN),
        ),
        Case(
            row="A8", what="somebody takes all tags off desktops in use",
            at_work=_tags_off, heard=lists(lambda view: not view.guests[Vmid(FIRST_VMID)].tags),
            held=_restarts, reason=Reason(words="retagged", metric=("bascule_differences", "retagged")),
        ),
        Case(
            row="A9", what="leavers turn their guest agents off: counted from when their stop is overdue",
            config=changes.with_ladder(stop_after_s=_STOP_AFTER_S), at_work=_leaver_says_nothing,
            lasts_s=2 * HOUR_S, brief_s=4400.0,
            reason=Reason(words="overdue", metric=("bascule_desktops_leaving_overdue", "stopped")),
        ),
        Case(
            row="A10", what="a desktop tells of 256 sessions",
            at_work=_say(*(f"ghost{number}" for number in range(256))), heard=fails("checkguest", "max_sessions"),
            reason=Reason(words="max_sessions", metric=("bascule_desktops_guest_unknown", "crowded")),
        ),
        Case(
            row="A10", what="a stranger is logged on to somebody's desktop",
            at_work=_say("root"), heard=reports_session("root"),
            reason=Reason(
                words="strangers are logged on: root", log="a stranger is logged on", metric=("bascule_sessions_of_strangers",)
            ),
        ),
        Case(
            row="A11", what="status documents of 16 MiB",
            at_work=_big_files, heard=fails("checkguest", "larger than"),
            reason=Reason(words="larger than 65536 bytes", metric=("bascule_desktops_guest_unknown", "unreadable")),
        ),
        Case(
            row="A12", what="a VM of others in our range cannot be read",
            at_work=partial(_unreadable, store_lost=False), heard=fails("verify"),
            reason=Reason(words=f"VM {FIRST_VMID + 4000}", metric=("bascule_action_errors_total", "forbidden")),
        ),
        Case(
            row="A12", what="the same, and the store is lost",
            at_work=partial(_unreadable, store_lost=True), heard=fails("verify"),
            reason=Reason(words=f"VM {FIRST_VMID + 4000}", metric=("bascule_action_errors_total", "forbidden")),
        ),
        Case(
            row="A13", what="the cluster's listing never ends: counted from a minute on", at_work=_silent_cluster,
            reason=Reason(words="no answer for", metric=_PAUSED),
        ),
        Case(
            row="A13", what="a clone's order is never answered", at_start=_silent_clone, held=all_ready, reason=None,
        ),
        Case(
            row="A14", what="somebody's own VM under our number, right before it is configured",
            at_start=_swapped, heard=fails("configure"), held=all_ready,
            reason=Reason(
                words="ownership note has not been read", log="does not prove it",
                metric=("bascule_action_errors_total", "not_ours"),
            ),
        ),
        Case(
            row="A14", what="a copy of a desktop under its number, made while the daemon was down",
            at_work=_copied, heard=proves_nothing, held=all_ready,
            reason=Reason(words="unknown_vm", log="without a note of ours", metric=("bascule_differences", "unknown_vm")),
        ),
        Case(
            row="A16", what="the templates were made from a desktop, with our tag",
            at_start=_template_of_a_desktop, heard=anything,
            reason=Reason(words="has the tag bascule-lab", metric=("bascule_queue_length", "templates")),
        ),
        Case(
            row="A16", what="the VMs of leavers are protected, and to be deleted",
            config=changes.with_deletes,
            at_work=_protected, heard=fails("delete"), held=_chatter, brief_s=800.0,
            reason=Reason(words="protection mode", metric=("bascule_action_errors_total", "refused")),
        ),
    )  # fmt: skip


__all__ = ["all_ready", "cases"]
