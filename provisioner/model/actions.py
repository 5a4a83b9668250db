"""A plan, its actions with reason and deadline, and the outcome of an action.

An action's `word` names it in metrics, journal and log, and its file (`actions/<word>.py`). Operators' queries use it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

from provisioner.model.deferrals import Deferral, DeferralGroup, in_turn
from provisioner.model.departures import Departure
from provisioner.model.ids import (
    AgentId,
    DesktopName,
    GuestKey,
    Instant,
    LockDomain,
    NodeKey,
    NodeName,
    PoolName,
    Seat,
    StorageId,
    TaskKey,
)  # fmt: skip
from provisioner.model.machines.cluster import Guest, membership_domain
from provisioner.model.machines.desktops import Reservation
from provisioner.model.machines.seats import is_trial
from provisioner.model.people.profiles import Profile, Template
from provisioner.model.words import Result as Result
from provisioner.model.words import WaitsFor
from provisioner.reasons.reason import NONE, Reason, as_reason
from provisioner.reasons.requests import ANYBODY_LEFT
from provisioner.reasons.steps import SECOND, SUPERSEDED

_NO_WORK = frozenset({SUPERSEDED.code, SECOND.code})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Action:
    word: ClassVar[str]
    reservation: Reservation
    because: Reason
    deadline: Instant

    @property
    def desktop(self) -> DesktopName:
        """The name of its desktop."""
        return self.reservation.name

    @property
    def key(self) -> GuestKey:
        """The VM of its desktop."""
        return self.reservation.key


@dataclass(frozen=True, slots=True, kw_only=True)
class OnNode(_Action):
    """An action on an existing VM: the VM's node carries it out."""

    node: NodeKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Clone(_Action):
    """Clone the desktop from a template. The template's node does the work; the reservation's node gets the VM."""

    word: ClassVar[str] = "clone"

    profile: Profile
    template: Template
    lock_domain: LockDomain
    storage: StorageId | None = None
    """Where the disks of a full clone go; None: where the template's are."""
    pool: PoolName | None = None
    """The Proxmox VE pool that it is added to, for the rights on it; None: no pool."""
    instead_of: DesktopName | None = None
    """The desktop of the same agent that the new desktop supersedes."""
    avoid: tuple[NodeName, ...] = ()
    """Nodes where the agent's desktop was tried before; kept with its attempts."""

    @property
    def is_remote(self) -> bool:
        """Whether the VM is moved to another node than the template's."""
        return self.reservation.node != self.template.node

    def is_unlocked(self, guest: Guest) -> bool:
        """Whether its VM is where it should be, or has been moved on, and the clone's lock is off."""
        return guest.lock != "clone" and (guest.node == self.reservation.node or guest.node != self.template.node)

    @property
    def lock_domains(self) -> tuple[LockDomain, ...]:
        """The locks that it takes: of its storage, and of user.cfg if it goes into a pool."""
        return (self.lock_domain,) if self.pool is None else (self.lock_domain, membership_domain(self.key.cluster))


@dataclass(frozen=True, slots=True, kw_only=True)
class Configure(OnNode):
    """Set sizes, network, cloud-init and tags in one write; `onboot=0`."""

    word: ClassVar[str] = "configure"

    profile: Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconfigure(OnNode):
    """Configure a desktop that is off anew, because its profile has changed; never one that runs."""

    word: ClassVar[str] = "reconfigure"

    profile: Profile
    whole: bool = False
    """Write everything, by an operator's order. Otherwise what has changed in the profile: other changes by hand stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start(OnNode):
    """Power on."""

    word: ClassVar[str] = "start"

    profile: Profile
    prove: bool = False
    """Read its note first: since the daemon started, nothing has proven that the VM is ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckGuest(OnNode):
    """Read the guest's report: whether it is ready or, if it is, its sessions."""

    word: ClassVar[str] = "checkguest"

    profile: Profile
    sweep: bool = False
    """True: a session reading; False: a readiness check, which goes first."""
    by_uptime: bool = False
    """Date a document without sessions by the desktop's uptime, too: its clock may be wrong."""
    is_routine: bool = False
    """Because its turn has come: nothing waits for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verify:
    """Read the ownership note of a VM that the store does not know, or whose clone ended unobserved."""

    word: ClassVar[str] = "verify"

    key: GuestKey
    node: NodeKey
    because: Reason
    deadline: Instant
    name: DesktopName | None = None
    """The desktop reserved under this VMID, if any."""

    @property
    def desktop(self) -> DesktopName:
        """The name of its desktop, or a name made of the VMID."""
        return self.name or DesktopName(f"vm-{self.key.vmid}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(_Action):
    """Give a ready desktop to its agent, in the store alone."""

    word: ClassVar[str] = "assign"

    agent_id: AgentId


@dataclass(frozen=True, slots=True, kw_only=True)
class Release(_Action):
    """Take a desktop from its agent, in the store alone."""

    word: ClassVar[str] = "release"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop(OnNode):
    """Shut down, in order; never with a session, unless an operator has ordered exactly that."""

    word: ClassVar[str] = "stop"

    profile: Profile
    though_unknown: bool = False
    """Stop although the sessions are unknown: an operator vouches that nobody is logged on."""
    even_with_session: bool = False
    """Stop even if somebody is logged on: an operator has ordered it, with a reason."""
    by_force: bool = False
    """Proxmox VE powers it off if it has not shut down within its time-out."""

    @property
    def reading(self) -> CheckGuest:
        """The session reading right before the stop."""
        return CheckGuest(
            reservation=self.reservation,
            because=ANYBODY_LEFT(),
            deadline=self.deadline,
            node=self.node,
            profile=self.profile,
            sweep=True,
            by_uptime=not self.though_unknown,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag(OnNode):
    """Update the tags of a desktop's departure, and restore our own tags; all other tags stay."""

    word: ClassVar[str] = "tag"

    tags: frozenset[str]
    """The departure tags to set. Other departure tags are removed."""
    marks: frozenset[str] = frozenset()
    """Our tags that were removed by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(OnNode):
    """Rewrite the VM's note for the present id of its agent; the rest of its description stays."""

    word: ClassVar[str] = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete(OnNode):
    """Destroy a stopped desktop whose note proves that it is ours; never with a session."""

    word: ClassVar[str] = "delete"

    resets: bool = False
    """After a person had it, to be made anew for its pool: it does not count for the limits of deletes, but for its pool's."""

    @property
    def is_limited(self) -> bool:
        """Whether it counts for the limits of deletes: what a trial has made itself, nobody was given."""
        return not self.resets and not is_trial(self.reservation.seat)


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrate(OnNode):
    """Move the desktop to another node of its cluster: running, with its sessions, or off. Its disks are on shared storage."""

    word: ClassVar[str] = "migrate"

    target: NodeName
    memory_mib: int
    """What it takes there."""
    vcpus: float

    @property
    def target_key(self) -> NodeKey:
        """Where it goes."""
        return NodeKey(self.key.cluster, self.target)


