"""What the core asks of the outside. The docstrings are the contract; adapters and the twin obey it, one suite checks them.

Adapters never sleep and never retry: each call is one try, and its error says what may be done next.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from provisioner.model.actions import Action, CheckGuest, Outcome, Retired
from provisioner.model.agents import Roster
from provisioner.model.cluster import ClusterView
from provisioner.model.commands import Answer, Command, Completion, Observe
from provisioner.model.departures import Deleted
from provisioner.model.desktops import GuestReport
from provisioner.model.erasure import ErasureRequest, ErasureResult
from provisioner.model.guard import GuardRecord
from provisioner.model.ids import AgentId, ClusterId, DesktopName, Instant, NodeKey, Upid
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.records import DesktopRecord, Records
from provisioner.model.status import Status
from provisioner.reasons.reason import NONE, Reason


class Clock(Protocol):
    """Where the time comes from: the system's, a scaled one, or a twin's virtual one."""

    def now(self) -> Instant:
        """Seconds since the epoch: never less than before in one life of the daemon, and at times much more."""


class Directory(Protocol):
    """The agents' directory."""

    def read(self, since: Roster | None = None, *, in_force: Roster | None = None) -> Roster:
        """All agents, from one complete reading, or from `since` and what has changed after it where the server can tell.

        Whoever has gone may show only in a full reading. Raises DirectoryError; an answer that is empty or ended early raises
        DirectoryIncomplete and is never returned, nor is one that is provably older than `in_force` or has lost an attribute.
        """


class Hypervisor(Protocol):
    """What is asked of one Proxmox VE cluster. Every method raises HypervisorError."""

    @property
    def cluster(self) -> ClusterId:
        """The cluster it talks to."""

    def observe(self, order: Observe) -> ClusterView:
        """Everything on the cluster, in O(nodes) calls."""

    def carry_out(self, action: Action, *, ask: Callable[[CheckGuest], GuestReport], frozen: Callable[[], bool]) -> Answer:
        """Carry one action out (`provisioner.actions`) and return its own answer; raises GuestUnknown too, for a guest.

        A clone, start, stop or delete is answered at once by its task, which says whether it worked. A configure or tag is
        answered when it is written. `ask` asks a desktop whatever an action has to know of it first; `frozen` is asked
        right before each write: NotSent.
        """

    def task_log(self, node: NodeKey, upid: Upid) -> tuple[str, ...]:
        """A task's log, of which the end says why it failed."""


