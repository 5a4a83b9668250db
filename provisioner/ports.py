"""What the core needs from outside systems. The docstrings are the contract; one test suite checks adapters and twin by it.

Adapters never sleep and never retry: each call is one try, and the class of its error says what the caller may do next.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from provisioner.model.actions import Action, CheckGuest, Outcome, Retired
from provisioner.model.commands import Answer, Command, Completion, Observe
from provisioner.model.departures import Deleted
from provisioner.model.guard import GuardRecord
from provisioner.model.ids import AgentId, ClusterId, DesktopName, Instant, NodeKey, Upid
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.kept.erasure import ErasureRequest, ErasureResult
from provisioner.model.kept.known_people import KnownPerson
from provisioner.model.kept.records import DesktopRecord, Records
from provisioner.model.kept.set_aside import Unreadable
from provisioner.model.kept.store_fit import D, HistoryTable, PeopleTable
from provisioner.model.machines.cluster import ClusterView
from provisioner.model.machines.desktops import GuestReport
from provisioner.model.people.agents import Roster
from provisioner.model.scenario.etas import KeptForecast, Measurement, WaveChange
from provisioner.model.scenario.half_days import PersonWeek
from provisioner.model.scenario.progress import Progress
from provisioner.model.scenario.surges import SurgeChange, SurgeRun
from provisioner.model.session_counts import PoolQuarter, SessionCounts
from provisioner.model.status import Status
from provisioner.reasons.reason import NONE, Reason

T = TypeVar("T")


class Clock(Protocol):
    """Where the time comes from: the system's, a scaled one, or a twin's virtual one."""

    def now(self) -> Instant:
        """Seconds since the epoch. Never goes backwards in one life of the daemon; may jump forwards."""


class Directory(Protocol):
    """The agents' directory."""

    def read(self, since: Roster | None = None, *, in_force: Roster | None = None) -> Roster:
        """All agents, from one complete reading; or from `since` and the changes after it, if the server supports that.

        Agents who have left may show only in a full reading. Raises DirectoryError. An answer that is empty or ended early
        raises DirectoryIncomplete, as does one that is provably older than `in_force` or has lost an attribute.
        """


class Figures(Protocol):
    """Where others say how many of something are in use."""

    def ask(self, query: str) -> int | Reason:
        """The number that the query gives now, rounded up; or why there is none. Raises nothing; takes seconds at most."""


class Hypervisor(Protocol):
    """One Proxmox VE cluster. Every method raises HypervisorError."""

    @property
    def cluster(self) -> ClusterId:
        """The cluster's key in bascule.yaml."""

    def observe(self, order: Observe) -> ClusterView:
        """Everything on the cluster, in O(nodes) calls."""

    def carry_out(self, action: Action, *, ask: Callable[[CheckGuest], GuestReport], frozen: Callable[[], bool]) -> Answer:
        """Carry out an action (`provisioner.actions`) and return its answer; may also raise GuestUnknown.

        A clone, start, stop or delete returns at once with the id of its task, whose end shows whether it worked. A configure
        or tag returns when it is written. `ask` questions the desktop if an action needs its report first. `frozen` is called
        right before each write; if it is true, raises NotSent.
        """

    def task_log(self, node: NodeKey, upid: Upid) -> tuple[str, ...]:
        """The lines of a task's log. The last lines say why it failed."""


