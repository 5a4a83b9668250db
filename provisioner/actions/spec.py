"""What differs from one action to another."""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Generic, TypeVar

from provisioner.errors import BasculeError, OutcomeUnknown
from provisioner.model.actions import Action
from provisioner.model.cluster import Guest
from provisioner.model.ids import Instant, NodeKey
from provisioner.model.ownership import NoteKey
from provisioner.pve.wire import Operation

A = TypeVar("A", bound=Action)


class EndSignal(enum.Enum):
    """How the end of an action shows."""

    STORED = "stored"
    """It is the store's alone: done once it is kept."""
    ANSWERED = "answered"
    """By its answer."""
    WRITTEN = "written"
    """By its answer, and the next observation shows it. It may be sent again without a look."""
    TASK = "task"
    """Answered by a task, and an observation shows what became of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationContext:
    """What an operation is carried out with."""

    key: NoteKey
    now: Callable[[], Instant]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionSpec(Generic[A]):
    """All that is to be known of one kind of action."""

    ends: EndSignal
    node: Callable[[A], NodeKey | None] = attrgetter("node")
    """Whose API carries it out; None: nobody's."""
    operation: Callable[[A, OperationContext], Operation[Any]] | None = None
    """What it asks of Proxmox VE; None: nothing."""
    reached: Callable[[A, Guest | None, str], bool] = lambda *_: False
    """Whether a listing shows that it is done: the action, its VM as listed (None: not listed), the installation."""
    tasks: tuple[str, ...] = ()
    """Kinds of tasks whose entry names its VM: the trace of an answer that was lost."""
    configures: bool = False
    """Whether it reads the VM's note and then writes its configuration: a node bears so many at once, and its end proves the
    VM ours."""
    writes: bool = True
    """Whether the cluster changes by it, or an agent loses a desktop."""
    destroys: bool = False
    """Whether it takes a desktop, or its use, from an agent."""
    gives_up: bool = True
    """Whether a desktop counts as failed after enough failures. False: it is tried again and again."""
    is_progress: bool = True
    """Whether its end is a step of the desktop's own way, after which nothing is remembered of what went wrong before."""
    already_so_is_done: bool = False
    unsettled_by: tuple[type[BasculeError], ...] = (OutcomeUnknown,)
    """Errors after which an observation tells; of those that are WRITTEN or a TASK."""


__all__ = ["A", "ActionSpec", "EndSignal", "OperationContext"]