class GuestProbe(Protocol):
    """How a desktop is asked for its first-boot state and its sessions."""

    def report(self, action: CheckGuest) -> GuestReport:
        """One read-only question. Raises GuestUnknown when there is no answer: never an empty report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What one step writes to the store, all or nothing."""

    desktops: Mapping[DesktopName, DesktopRecord | None] = field(default_factory=dict)
    """Records in place of those that are kept; None: the reservation is given back, no VM stands for it."""
    rekeyed: Mapping[AgentId, AgentId] = field(default_factory=dict)
    """Agents who go on under another id, from the old one to the new one: rosters and the guard go over, first of all.

    Their desktops' records are in `desktops`.
    """
    retired: tuple[Retired, ...] = ()
    deletions: Mapping[Deleted, Instant] = field(default_factory=dict)
    """Deletes about to be sent: kept before, so that a day's number holds over restarts. They outlive their desktops."""
    outcomes: tuple[Outcome, ...] = ()
    """Appended to the journal."""
    roster: Roster | None = None
    guard: GuardRecord | None = None
    """What the guard over the directory remembers, in place of what it did."""
    baseline_accepted: bool | None = None

    def __bool__(self) -> bool:
        return self != Changes()


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One kept line: an intent given or taken back, or an outcome."""

    at: Instant
    what: str
    """The action or intent, in one word."""
    subject: str
    """The desktop's name, or an intent's target; empty for what concerns all."""
    result: str
    reason: Reason
    """Why it failed, or what it came to; empty: it has done what it was ordered for."""
    because: Reason = NONE
    """What it was ordered for."""


class Store(Protocol):
    """What is kept over restarts. Every method raises StoreError; none is called while a network call is under way in it."""

    def claim(self) -> None:
        """Own the store until `close`; raises StoreOwned, naming the owner where known."""

    def load(self) -> Records:
        """All that is kept. An empty store gives empty Records with `baseline_accepted=False`."""

    def commit(self, changes: Changes) -> None:
        """Make changes durable, all or nothing; raises ReservationConflict when a VMID or address is taken."""

    def intents(self) -> tuple[Intent, ...]:
        """The standing orders, which other processes may have given."""

    def give(self, intent: Intent) -> None:
        """Give a standing order (again, for the same target: replaces it), and journal it."""

    def withdraw(self, kind: IntentKind, *, by: str, at: Instant, target: str = "") -> bool:
        """Take a standing order back, and journal it; whether there was one."""

    def journal(self, *, limit: int = 100, subject: str | None = None) -> Iterator[JournalEntry]:
        """Newest first."""

    def rosters(self) -> Iterator[Roster]:
        """The accepted rosters that are kept, newest first; the first is in force."""

    def forget(self, order: ErasureRequest) -> ErasureResult:
        """Erase whom the order names from journal, rosters and standing orders, all or nothing, and journal that it was done.

        The caller has seen that the person is in no roster in force and has no desktop.
        """

    def trim_journal(self, *, before: Instant, at: Instant) -> int:
        """Erase the lines from before then, and journal that if there were any; how many. Any thread of the owner may call."""

    def verify(self) -> None:
        """Read everything that is kept, needed or not; raises StoreError. Any thread may call, and holds nobody up."""

    def close(self) -> None:
        """Give the store up."""


class Calls(Protocol):
    """Answers commands: a thread pool on a real cluster, the event heap in virtual time."""

    def submit(self, command: Command) -> None:
        """Take the command; its Completion comes out of `next`, in whatever order."""

    def next(self, until: Instant) -> Completion | None:
        """The next completion; None when `until` (by the Clock) has come, or when it was nudged. The only wait there is."""

    def nudge(self) -> None:
        """Make `next` return at once. Safe from any thread and from a signal handler."""

    def close(self) -> None:
        """Take no more; wait for what is under way no longer than its own time-outs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiCall:
    """One HTTP request to Proxmox VE, for metrics and benchmarks."""

    cluster: ClusterId
    method: str
    endpoint: str
    """The path with every id replaced by a word, e.g. `/nodes/{node}/qemu/{vmid}/clone`."""
    outcome: str
    """`ok`, or the error's class name in snake case: `outcome_unknown`, `lock_busy`, …"""
    seconds: float
    received_bytes: int


class Events(Protocol):
    """Who wants to know: logs and metrics. Never called under a lock; must not block and must not raise."""

    def api_call(self, call: ApiCall) -> None:
        """A request ended. Called from worker threads."""

    def outcome(self, outcome: Outcome) -> None:
        """An action ended."""

    def directory_read(self, roster: Roster | None, error: str) -> None:
        """The directory was read: accepted (`error` empty), held back by the guard (both given), or not read to its end."""

    def status(self, status: Status) -> None:
        """A cycle ended."""

    def notice(self, subject: str, text: str) -> None:
        """Something an operator should read once, e.g. `cluster pve1`, `paused: no quorum`."""


def all_of(events: Sequence[Events]) -> Events:
    """One listener that tells several."""
    return _Fan(tuple(events))


class _Fan:
    def __init__(self, events: tuple[Events, ...]) -> None:
        self._events = events

    def api_call(self, call: ApiCall) -> None:
        for one in self._events:
            one.api_call(call)

    def outcome(self, outcome: Outcome) -> None:
        for one in self._events:
            one.outcome(outcome)

    def directory_read(self, roster: Roster | None, error: str) -> None:
        for one in self._events:
            one.directory_read(roster, error)

    def status(self, status: Status) -> None:
        for one in self._events:
            one.status(status)

    def notice(self, subject: str, text: str) -> None:
        for one in self._events:
            one.notice(subject, text)


__all__ = [
    "ApiCall", "Calls", "Changes", "Clock", "Directory", "Events", "GuestProbe", "Hypervisor", "JournalEntry", "Store",
    "all_of",
]  # fmt: skip
