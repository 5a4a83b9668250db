"""What is under way, and what each end means. Values in, values out: `order`, `absorb` and `settle` change nothing in place.

A clone, start, stop or delete is answered at once by a task id and ends when an *observation* shows what became of it; an
answer that was lost is resolved the same way. So no task is polled, and a killed daemon resumes by looking.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from provisioner.errors import BasculeError, GoneOrMoved, HypervisorError, OutcomeUnknown, word_for
from provisioner.execution.circuits import Circuits
from provisioner.execution.decisions import Ending, after, done
from provisioner.model.actions import (
    Action,
    Assign,
    CheckGuest,
    Clone,
    Configure,
    Delete,
    Outcome,
    Plan,
    Release,
    Result,
    Start,
    Stop,
    Tag,
    Verify,
)
from provisioner.model.cluster import ClusterView, Guest, Power, Task
from provisioner.model.departures import departure_tags
from provisioner.model.desktops import GuestReport, Reservation
from provisioner.model.ids import ClusterId, DesktopName, GuestKey, Instant, NodeName, TaskKey, Upid
from provisioner.model.marks import is_configured
from provisioner.model.orders import Completion, Observe, ReadDirectory, ReadTaskLog

ARRIVAL_S = 35.0
"""After this long without a trace a request whose answer was lost did not arrive: Proxmox VE's proxy gives up after 30 s."""
SLOW_CLONE_S = 60.0
"""A linked clone is out within seconds, and within half a minute where it waits for locks: after twice that its node may have
come back without anybody at work on it."""
_TASKS: Mapping[type, tuple[str, ...]] = {Start: ("qmstart",), Stop: ("qmshutdown", "qmstop"), Delete: ("qmdestroy",)}
"""Kinds of tasks whose entry names the VM. A clone's names its template."""
_CLOCKS_DIFFER_S = 5.0
"""Between a node's clock and ours, both kept by NTP; the tries of one desktop lie farther apart."""
_SEEN_LATER = Clone | Configure | Start | Stop | Tag | Delete
_AT_ONCE = Configure | Tag
"""They have no task: done when answered, and shown by the next observation."""
TaskError = Callable[[str, str], BasculeError]
"""From a failed task's exit status and what was being done to the error it is (pve.faults.error_for_task)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One action under way."""

    action: Action
    ordered_at: Instant
    answered_at: Instant | None = None
    """When its call ended; from then on observations tell."""
    upid: Upid | None = None
    """Its task (of Configure and Tag, which have none: any word); None after the answer was lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Executor:
    """Everything under way."""

    installation: str
    work: Mapping[GuestKey, Work] = field(default_factory=dict)
    circuits: Circuits = Circuits()

    @property
    def in_flight(self) -> Mapping[GuestKey, Action]:
        """The actions under way, as planning sees them."""
        return {key: one.action for key, one in self.work.items()}

    @property
    def unanswered(self) -> tuple[Action, ...]:
        """The actions whose calls have not ended yet."""
        return tuple(one.action for one in self.work.values() if one.answered_at is None)

    def paused(self, now: Instant) -> dict[ClusterId, str]:
        """Clusters to which nothing may be sent, and why."""
        waiting = ((one.action, one.ordered_at) for one in self.work.values() if one.answered_at is None)
        return self.circuits.paused(now, waiting)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What an absorbed completion or observation brought to light."""

    outcomes: tuple[Outcome, ...] = ()
    proven: tuple[DesktopName, ...] = ()
    adopted: tuple[Reservation, ...] = ()
    report: tuple[DesktopName, GuestReport] | None = None
    checked: DesktopName | None = None


def order(executor: Executor, plan: Plan, now: Instant) -> tuple[Executor, tuple[Action, ...]]:
    """Take the plan's actions up; those to be submitted come back, each once. One VM is worked on by one action at a time.

    Assignments and releases are the store's alone: they are done once they are kept.
    """
    sent = (action for action in plan.actions if not isinstance(action, Assign | Release))
    fresh = {action.key: action for action in sent if action.key not in executor.work}
    work = {**executor.work, **{key: Work(action=action, ordered_at=now) for key, action in fresh.items()}}
    return replace(executor, work=work), tuple(fresh.values())