class GuestProbe(Protocol):
    """Asks a desktop for its first-boot state and its sessions."""

    def report(self, action: CheckGuest) -> GuestReport:
        """Ask once, read-only. Raises GuestUnknown without an answer: never returns an empty report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """One transaction of the store: all of it or nothing."""

    desktops: Mapping[DesktopName, DesktopRecord | None] = field(default_factory=dict)
    """Records that replace the stored ones; None: the reservation is given back, because no VM stands for it."""
    rekeyed: Mapping[AgentId, AgentId] = field(default_factory=dict)
    """From old to new agent id. Applied first, to rosters and guard; the records in `desktops` have the new ids already."""
    retired: tuple[Retired, ...] = ()
    deletions: Mapping[Deleted, Instant] = field(default_factory=dict)
    """Deletes about to be sent. Stored before, so that the daily limit holds over restarts; kept longer than their desktops."""
    outcomes: tuple[Outcome, ...] = ()
    """Appended to the journal."""
    roster: Roster | None = None
    guard: GuardRecord | None = None
    """The guard's new record; None: unchanged."""
    surge: SurgeChange | None = None
    """The newest run of a scenario, as it is from now on; journalled. None: unchanged."""
    waves: tuple[WaveChange, ...] = ()
    """What is new about waves that are late, or will be. Only journalled."""
    half_days: tuple[PersonWeek, ...] = ()
    """Half-days of a rotation as published, instead of what was kept of the same week and person."""
    baseline_accepted: bool | None = None
    rebuild_began: Instant | None = None
    """When an empty store began to wait for clones ordered before; None: unchanged."""
    session_counts: SessionCounts | None = None
    """How many sessions are and were open; None: unchanged."""
    entries: "tuple[JournalEntry, ...]" = ()
    """Appended to the journal, too."""

    def __bool__(self) -> bool:
        return self != Changes()


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One line of the journal: an intent given or withdrawn, or an outcome."""

    at: Instant
    what: str
    """The action or intent, in one word."""
    subject: str
    """The desktop's name, or an intent's target; empty: everything."""
    result: str
    reason: Reason
    """Why it failed, or its result in words; empty: a plain success."""
    because: Reason = NONE
    """Why it was ordered."""
    sequence: int = field(default=0, compare=False)
    """Grows with every line of a store; 0: the line is not stored yet."""


class Store(Protocol):
    """Keeps everything that has to survive a restart. Every method raises StoreError.

    No transaction spans a call to another system.
    """

    def claim(self) -> None:
        """Own the store until `close`; raises StoreOwned, which names the owner if known."""

    def load(self) -> Records:
        """Everything stored. An empty store gives empty Records with `baseline_accepted=False`."""

    def commit(self, changes: Changes) -> None:
        """Make the changes durable, all or nothing; raises ReservationConflict if a VMID or address is taken."""

    def intents(self) -> tuple[Intent, ...]:
        """The intents in force, also from other processes; in place of one that cannot be read, what stands for it."""

    def unreadable(self) -> tuple[Unreadable, ...]:
        """What is kept as an intent, or as the newest run, and is none any more, and other rows that can be done without.

        Reading anything else, it stands in no way.
        """

    def discard(self, order: Unreadable, at: Instant) -> None:
        """Remove what cannot be read, and journal it. `withdraw` of what stands for it removes it, too."""

    def give(self, intent: Intent) -> None:
        """Store an intent, and journal it. It replaces an intent of the same kind and target."""

    def withdraw(self, kind: IntentKind, *, by: str, at: Instant, target: str = "", reason: str = "") -> bool:
        """Remove an intent, and journal it; returns whether there was one."""

    def journal(self, *, limit: int = 100, subject: str | None = None) -> Iterator[JournalEntry]:
        """Newest first."""

    def journal_after(self, sequence: int, *, limit: int = 500) -> Sequence[JournalEntry]:
        """The lines after this number, oldest first. A line is there only after every line with a lower number."""

    def rosters(self) -> Iterator[Roster]:
        """The stored accepted rosters, newest first; the first is in force."""

    def forget(self, order: ErasureRequest) -> ErasureResult:
        """Erase the person from everything that is kept, all or nothing, and journal the erasure.

        Raises StoreError, with the reason, while `hindrances` finds any. Nothing is erased if the result has unclear mentions.
        Whoever has loaded before has to load again: a commit then raises StoreErased.
        """

    def finish_erasures(self) -> None:
        """What a `forget` that was killed has left to do: text may still be in free pages of files. Any process may call."""

    def people(self) -> tuple[KnownPerson, ...]:
        """Everybody who has ever had a desktop and was not erased. Any process may call."""

    def trim_journal(self, *, before: Instant, at: Instant) -> int:
        """Erase what names people and is older than `before`, and journal that; returns how many lines of the journal went.

        These are lines of the journal, rosters that are not in force any more, and who ordered runs of scenarios, except the
        newest. The owner's threads may call.
        """

    def keep_measured(self, measured: Sequence[Measurement]) -> None:
        """Keep what the clusters have shown; the oldest of a group beyond `KEPT` go. The owner's threads may call."""

    def measured(self) -> tuple[Measurement, ...]:
        """What is kept, oldest first within a group. Any process may call."""

    def keep_forecast(self, forecast: KeptForecast) -> bool:
        """Keep a forecast that was given, also of another process; False: there is no store, and none is made."""

    def forecasts(self) -> tuple[KeptForecast, ...]:
        """The forecasts that are kept, oldest first."""

    def add(self, history: HistoryTable[D], value: D) -> bool:
        """Keep this as its newest value, also of another process; False: there is no store, and none is made. The oldest beyond
        its `most` go."""

    def latest(self, history: HistoryTable[D], limit: int) -> tuple[D, ...]:
        """At most so many values, newest first. Any process may call."""

    def keep_progress(self, noted: Sequence[Progress]) -> None:
        """Keep how far the run of a scenario was; the oldest beyond `PROGRESS_KEPT` go. The owner's threads may call."""

    def progress(self, run: int) -> tuple[Progress, ...]:
        """What is kept of a run, by its number, oldest first. Any process may call."""

    def keep_arrivals(self, quarters: Sequence[PoolQuarter]) -> None:
        """Keep these instead of what was kept of the same pools and quarters; what is older than `ARRIVALS_KEPT_S` goes. The
        owner's threads may call."""

    def arrivals(self) -> tuple[PoolQuarter, ...]:
        """What is kept, oldest first, then by pool. Any process may call."""

    def session_counts(self) -> SessionCounts:
        """How many sessions are and were open, as last committed. Any process may call."""

    def kept(self, table: PeopleTable[T]) -> tuple[T, ...]:
        """What a capability keeps of people. Any process may call."""

    def keep(self, table: PeopleTable[T], changed: Sequence[T]) -> None:
        """Keep these instead of what was kept under the same keys. The owner's threads may call."""

    def drop(self, table: PeopleTable[T], people: Sequence[AgentId]) -> None:
        """Forget these people. The owner's threads may call."""

    def runs(self) -> tuple[SurgeRun, ...]:
        """Every run of a scenario, oldest first."""

    def verify(self) -> None:
        """Read everything stored; raises StoreError. Any thread may call; blocks no other call."""

    def close(self) -> None:
        """Release the store."""


