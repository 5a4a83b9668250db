"""What an observation says of an action under way: whether it is done, failed, or nothing yet."""

from collections.abc import Callable
from dataclasses import replace

from provisioner.actions.registry import place_of, spec_of
from provisioner.actions.spec import EndSignal
from provisioner.errors import BasculeError, GoneOrMoved, HypervisorError, OutcomeUnknown, Unseen
from provisioner.execution.retries import ActionEnding, after, done
from provisioner.model.actions import Action, Clone, Outcome
from provisioner.model.cluster import ClusterView, Guest, Task
from provisioner.model.ids import Instant, NodeName, TaskKey
from provisioner.model.work import ARRIVAL_S, Work

_SLOW_CLONE_S = 60.0
"""A linked clone is out within seconds, and within half a minute where it waits for locks: after twice that its node may have
come back without anybody at work on it."""
_CLOCKS_DIFFER_S = 5.0
"""Between a node's clock and ours, both kept by NTP; the tries of one desktop lie farther apart."""
TaskError = Callable[[str, str], BasculeError]
"""From a failed task's exit status and what was being done to the error it is (pve.faults.error_for_task)."""


def outcome_of(work: Work, view: ClusterView, now: Instant, task_error: TaskError, installation: str) -> Outcome | None:
    """What became of it; None: nothing to be said yet."""
    action, guest = work.action, view.guests.get(work.action.key.vmid)
    ending = ActionEnding(started_at=work.ordered_at, now=view.taken_at)
    if not view.complete_on(node_of(work, view)):
        lost = now >= action.deadline
        return after(OutcomeUnknown("its node went offline meanwhile"), action, ending) if lost else None
    if _reached(action, guest, installation):
        return done(action, ending)
    task = _ended_task(work, view)
    failed = task is not None and not task.succeeded
    if isinstance(action, Clone) and guest is not None and not failed and now < action.deadline:
        return None  # still locked
    if task is not None and (outcome := _by_task(action, task, ending, task_error)):
        return outcome
    if spec_of(action).ends is EndSignal.WRITTEN and work.upid is not None:
        if guest is None:
            return after(GoneOrMoved("configured, and no listing shows its VM any more"), action, ending)
        return after(HypervisorError("configured, and its tags are not there: changed by hand?"), action, ending)
    under_way = any(_is_of(one, work) for one in view.tasks)
    if work.upid is None and not under_way and view.taken_at >= (work.answered_at or now) + ARRIVAL_S:
        return after(HypervisorError("its answer was lost, and it has left no trace"), action, ending)
    if now >= action.deadline:
        return after(HypervisorError(f"nothing was seen of it by its deadline (task {work.upid})"), action, ending)
    return None


def came_out(work: Work, view: ClusterView) -> bool:
    """Our own clone, seen to come out where we ordered it, proves itself; any other is asked for its note."""
    action = work.action
    if not isinstance(action, Clone) or work.upid is None:
        return False
    guest = view.guests.get(action.key.vmid)
    return guest is not None and guest.lock != "clone" and guest.node == action.reservation.node


def is_puzzling(work: Work, view: ClusterView, now: Instant, patience_s: float) -> bool:
    """Whether the task list would explain it: a clone vanished or takes long; the rest has not shown by `patience_s`."""
    action, guest = work.action, view.guests.get(work.action.key.vmid)
    if isinstance(action, Clone):
        taken_s = view.taken_at - (work.answered_at or now)
        return taken_s >= (0.0 if guest is None else _SLOW_CLONE_S)
    if spec_of(action).ends is EndSignal.TASK:
        patience_s = patience_s if work.upid is not None else 0.0  # an answer that was lost is looked for at once
        return not _reached(action, guest) and now >= (work.answered_at or now) + patience_s
    return False


def node_of(work: Work, view: ClusterView) -> NodeName:
    """Where its guest is; before it is seen anywhere, where it was ordered."""
    guest = view.guests.get(work.action.key.vmid)
    return place_of(work.action) if guest is None else guest.node


def _reached(action: Action, guest: Guest | None, installation: str = "") -> bool:
    return spec_of(action).reached(action, guest, installation)


def _by_task(action: Action, task: Task, ending: ActionEnding, task_error: TaskError) -> Outcome | None:
    if task.status is not None and not task.succeeded:
        outcome = after(task_error(task.status, f"{action.word} {action.desktop}"), action, ending)
        return replace(outcome, task=TaskKey(task.node, task.upid))
    if isinstance(action, Clone) and (task.ended_at or 0.0) < ending.now - _CLOCKS_DIFFER_S:
        text = f"its clone ended well, and the listing does not show it: give the token VM.Audit on {_where(action)}"
        return after(Unseen(text), action, ending)
    # A clone comes into its pool at its very end, and a token that has its rights there sees it from then on: the listing was
    # read before the task list, and need not show it yet.
    return None  # done on its node; the listing that planning reads will show it within 10 s, or never


def _where(action: Clone) -> str:
    return f"/vms/{action.key.vmid}" if action.pool is None else f"/pool/{action.pool}"


def _ended_task(work: Work, view: ClusterView) -> Task | None:
    ended = (task for task in view.tasks if task.ended_at is not None)
    return next((task for task in ended if _is_of(task, work)), None)


def _is_of(task: Task, work: Work) -> bool:
    """Where the answer was lost: the task names its VM, but for a clone's, and began when it was ordered."""
    if work.upid is not None:
        return task.upid == work.upid
    kinds, begun = spec_of(work.action).tasks, task.started_at >= work.ordered_at - _CLOCKS_DIFFER_S
    return task.kind in kinds and task.guest == work.action.key.vmid and begun
