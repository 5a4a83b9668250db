"""What a trial's clones have shown of each storage, beside what is assumed: seconds, those in the lock, and whether linked."""

from collections.abc import Iterator, Sequence, Set
from statistics import fmean

from provisioner.actions.client import PveClient
from provisioner.doctor.findings import Finding, doubtful, good
from provisioner.doctor.storage import examine_cluster
from provisioner.errors import HypervisorError
from provisioner.model.ids import Instant, Upid, Vmid
from provisioner.model.machines.cluster import ClusterView, Task
from provisioner.model.machines.twin_spec import Durations, StorageSpec
from provisioner.model.people.profiles import Profile
from provisioner.reasons import storage as words
from provisioner.reasons import subjects
from provisioner.storage_advice.layouts import StorageUse, storage_at
from provisioner.storage_advice.lock_holds import LockHold

OPERATION_S = StorageSpec(storage="", shared=False).image_operation_s
"""Assumed of every kind of storage that nobody has measured: seconds of one operation under the lock."""
OUTSIDE_S = Durations().clone_outside_lock_s
"""Assumed: seconds of a linked clone outside the lock."""
_TIMES = 2.0
"""From this factor on it is said that it differs."""
_TASK_S = 1.0
"""Proxmox VE gives the times of tasks in whole seconds."""
_LINKED, _WHOLE = "create linked clone of drive", "create full clone of drive"
"""Lines of a clone's log, as recorded. A cloud-init drive is always made in full."""


def examine_clones(client: PveClient, profiles: Sequence[Profile], *, since: Instant) -> Iterator[Finding]:
    """Of each storage of the profiles on one cluster, by the clones that ended since then."""
    found: list[Finding] = []
    cluster = examine_cluster(client, profiles, found, since=since)
    if cluster.view is None:
        yield from found
        return
    for use in cluster.uses:
        yield _of_storage(client, cluster.view, use, _templates_of(profiles, use))


def _of_storage(client: PveClient, view: ClusterView, use: StorageUse, templates: Set[Vmid]) -> Finding:
    subject = subjects.CLUSTER(cluster=use.cluster)
    clones = list(_clones(view, use, templates))
    if not clones or use.hold is None:
        return doubtful(subject, words.CLONES_NOT_SHOWN(storage=use.storage))
    took_s = fmean((task.ended_at or 0.0) - task.started_at for task in clones)
    linked = _was_linked(client, clones[-1])
    lock_s = min(use.hold.each_s, took_s)
    assumed_s = use.layout.operations * OPERATION_S
    text = dict[str, str | float](
        storage=use.storage,
        kind=_kind(view, use),
        took_s=took_s,
        lock=(words.LOCK_MEASURED if use.hold.together else words.LOCK_AT_MOST)(seconds=lock_s),
        assumed_s=assumed_s,
        operations=use.layout.operations,
        how=words.CLONE_LINKED() if linked else words.CLONE_WHOLE() if linked is False else words.CLONE_UNSAID(),
    )
    if use.layout.copies_gib or (linked is not False and not _differs(lock_s, assumed_s, use.hold)):
        return good(subject, words.CLONES_SHOWN(**text))
    return doubtful(subject, words.CLONES_DIFFER(**text))


def _differs(lock_s: float, assumed_s: float, hold: LockHold) -> bool:
    """By more than the factor, whatever the whole seconds hide. An upper bound also has what is outside the lock."""
    outside_s, unsure_s = 0.0 if hold.together else OUTSIDE_S, _TASK_S / hold.clones
    return lock_s - unsure_s > _TIMES * (assumed_s + outside_s) or lock_s + unsure_s < assumed_s / _TIMES


def _templates_of(profiles: Sequence[Profile], use: StorageUse) -> Set[Vmid]:
    return {
        template.vmid
        for profile in profiles
        for template in profile.templates
        if template.cluster == use.cluster and (profile.storage or template.storage) == use.storage
    }


def _clones(view: ClusterView, use: StorageUse, templates: Set[Vmid]) -> Iterator[Task]:
    """Those that came out, in the order of their ends. A clone's task names its template."""
    of_use = (task for task in view.tasks if task.node.node in use.nodes and task.guest in templates)
    made = (task for task in of_use if task.kind == "qmclone" and task.succeeded)
    yield from sorted(made, key=lambda task: task.ended_at or 0.0)


def _kind(view: ClusterView, use: StorageUse) -> str:
    entry = storage_at(view, use.nodes[0], use.storage)
    return entry.kind if entry is not None else ""


def _was_linked(client: PveClient, task: Task) -> bool | None:
    """By its log; None: it does not say."""
    try:
        log = client.task_log(task.node, Upid(task.upid))
    except HypervisorError:
        return None
    if any(line.startswith(_LINKED) for line in log):
        return True
    return False if any(line.startswith(_WHOLE) for line in log) else None


__all__ = ["OPERATION_S", "OUTSIDE_S", "examine_clones"]
