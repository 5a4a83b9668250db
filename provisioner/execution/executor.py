"""The actions under way, and the effects of their ends. Pure: `accept`, `absorb` and `settle` return new values.

Proxmox VE answers a clone, start, stop or delete at once with a task id. The action ends when an *observation* shows the
result; a lost answer is resolved in the same way. So no task is polled, and after a kill the next daemon only has to observe.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from provisioner.actions.registry import changes_node, ends_by_observation, spec_of
from provisioner.actions.spec import EndSignal
from provisioner.errors import GuestUnknown, OutcomeUnknown, word_for
from provisioner.execution.circuit_breakers import Circuits
from provisioner.execution.common_causes import ended as causes_ended
from provisioner.execution.common_causes import key_of
from provisioner.execution.completion import TaskError, came_out, needs_task_list, outcome_of, task_node_of
from provisioner.execution.retries import ActionEnding, after, done
from provisioner.model.actions import Action, CheckGuest, Clone, Note, Outcome, Plan, Result, Verify
from provisioner.model.commands import Completion, Observe, ReadDirectory, ReadTaskLog, Work
from provisioner.model.ids import AgentId, ClusterId, DesktopName, GuestKey, Instant, NodeName, Upid
from provisioner.model.machines.cluster import ClusterView
from provisioner.model.machines.desktops import GuestReport, Reservation, Unheard
from provisioner.model.words import GuestWord
from provisioner.reasons.reason import Reason
from provisioner.reasons.requests import FOREIGN, NOTE_PROVES


@dataclass(frozen=True, slots=True, kw_only=True)
class Executor:
    """The actions under way, and the circuits."""

    installation: str
    work: Mapping[GuestKey, Work] = field(default_factory=dict)
    circuits: Circuits = Circuits()

    @property
    def in_flight(self) -> Mapping[GuestKey, Action]:
        """The actions under way, as planning sees them."""
        return {key: work.action for key, work in self.work.items()}

    @property
    def unanswered(self) -> tuple[Action, ...]:
        """The actions whose calls have not ended yet."""
        return tuple(work.action for work in self.work.values() if work.answered_at is None)

    def paused(self, now: Instant) -> dict[ClusterId, Reason]:
        """Clusters to which nothing may be sent, and why."""
        waiting = ((work.action, work.ordered_at) for work in self.work.values() if work.answered_at is None)
        return self.circuits.paused(now, waiting)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """The effects of a completion or an observation on the records."""

    outcomes: tuple[Outcome, ...] = ()
    proven: tuple[DesktopName, ...] = ()
    adopted: tuple[Reservation, ...] = ()
    report: tuple[DesktopName, GuestReport] | None = None
    unheard: tuple[DesktopName, Unheard] | None = None
    checked: DesktopName | None = None
    maybe_made: DesktopName | None = None
    """A desktop whose clone was sent, and may succeed: also where no listing ever shows it."""
    unended: tuple[DesktopName, ...] = ()
    """Desktops whose clone was given up, and no task has said that it failed."""
    noted: tuple[DesktopName, AgentId | None] | None = None
    """A desktop whose note was written, and the id that it names."""
    revived: tuple[tuple[DesktopName, str], ...] = ()
    """Desktops that failed by a cause that is gone, each with the error. If they were given up for it, they are tried again."""


def accept(executor: Executor, plan: Plan, now: Instant) -> tuple[Executor, tuple[Action, ...]]:
    """Accept a plan; returns the actions to submit. A VM has at most one action under way.

    Assignments and releases are not submitted: they are done when they are stored.
    """
    sent = (action for action in plan.actions if spec_of(action).ends is not EndSignal.STORED)
    new = {action.key: action for action in sent if action.key not in executor.work}
    work = {**executor.work, **{key: Work(action=action, ordered_at=now) for key, action in new.items()}}
    return replace(executor, work=work), tuple(new.values())


def as_ordered(plan: Plan, submitted: Collection[Action]) -> Plan:
    """The plan without the actions that `accept` left out."""
    ordered = {id(action) for action in submitted}
    kept = tuple(a for a in plan.actions if id(a) in ordered or spec_of(a).ends is EndSignal.STORED)
    return plan if len(kept) == len(plan.actions) else replace(plan, actions=kept)


def absorb(executor: Executor, completion: Completion) -> tuple[Executor, Effects]:
    """Take in the end of an action's call. There are three cases:

    1. the action is not under way any more: a late answer, ignored;
    2. it was accepted, or its answer was lost: an observation will show the result, and the action stays under way;
    3. otherwise it has ended, in success or with an error.
    """
    action = completion.command
    assert not isinstance(action, Observe | ReadDirectory | ReadTaskLog)  # the reconciler takes these itself
    work = executor.work.get(action.key)
    if work is None or work.action is not action:
        return executor, Effects()
    now, error = completion.ended_at, completion.error
    if error is None:
        circuits = executor.circuits.after_answer(action, ordered_at=work.ordered_at)
    else:
        circuits = executor.circuits.after_failure(action, word_for(type(error)), error.reason, now)
    executor = replace(executor, circuits=circuits)
    if ends_by_observation(action) and (error is None or isinstance(error, spec_of(action).unsettled_by)):
        upid = Upid(str(completion.answer)) if error is None else None
        maybe_made = action.desktop if isinstance(action, Clone) else None
        return _with(executor, replace(work, answered_at=now, upid=upid)), Effects(maybe_made=maybe_made)
    if changes_node(action) and error is None:
        executor = replace(executor, circuits=circuits.after_success(action, ordered_at=work.ordered_at))
    effects = _effects(action, work, completion)
    outcomes = tuple(_mark_common(outcome, action, executor.circuits) for outcome in effects.outcomes)
    return _without(executor, (action.key,)), replace(effects, outcomes=outcomes)


def _mark_common(outcome: Outcome, action: Action, circuits: Circuits) -> Outcome:
    """Mark a failure with a common cause: it does not count against the desktop."""
    return replace(outcome, common=True) if key_of(action, outcome.error, outcome.reason) in circuits.common else outcome


def overdue(executor: Executor, now: Instant, *, after_s: float) -> Iterator[Completion]:
    """A completion for each call without an answer for `after_s` seconds, as if the answer had been lost."""
    for work in executor.work.values():
        if work.answered_at is None and now - work.ordered_at >= after_s:
            error = OutcomeUnknown(f"{work.action.word} {work.action.desktop}: no answer within {after_s:.0f} s")
            yield Completion(command=work.action, started_at=work.ordered_at, ended_at=now, error=error)


def settle(executor: Executor, view: ClusterView, now: Instant, *, task_error: TaskError) -> tuple[Executor, Effects]:
    """Compare the actions under way with an observation that was taken after their calls were answered."""
    here = (work for key, work in executor.work.items() if key.cluster == view.cluster)
    answered = (work for work in here if work.is_answered_before(view))
    found = ((work, outcome_of(work, view, now, task_error, executor.installation)) for work in answered)
    circuits, ended = executor.circuits.after_look(view, now), list[tuple[Work, Outcome]]()
    for work, outcome in found:
        if outcome is not None:
            circuits = _circuits_after(circuits, work, outcome)
            ended.append((work, _mark_common(outcome, work.action, circuits)))
    revived = tuple(causes_ended(executor.circuits.common, circuits.common))
    executor = _without(replace(executor, circuits=circuits), [work.action.key for work, _ in ended])
    # The listing was read before the task list: a clone that has failed to join its pool is still in it, without a lock.
    proven = tuple(work.action.desktop for work, outcome in ended if outcome.result is Result.DONE and came_out(work, view))
    unended = tuple(work.action.desktop for work, outcome in ended if _is_unended(work, outcome))
    outcomes = tuple(outcome for _, outcome in ended)
    return executor, Effects(outcomes=outcomes, proven=proven, unended=unended, revived=revived)


def _is_unended(work: Work, outcome: Outcome) -> bool:
    return isinstance(work.action, Clone) and outcome.result is not Result.DONE and outcome.task is None


def _circuits_after(circuits: Circuits, work: Work, outcome: Outcome) -> Circuits:
    if outcome.result is Result.DONE:
        return circuits.after_success(work.action, ordered_at=work.ordered_at)
    return circuits.after_failure(work.action, outcome.error, outcome.reason, outcome.ended_at)


def nodes_to_look_up(executor: Executor, view: ClusterView | None, now: Instant, *, patience_s: float) -> frozenset[NodeName]:
    """The nodes whose task lists are needed: a clone vanished or takes long, or a start does not show as running."""
    if view is None:
        return frozenset()
    nodes: set[NodeName] = set()
    for key, work in executor.work.items():
        if key.cluster == view.cluster and work.answered_at is not None and needs_task_list(work, view, now, patience_s):
            nodes.add(task_node_of(work, view))
    return frozenset(nodes)


# -- the end of a call -----------------------------------------------------------------------------------------------


def _effects(action: Action, work: Work, completion: Completion) -> Effects:
    ending = ActionEnding(started_at=work.ordered_at, now=completion.ended_at)
    if isinstance(action, CheckGuest):
        answer = completion.answer
        if isinstance(answer, GuestReport):
            return Effects(report=(action.desktop, answer), checked=action.desktop)
        return Effects(unheard=(action.desktop, _unheard(action, completion)), checked=action.desktop)
    if completion.error is not None:
        return Effects(outcomes=(after(completion.error, action, ending),))
    if isinstance(action, Verify):
        return _verified(action, completion.answer, ending)
    noted = (action.desktop, action.reservation.agent_id) if isinstance(action, Note) else None
    return Effects(outcomes=(done(action, ending),), noted=noted)


def _unheard(action: CheckGuest, completion: Completion) -> Unheard:
    """Why there is no report; the text without its beginning, which names the question and the desktop."""
    error = completion.error
    word = GuestWord(error.cause) if isinstance(error, GuestUnknown) else GuestWord.NOT_ASKED
    _, _, text = str(error).rpartition(f" {action.desktop}: ")
    age_s = error.age_s if isinstance(error, GuestUnknown) else None
    return Unheard(word=word, text=text, since=completion.ended_at, age_s=age_s)


def _verified(action: Verify, answer: object, ending: ActionEnding) -> Effects:
    if isinstance(answer, Reservation):
        outcome = done(action, replace(ending, reason=NOTE_PROVES()))
        return Effects(outcomes=(outcome,), adopted=(answer,))
    outcome = done(action, replace(ending, reason=FOREIGN(vmid=action.key.vmid)))
    return Effects(outcomes=(replace(outcome, retire_vmid=True),))


def _with(executor: Executor, work: Work) -> Executor:
    return replace(executor, work={**executor.work, work.action.key: work})


def _without(executor: Executor, keys: Iterable[GuestKey]) -> Executor:
    gone = set(keys)
    return replace(executor, work={key: work for key, work in executor.work.items() if key not in gone})