def absorb(executor: Executor, completion: Completion) -> tuple[Executor, Effects]:
    """Take in the end of one action's call."""
    action = completion.command
    assert not isinstance(action, Observe | ReadDirectory | ReadTaskLog)  # the reconciler keeps these to itself
    work = executor.work.get(action.key)
    if work is None or work.action is not action:
        return executor, Effects()
    now, error = completion.ended_at, completion.error
    if error is None:
        circuits = executor.circuits.after_answer(action, ordered_at=work.ordered_at)
    else:
        circuits = executor.circuits.after_failure(action, word_for(type(error)), str(error), now)
    executor = replace(executor, circuits=circuits)
    if isinstance(action, _SEEN_LATER) and (error is None or isinstance(error, _unsettled_by(action))):
        upid = Upid(str(completion.answer)) if error is None else None
        return _with(executor, replace(work, answered_at=now, upid=upid)), Effects()
    return _without(executor, (action.key,)), _effects(action, work, completion)


def _unsettled_by(action: Action) -> tuple[type[BasculeError], ...]:
    """Errors after which an observation tells: what is to be deleted and is not there has gone, or has moved elsewhere."""
    return (OutcomeUnknown, GoneOrMoved) if isinstance(action, Delete) else (OutcomeUnknown,)


def settle(executor: Executor, view: ClusterView, now: Instant, *, task_error: TaskError) -> tuple[Executor, Effects]:
    """Compare what is under way with an observation taken after its call was answered."""
    ended: list[GuestKey] = []
    outcomes: list[Outcome] = []
    proven: list[DesktopName] = []
    answered = {key for key, work in executor.work.items() if key.cluster == view.cluster and _is_before(work, view, now)}
    executor = _redated(executor, now)
    circuits = executor.circuits.after_look(view, now)
    for key, work in executor.work.items():
        if key not in answered:
            continue
        outcome = _seen(work, view, now, task_error, executor.installation)
        if outcome is None:
            continue
        ended.append(key)
        outcomes.append(outcome)
        circuits = _circuits_after(circuits, work, outcome)
        if _came_out(work, view):
            proven.append(work.action.desktop)
    executor = _without(replace(executor, circuits=circuits), ended)
    return executor, Effects(outcomes=tuple(outcomes), proven=tuple(proven))


def _is_before(work: Work, view: ClusterView, now: Instant) -> bool:
    """Whether its call had been answered when the observation was made.

    One that is dated later than now was under way while the clock was put back: it says nothing of what was answered since.
    """
    if work.answered_at is None or work.answered_at > view.taken_at:
        return False
    return view.taken_at <= now or work.answered_at > now


def _circuits_after(circuits: Circuits, work: Work, outcome: Outcome) -> Circuits:
    if outcome.result is Result.DONE:
        return circuits.after_success(work.action, ordered_at=work.ordered_at)
    return circuits.after_failure(work.action, outcome.error, outcome.reason, outcome.ended_at)


def _redated(executor: Executor, now: Instant) -> Executor:
    """After the clock was put back, what was ordered "later" counts as ordered now: else it stays in flight as long."""
    late = {key: _since(now, one) for key, one in executor.work.items() if _is_later(one, now)}
    return replace(executor, work={**executor.work, **late}) if late else executor


def _is_later(work: Work, now: Instant) -> bool:
    return work.answered_at is not None and max(work.ordered_at, work.answered_at) > now + ARRIVAL_S


def _since(now: Instant, work: Work) -> Work:
    deadline = now + work.action.deadline - work.ordered_at
    return replace(work, ordered_at=now, answered_at=now, action=replace(work.action, deadline=deadline))


def nodes_to_look_up(executor: Executor, view: ClusterView | None, now: Instant, *, patience_s: float) -> frozenset[NodeName]:
    """The nodes whose task lists would explain something: a clone that vanished or takes long, a start not seen running."""
    if view is None:
        return frozenset()
    wanted: set[NodeName] = set()
    for key, work in executor.work.items():
        if key.cluster == view.cluster and work.answered_at is not None and _puzzling(work, view, now, patience_s):
            wanted.add(_node_of(work, view))
    return frozenset(wanted)


# -- the end of a call -----------------------------------------------------------------------------------------------


def _effects(action: Action, work: Work, completion: Completion) -> Effects:
    ending = Ending(started_at=work.ordered_at, now=completion.ended_at)
    if isinstance(action, CheckGuest):
        answer = completion.answer
        report = (action.desktop, answer) if isinstance(answer, GuestReport) else None
        return Effects(report=report, checked=action.desktop)
    if completion.error is not None:
        return Effects(outcomes=(after(completion.error, action, ending),))
    if isinstance(action, Verify):
        return _verified(action, completion.answer, ending)
    return Effects(outcomes=(done(action, ending),))


def _verified(action: Verify, answer: object, ending: Ending) -> Effects:
    if isinstance(answer, Reservation):
        outcome = done(action, replace(ending, reason="its note proves it ours"))
        return Effects(outcomes=(outcome,), adopted=(answer,))
    reason = f"VM {action.key.vmid} lies in our VMID range without a note of ours: it is foreign, and its VMID is left alone"
    outcome = done(action, replace(ending, reason=reason))
    return Effects(outcomes=(replace(outcome, retire_vmid=True),))


