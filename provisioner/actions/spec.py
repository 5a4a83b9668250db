"""The properties in which actions differ."""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Generic, TypeVar

from provisioner.errors import BasculeError, OutcomeUnknown
from provisioner.model.actions import Action
from provisioner.model.ids import Instant, NodeKey
from provisioner.model.machines.cluster import Guest
from provisioner.model.machines.ownership import NoteKey
from provisioner.pve.wire import Operation

A = TypeVar("A", bound=Action)


class EndSignal(enum.Enum):
    """How the end of an action is recognised."""

    STORED = "stored"
    """Only the store changes: done once it is stored."""
    ANSWERED = "answered"
    """The answer is the end."""
    WRITTEN = "written"
    """The answer, confirmed by the next observation. May be sent again without observing first."""
    TASK = "task"
    """The answer is a task id; an observation shows the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationContext:
    """What an operation needs beside its action."""

    key: NoteKey
    now: Callable[[], Instant]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionSpec(Generic[A]):
    """Everything the other packages need to know about one kind of action."""

    ends: EndSignal
    node: Callable[[A], NodeKey | None] = attrgetter("node")
    """The node whose API handles it; None: only the store changes."""
    operation: Callable[[A, OperationContext], Operation[Any]] | None = None
    """Its requests to Proxmox VE; None: only the store changes."""
    reached: Callable[[A, Guest | None, str], bool] = lambda *_: False
    """Whether a listing shows that it is done. Arguments: the action, its VM as listed (None: not listed), the installation."""
    tasks: tuple[str, ...] = ()
    """Kinds of tasks whose entry names its VM: evidence after a lost answer."""
    configures: bool = False
    """Whether it reads the VM's note and then writes its configuration. Limited on each node; success proves the VM ours."""
    writes: bool = True
    """Whether it changes the cluster or takes a desktop from an agent."""
    destroys: bool = False
    """Whether it takes a desktop, or its use, from an agent."""
    gives_up: bool = True
    """Whether a desktop counts as failed after enough failures. False: retried without limit."""
    holds_up: bool = True
    """Whether the desktop's next step waits after a failure. False: it goes on as it is, and this is tried again later."""
    is_progress: bool = True
    """Whether success is a step in the desktop's lifecycle, which clears its earlier failures."""
    already_so_is_done: bool = False
    """Whether the error AlreadySo means success."""
    unsettled_by: tuple[type[BasculeError], ...] = (OutcomeUnknown,)
    """Errors after which the next observation decides; only for WRITTEN and TASK."""


__all__ = ["A", "ActionSpec", "EndSignal", "OperationContext"]
