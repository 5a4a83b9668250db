"""Commands of the control thread to outside systems, their completions, and the actions under way."""

from dataclasses import dataclass, field
from typing import ClassVar

from provisioner.errors import BasculeError
from provisioner.model.actions import Action
from provisioner.model.ids import ClusterId, DesktopName, Instant, NodeName, TaskKey, Upid, Vmid
from provisioner.model.machines.cluster import ClusterView
from provisioner.model.machines.desktops import GuestReport, Reservation
from provisioner.model.people.agents import Roster
from provisioner.model.words import ReadingWord
from provisioner.reasons.reason import NONE, Reason

ARRIVAL_S = 35.0
"""A request with a lost answer that has left no trace after this time did not arrive: Proxmox VE's proxy gives up at 30 s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observe:
    """Observe a whole cluster: `/cluster/resources`, and the task lists of some nodes. O(nodes) calls."""

    word: ClassVar[ReadingWord] = ReadingWord.OBSERVE
    cluster: ClusterId
    tasks_of: frozenset[NodeName] = frozenset()
    since: Instant = 0.0
    """Only tasks that started later."""
    quorum: bool = False
    """Ask for the quorum too: one more call."""
    exists: frozenset[Vmid] = frozenset()
    """VMIDs missing from the last listing: ask whether a VM exists. One call each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDirectory:
    """Read all agents, or the changes since an earlier reading."""

    word: ClassVar[ReadingWord] = ReadingWord.READDIRECTORY
    since: Roster | None = None
    """The reading to continue from; None: read everything."""
    in_force: Roster | None = field(default=None, compare=False)
    """The roster in force: an older state of the directory is refused. None: there is none, or an operator has ordered a
    change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTaskLog:
    """Read the log of a task that failed for good, or whose exit status says nothing."""

    word: ClassVar[ReadingWord] = ReadingWord.READTASKLOG
    task: TaskKey
    desktop: DesktopName
    """The desktop whose task failed."""
    said: Reason = NONE
    """The reason of a failure that is tried again; empty: the desktop was given up."""

    @property
    def cluster(self) -> ClusterId:
        """Where the task ran."""
        return self.task.node.cluster


Command = Observe | ReadDirectory | ReadTaskLog | Action

Answer = ClusterView | Roster | Upid | GuestReport | Reservation | tuple[str, ...] | None
"""Observe → ClusterView; ReadDirectory → Roster; ReadTaskLog → its lines; Clone, Start, Stop, Delete → Upid; CheckGuest →
GuestReport; Verify → the reservation that a valid note proves, or None; Configure, Reconfigure, Tag, Note → None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """The end of one command: an answer, or an error."""

    command: Command
    started_at: Instant
    ended_at: Instant
    answer: Answer = None
    error: BasculeError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One action under way."""

    action: Action
    ordered_at: Instant
    answered_at: Instant | None = None
    """When its call ended; from then on observations show the result."""
    upid: Upid | None = None
    """Its task (for Configure and Tag, which have none: any text); None: the answer was lost."""

    def is_answered_before(self, view: ClusterView) -> bool:
        """Whether its call had been answered when the observation was made."""
        return self.answered_at is not None and self.answered_at <= view.taken_at