class Calls(Protocol):
    """Carries out commands: a thread pool on a real cluster, the event heap in virtual time."""

    def submit(self, command: Command) -> None:
        """Take the command; `next` returns its completion. Completions come in any order."""

    def next(self, until: Instant) -> Completion | None:
        """The next completion; None when `until` (by the Clock) has come, or after a nudge. The only wait of the loop."""

    def nudge(self) -> None:
        """Make `next` return at once. Safe from any thread and from a signal handler."""

    def close(self) -> None:
        """Take no more commands; wait for those under way no longer than their own time-outs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiCall:
    """One HTTP request to Proxmox VE, for metrics and benchmarks."""

    cluster: ClusterId
    method: str
    endpoint: str
    """The path with placeholders for ids, e.g. `/nodes/{node}/qemu/{vmid}/clone`."""
    outcome: str
    """`ok`, or the error's class name in snake case: `outcome_unknown`, `lock_busy`, …"""
    seconds: float
    received_bytes: int


class Events(Protocol):
    """A listener: log, metrics. Never called under a lock; must not block and must not raise."""

    def api_call(self, call: ApiCall) -> None:
        """A request ended. Called from worker threads."""

    def outcome(self, outcome: Outcome) -> None:
        """An action ended."""

    def directory_read(self, roster: Roster | None, error: str) -> None:
        """A reading of the directory: accepted (`error` empty), held back by the guard (both given), or failed (no roster)."""

    def status(self, status: Status) -> None:
        """A cycle ended."""

    def notice(self, subject: str, text: str) -> None:
        """Something an operator should read once, e.g. `cluster pve1`, `paused: no quorum`."""


def all_of(listeners: Sequence[Events]) -> Events:
    """One listener that passes everything on to several."""
    return _Fan(tuple(listeners))


class _Fan:
    def __init__(self, listeners: tuple[Events, ...]) -> None:
        self._listeners = listeners

    def api_call(self, call: ApiCall) -> None:
        for listener in self._listeners:
            listener.api_call(call)

    def outcome(self, outcome: Outcome) -> None:
        for listener in self._listeners:
            listener.outcome(outcome)

    def directory_read(self, roster: Roster | None, error: str) -> None:
        for listener in self._listeners:
            listener.directory_read(roster, error)

    def status(self, status: Status) -> None:
        for listener in self._listeners:
            listener.status(status)

    def notice(self, subject: str, text: str) -> None:
        for listener in self._listeners:
            listener.notice(subject, text)


__all__ = [
    "ApiCall", "Calls", "Changes", "Clock", "Directory", "Events", "GuestProbe", "Hypervisor", "JournalEntry", "Store",
    "all_of",
]  # fmt: skip