# -- what an observation says ----------------------------------------------------------------------------------------


def _seen(work: Work, view: ClusterView, now: Instant, task_error: TaskError, installation: str) -> Outcome | None:
    """What became of it; None: nothing to be said yet."""
    action, guest = work.action, view.guests.get(work.action.key.vmid)
    ending = Ending(started_at=work.ordered_at, now=view.taken_at)
    if not view.complete_on(_node_of(work, view)):
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
    if isinstance(action, _AT_ONCE) and work.upid is not None:
        return after(HypervisorError("configured, and its tags are not there: changed by hand?"), action, ending)
    under_way = any(_is_of(one, work) for one in view.tasks)
    if work.upid is None and not under_way and view.taken_at >= (work.answered_at or now) + ARRIVAL_S:
        return after(HypervisorError("its answer was lost, and it has left no trace"), action, ending)
    if now >= action.deadline:
        return after(HypervisorError(f"nothing was seen of it by its deadline (task {work.upid})"), action, ending)
    return None


def _reached(action: Action, guest: Guest | None, installation: str = "") -> bool:
    match action:
        case Configure():
            return guest is not None and is_configured(guest, installation)
        case Clone():
            return guest is not None and guest.lock != "clone"
        case Start():
            return guest is not None and guest.power is Power.RUNNING
        case Stop():
            return guest is not None and guest.power is Power.STOPPED
        case Tag():
            return guest is not None and departure_tags(guest.tags) == action.tags
        case Delete():
            return guest is None
        case _:
            return False


def _by_task(action: Action, task: Task, ending: Ending, task_error: TaskError) -> Outcome | None:
    if task.status is not None and not task.succeeded:
        outcome = after(task_error(task.status, f"{type(action).__name__.lower()} {action.desktop}"), action, ending)
        return replace(outcome, task=TaskKey(task.node, task.upid))
    if isinstance(action, Clone):
        return after(HypervisorError("its clone came out and has vanished since: deleted by hand?"), action, ending)
    return None  # done on its node; the listing that planning reads will show it within 10 s, or never


def _came_out(work: Work, view: ClusterView) -> bool:
    """Our own clone, seen to come out where we ordered it, proves itself; any other is asked for its note."""
    action = work.action
    if not isinstance(action, Clone) or work.upid is None:
        return False
    guest = view.guests.get(action.key.vmid)
    return guest is not None and guest.lock != "clone" and guest.node == action.reservation.node


def _ended_task(work: Work, view: ClusterView) -> Task | None:
    ended = (task for task in view.tasks if task.ended_at is not None)
    return next((task for task in ended if _is_of(task, work)), None)


def _is_of(task: Task, work: Work) -> bool:
    """Where the answer was lost: the task names its VM, but for a clone's, and began when it was ordered."""
    if work.upid is not None:
        return task.upid == work.upid
    kinds, begun = _TASKS.get(type(work.action), ()), task.started_at >= work.ordered_at - _CLOCKS_DIFFER_S
    return task.kind in kinds and task.guest == work.action.key.vmid and begun


def _puzzling(work: Work, view: ClusterView, now: Instant, patience_s: float) -> bool:
    action, guest = work.action, view.guests.get(work.action.key.vmid)
    if isinstance(action, Clone):
        taken_s = view.taken_at - (work.answered_at or now)
        return taken_s >= (0.0 if guest is None else SLOW_CLONE_S)
    if isinstance(action, Start | Stop | Delete):
        patience_s = patience_s if work.upid is not None else 0.0  # an answer that was lost is looked for at once
        return not _reached(action, guest) and now >= (work.answered_at or now) + patience_s
    return False


def _node_of(work: Work, view: ClusterView) -> NodeName:
    guest, action = view.guests.get(work.action.key.vmid), work.action
    if guest is not None:
        return guest.node
    return action.reservation.node if isinstance(action, Clone) else _ordered_on(action)


def _ordered_on(action: Action) -> NodeName:
    match action:
        case Configure() | Start() | CheckGuest() | Verify() | Stop() | Tag() | Delete():
            return action.node.node
        case _:
            return action.reservation.node


def _with(executor: Executor, work: Work) -> Executor:
    return replace(executor, work={**executor.work, work.action.key: work})


def _without(executor: Executor, keys: Iterable[GuestKey]) -> Executor:
    gone = set(keys)
    return replace(executor, work={key: one for key, one in executor.work.items() if key not in gone})
