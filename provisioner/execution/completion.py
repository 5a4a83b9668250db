"""The outcome of an action under way, as an observation shows it: done, failed, or still open."""

from collections.abc import Callable
from dataclasses import replace

from provisioner.actions.migrate import MOVED_BY_US
from provisioner.actions.registry import place_of, spec_of
from provisioner.actions.spec import EndSignal
from provisioner.errors import BasculeError, GoneOrMoved, HollowClone, HypervisorError, OutcomeUnknown, Unseen
from provisioner.execution.retries import ActionEnding, after, done
from provisioner.model.actions import Action, Clone, Migrate, Outcome
from provisioner.model.commands import ARRIVAL_S, Work
from provisioner.model.ids import Instant, NodeName, TaskKey, rights_path
from provisioner.model.machines.cluster import ClusterView, Guest, Task

_SLOW_CLONE_S = 60.0
"""A linked clone takes seconds, and up to half a minute if it waits for locks. After twice that, the node may have restarted,
and the clone's task is gone."""
_CLOCKS_DIFFER_S = 5.0
"""The most that a node's clock and ours differ, both kept by NTP. Tries of one desktop are farther apart."""
_HA_ROUNDS_S = 120.0
"""A round of HA's manager takes ten seconds; it may have others to move before."""
TaskError = Callable[[str, str], BasculeError]
"""The error for a failed task: from its exit status and a text that names the action (pve.faults.error_for_task)."""


def outcome_of(work: Work, view: ClusterView, now: Instant, task_error: TaskError, installation: str) -> Outcome | None:
    """The outcome; None: still open. In this order:

    1. the guest's node is offline: nothing is known, until the deadline;
    2. the listing shows the result: done;
    3. a clone is listed: done if it is unlocked and its task has ended well, else open, until its task has failed or the
       deadline has passed;
    4. its task has ended: failed, or a clone that the listing does not show;
    5. a write that was answered, without its effect in the listing: changed by hand, or its VM is gone;
    6. its answer was lost, and there is no trace of it: it did not arrive;
    7. the deadline has passed: failed.
    """
    action, guest = work.action, view.guests.get(work.action.key.vmid)
    ending = ActionEnding(started_at=work.ordered_at, now=view.taken_at)
    if not view.complete_on(node_of(work, view)):
        lost = now >= action.deadline
        return after(OutcomeUnknown("its node went offline meanwhile"), action, ending) if lost else None
    if _reached(action, guest, installation):
        return done(action, ending)
    task = _ended_task(work, view)
    failed = task is not None and not task.succeeded
    if isinstance(action, Clone) and guest is not None and not failed:
        if task is not None and action.is_unlocked(guest):
            return done(action, ending)
        if now < action.deadline:
            return None
    if failed and _is_hollow(action, guest):
        return after(HollowClone("its clone failed at the end, and left a VM without disks: delete it"), action, ending)
    if task is not None and (outcome := _by_task(action, task, ending, task_error)):
        return outcome
    if spec_of(action).ends is EndSignal.WRITTEN and work.upid is not None:
        if guest is None:
            return after(GoneOrMoved("configured, and no listing shows its VM any more"), action, ending)
        return after(HypervisorError("configured, and its tags are not there: changed by hand?"), action, ending)
    under_way = any(_is_of(task, work) for task in view.tasks)
    if work.upid is None and not under_way and view.taken_at >= (work.answered_at or now) + ARRIVAL_S:
        return after(HypervisorError("its answer was lost, and it has left no trace"), action, ending)
    if now >= action.deadline:
        return after(HypervisorError(f"nothing was seen of it by its deadline (task {work.upid})"), action, ending)
    return None


def came_out(work: Work, view: ClusterView) -> bool:
    """Whether our own clone succeeded on the ordered node: that proves it ours. Any other VM is proven by its note."""
    action = work.action
    if not isinstance(action, Clone) or work.upid is None:
        return False
    guest = view.guests.get(action.key.vmid)
    return guest is not None and guest.lock != "clone" and guest.node == action.reservation.node


def needs_task_list(work: Work, view: ClusterView, now: Instant, patience_s: float) -> bool:
    """Whether to read the task list: a clone vanished or takes long; another task shows no result after `patience_s`."""
    action, guest = work.action, view.guests.get(work.action.key.vmid)
    if isinstance(action, Clone):
        taken_s = view.taken_at - (work.answered_at or now)
        return taken_s >= (_SLOW_CLONE_S if guest is not None and guest.lock == "clone" else 0.0)
    if spec_of(action).ends is EndSignal.TASK:
        patience_s = patience_s if work.upid is not None else 0.0  # after a lost answer: at once
        return not _reached(action, guest) and now >= (work.answered_at or now) + patience_s
    return False


def node_of(work: Work, view: ClusterView) -> NodeName:
    """The node of its guest; before the guest is listed, the ordered node."""
    guest = view.guests.get(work.action.key.vmid)
    return place_of(work.action) if guest is None else guest.node


def task_node_of(work: Work, view: ClusterView) -> NodeName:
    """The node whose task list has its task: of a clone the template's, wherever its VM is."""
    return place_of(work.action) if isinstance(work.action, Clone) else node_of(work, view)


def _reached(action: Action, guest: Guest | None, installation: str = "") -> bool:
    return spec_of(action).reached(action, guest, installation)


def _by_task(action: Action, task: Task, ending: ActionEnding, task_error: TaskError) -> Outcome | None:
    if task.status is not None and not task.succeeded:
        outcome = after(task_error(task.status, f"{action.word} {action.desktop}"), action, ending)
        return replace(outcome, task=TaskKey(task.node, task.upid))
    if isinstance(action, Clone) and (task.ended_at or 0.0) < ending.now - _CLOCKS_DIFFER_S:
        where = rights_path(action.key.vmid, action.pool)
        text = f"its clone ended well, and the listing does not show it: give the token VM.Audit on {where}"
        return after(Unseen(text), action, ending)
    if isinstance(action, Migrate) and (task.ended_at or 0.0) < ending.now - _undone_s(task):
        return after(GoneOrMoved(f"its move has ended well, and it is on {action.node.node} once more"), action, ending)
    # A clone joins its pool at the very end, and a token with rights on the pool sees it only then. The listing was read before
    # the task list, so the clone may be missing from it. Other tasks show in the listing within 10 s.
    return None


def _undone_s(task: Task) -> float:
    """Seconds after the end of a move's task after which a listing that shows the VM where it was is no older than the move.

    HA's task only notes the request: its manager moves it in a later round, which shows by the VM's lock.
    """
    return _CLOCKS_DIFFER_S if task.kind == MOVED_BY_US else _HA_ROUNDS_S


def _is_hollow(action: Action, guest: Guest | None) -> bool:
    """Whether a failed clone has left its VM on the target node: Proxmox VE cleans up on the template's node only."""
    return isinstance(action, Clone) and action.is_remote and guest is not None and guest.node == action.reservation.node


def _ended_task(work: Work, view: ClusterView) -> Task | None:
    ended = (task for task in view.tasks if task.ended_at is not None)
    return next((task for task in ended if _is_of(task, work)), None)


def _is_of(task: Task, work: Work) -> bool:
    """Whether the task is the action's. If its answer was lost: by kind, VM and time (a clone's task names the template)."""
    if work.upid is not None:
        return task.upid == work.upid
    kinds, is_later = spec_of(work.action).tasks, task.started_at >= work.ordered_at - _CLOCKS_DIFFER_S
    return task.kind in kinds and task.guest == work.action.key.vmid and is_later
