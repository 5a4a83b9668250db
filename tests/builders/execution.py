"""Actions in flight and the ends of calls, for the tests of execution."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from provisioner.errors import BasculeError
from provisioner.execution.circuit_breakers import Circuit, Circuits
from provisioner.execution.end_changes import effect_changes
from provisioner.execution.executor import Effects, Executor, absorb, accept, settle
from provisioner.model.actions import Action, Plan
from provisioner.model.commands import Completion
from provisioner.model.kept.records import Records
from provisioner.model.machines.cluster import ClusterView, Guest, Task
from provisioner.model.machines.desktops import Attempts
from provisioner.ports import Changes
from provisioner.pve.faults import error_for_task
from tests.builders.cluster import INSTALLATION, NOW, PVE, a_node, a_task, a_view
from tests.builders.core import a_budget
from tests.builders.records import changes_by_part

UPID = "UPID:n1:1:2:3:qmclone:9001:bascule@pve!token:"
BUDGET = a_budget()
TRIED_ONCE = Attempts(count=1, reason="no luck", retry_at=NOW - 1)


def idle(*, paused: Circuit | None = None) -> Executor:
    return Executor(installation=INSTALLATION, circuits=Circuits(clusters={PVE: paused} if paused else {}))


def ordered(*actions: Action, at: float = NOW - 5) -> Executor:
    """These were ordered, and their calls have not ended."""
    return accept(idle(), Plan(actions=actions), at)[0]


def ended(action: Action, *, answer: Any = None, error: BasculeError | None = None, at: float = NOW - 4) -> Completion:
    return Completion(command=action, started_at=at - 1, ended_at=at, answer=answer, error=error)


def answered(action: Action, *, answer: Any = UPID, at: float = NOW - 4) -> Executor:
    """It was ordered, and its call was answered with a task."""
    return absorb(ordered(action), ended(action, answer=answer, at=at))[0]


def unanswered(action: Action, error: BasculeError, *, at: float = NOW - 4) -> Executor:
    """It was ordered, and its answer was lost."""
    return absorb(ordered(action), ended(action, error=error, at=at))[0]


def the_end(status: str = "OK", *, at: float = NOW - 1, **changed: Any) -> Task:
    """The end of the task that `answered` gave."""
    return a_task(UPID, ended_at=at, status=status, **changed)


def a_look(*guests: Guest, at: float = NOW, tasks: tuple[Task, ...] = (), offline: tuple[str, ...] = ()) -> ClusterView:
    """An observation of two nodes, some offline."""
    nodes = (a_node("n1", online="n1" not in offline), a_node("n2", online="n2" not in offline))
    read = frozenset(node.key.node for node in nodes) if tasks else frozenset()
    return replace(a_view(nodes=nodes, guests=guests), taken_at=at, tasks=tasks, tasks_of=read)


def looked(executor: Executor, view: ClusterView, *, now: float | None = None) -> tuple[Executor, Effects]:
    """The actions that the observation ends; by default it is absorbed at the moment it was taken."""
    return settle(executor, view, now if now is not None else view.taken_at, task_error=error_for_task)


def effects_on(records: Records, **effects: Any) -> SimpleNamespace:
    """What the effects change in a store that keeps this, part by part."""
    return changes_by_part(changes_on(records, **effects), records.desktops)


def changes_on(records: Records, **effects: Any) -> Changes:
    """Its changes in the store."""
    return effect_changes([Effects(**effects)], records, BUDGET)