Action = Clone | Configure | Start | CheckGuest | Verify | Assign | Release | Stop | Tag | Note | Delete | Reconfigure | Migrate


def is_routine(action: "Action") -> bool:
    """Whether it is a reading of sessions whose turn has come: there is always one, and no listing shows what comes of it."""
    return isinstance(action, CheckGuest) and action.is_routine


@dataclass(frozen=True, slots=True, kw_only=True)
class Retired:
    """A VMID that is never used again."""

    key: GuestKey
    reason: Reason
    at: Instant


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The result of planning one cycle: actions in order of rank, and deferrals with their reasons."""

    actions: tuple[Action, ...] = ()
    groups: tuple[DeferralGroup, ...] = ()
    """Wanted desktops that wait, in order of the first of each group."""
    singles: tuple[Deferral, ...] = ()
    """Other deferrals."""
    readings: tuple[CheckGuest, ...] = ()
    """Session readings that are due and have no slot yet, in order: each answer of a node makes room for one."""
    leftovers: tuple[Retired, ...] = ()
    """Unusable VMIDs: they are reported and never used."""
    superseded: Mapping[DesktopName, DesktopName | None] = field(default_factory=dict)
    """Desktops that are superseded from now on, each with the primary desktop; None: it is primary again."""
    given_back: tuple[DesktopName, ...] = ()
    """Reservations without a VM, of superseded desktops or of leavers: they are released."""
    departures: Mapping[DesktopName, Departure | None] = field(default_factory=dict)
    """Departures to record, of desktops whose agent has left; None: the agent is back."""
    other_key: Reason = NONE
    """Why no note can be trusted, so that nothing new is made; empty: as far as is known, our key is the right one."""
    overdue: frozenset[DesktopName] = frozenset()
    """Starting desktops that should be ready by now, as fast as their node boots with the others beside them."""

    @cached_property
    def deferred(self) -> tuple[Deferral, ...]:
        """All deferrals one by one. For the daemon's cycles that would be too slow: they use `groups` and `reasons`."""
        return (*in_turn(self.groups), *self.singles)

    @property
    def reasons(self) -> Iterator[tuple[Reason, WaitsFor, int]]:
        """Each reason of a deferral with its word for metrics and a count; a reason may be repeated."""
        yield from ((group.reason, group.binds, len(group.wants)) for group in self.groups)
        yield from ((deferral.reason, deferral.binds, 1) for deferral in self.singles)

    @property
    def waits(self) -> Iterator[tuple[Reason, WaitsFor, int]]:
        """The same, of what waits: a desktop that its agent no longer uses is reported, and waits for nothing."""
        return (each for each in self.reasons if as_reason(each[0]).code not in _NO_WORK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The end of one action."""

    desktop: DesktopName
    key: GuestKey
    action: str
    """An action's word, or `ready`."""
    result: Result
    reason: Reason
    """Why it failed, or what it resulted in; empty: it succeeded."""
    started_at: Instant
    ended_at: Instant
    retry_at: Instant | None = None
    retire_vmid: bool = False
    """The VMID can never be used again (a leftover image, or a foreign VM)."""
    task: TaskKey | None = None
    """The task that failed; None: it was refused before a task started, or did not fail."""
    common: bool = False
    """Several desktops failed in the same way: it does not count as a failure of this desktop."""
    because: Reason = NONE
    """The reason for the action."""
    error: str = ""
    """The error's word as in `errors.word_for`, for metrics: `lock_busy`, …; empty: no error."""


def seat_at(action: Action) -> Seat | None:
    """The seat of its desktop; None: unknown."""
    return None if isinstance(action, Verify) else action.reservation.seat


__all__ = [
    "Action",
    "Assign",
    "CheckGuest",
    "Clone",
    "Configure",
    "Delete",
    "Migrate",
    "Note",
    "OnNode",
    "Outcome",
    "Plan",
    "Reconfigure",
    "Release",
    "Result",
    "Retired",
    "Start",
    "Stop",
    "Tag",
    "Verify",
    "is_routine",
    "seat_at",
]  # fmt: skip
