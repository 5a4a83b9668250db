"""What a plan orders: one action a desktop, each with its reason and deadline; and what came of it.

An action's `word` names it in metrics, journal and log, and the file of what it does (`actions/<word>.py`): operators' queries
rest on it.
"""

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

from provisioner.model.cluster import membership_domain
from provisioner.model.deferrals import Deferral, DeferralGroup, in_turn
from provisioner.model.departures import Departure
from provisioner.model.desktops import Reservation
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
    TaskKey,
)  # fmt: skip
from provisioner.model.profiles import Profile, Template
from provisioner.model.words import WaitsFor
from provisioner.reasons.outcomes import ANYBODY_LEFT
from provisioner.reasons.reason import NONE, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class _Action:
    word: ClassVar[str]
    reservation: Reservation
    because: Reason
    deadline: Instant

    @property
    def desktop(self) -> DesktopName:
        """The desktop it is about."""
        return self.reservation.name

    @property
    def key(self) -> GuestKey:
        """The VM it is about."""
        return self.reservation.key


@dataclass(frozen=True, slots=True, kw_only=True)
class OnNode(_Action):
    """About a VM that is there: its node carries it out."""

    node: NodeKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Clone(_Action):
    """Make the desktop from a template, on the template's node."""

    word: ClassVar[str] = "clone"

    profile: Profile
    template: Template
    lock_domain: LockDomain
    pool: PoolName | None = None
    """The pool of Proxmox VE that it is put in, which gives the rights on it; None: in none."""
    instead_of: DesktopName | None = None
    """The desktop of the same agent that this one supersedes from now on."""
    avoid: tuple[NodeName, ...] = ()
    """Nodes where the agent's desktop was tried before; kept with its attempts."""

    @property
    def lock_domains(self) -> tuple[LockDomain, ...]:
        """Every lock that it takes: its storage's, and, of a pool, the one of user.cfg."""
        return (self.lock_domain,) if self.pool is None else (self.lock_domain, membership_domain(self.key.cluster))


@dataclass(frozen=True, slots=True, kw_only=True)
class Configure(OnNode):
    """Set sizes, network, cloud-init and tags in one write; `onboot=0`."""

    word: ClassVar[str] = "configure"

    profile: Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Start(OnNode):
    """Power on."""

    word: ClassVar[str] = "start"

    profile: Profile
    prove: bool = False
    """Read its note first: nothing has proven it ours in this life of the daemon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckGuest(OnNode):
    """Read the guest's report: readiness, or, of a ready desktop, its sessions."""

    word: ClassVar[str] = "checkguest"

    profile: Profile
    sweep: bool = False
    """True: a session reading; False: a readiness check, which goes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verify:
    """Read the ownership note of a VM whose clone we did not see come out, or that the store does not know."""

    word: ClassVar[str] = "verify"

    key: GuestKey
    node: NodeKey
    because: Reason
    deadline: Instant
    name: DesktopName | None = None
    """The desktop reserved under this VMID, if any."""

    @property
    def desktop(self) -> DesktopName:
        """The desktop it is about, as far as known."""
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
    """Shut down, in order; never with a session."""

    word: ClassVar[str] = "stop"

    profile: Profile
    though_unknown: bool = False
    """An operator answers for it that nobody is there whom the desktop does not tell of."""

    @property
    def reading(self) -> CheckGuest:
        """The question that is asked right before: is anybody logged on?"""
        return CheckGuest(
            reservation=self.reservation,
            because=ANYBODY_LEFT(),
            deadline=self.deadline,
            node=self.node,
            profile=self.profile,
            sweep=True,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag(OnNode):
    """Write on a desktop what its departure is, or that it is over; put our own tags back; all its other tags stay."""

    word: ClassVar[str] = "tag"

    tags: frozenset[str]
    """All that it is to carry of a departure's tags."""
    marks: frozenset[str] = frozenset()
    """Tags of ours that were taken off by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(OnNode):
    """Write the VM's note anew, for the id that its agent has now; what else its description says stays."""

    word: ClassVar[str] = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete(OnNode):
    """Destroy a stopped desktop whose own note proves it ours; never with a session."""

    word: ClassVar[str] = "delete"


Action = Clone | Configure | Start | CheckGuest | Verify | Assign | Release | Stop | Tag | Note | Delete


@dataclass(frozen=True, slots=True, kw_only=True)
class Retired:
    """A VMID that is never handed out again."""

    key: GuestKey
    reason: Reason
    at: Instant


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What one cycle orders, in order of rank, and what it does not and why."""

    actions: tuple[Action, ...] = ()
    groups: tuple[DeferralGroup, ...] = ()
    """Wanted desktops that wait, in order of the first of each group."""
    singles: tuple[Deferral, ...] = ()
    """What else is not ordered now."""
    leftovers: tuple[Retired, ...] = ()
    """VMIDs found unusable: they are reported and never handed out."""
    superseded: Mapping[DesktopName, DesktopName | None] = field(default_factory=dict)
    """Which of an agent's desktops counts has changed; None: it counts again."""
    given_back: tuple[DesktopName, ...] = ()
    """Reservations, superseded or of leavers, that no VM stands for."""
    departures: Mapping[DesktopName, Departure | None] = field(default_factory=dict)
    """Desktops whose agent is not wanted any more, as they are to be kept; None: the agent is back."""

    @cached_property
    def deferred(self) -> tuple[Deferral, ...]:
        """Everything that is not ordered now, one by one: the daemon counts groups instead, in every cycle."""
        return (*in_turn(self.groups), *self.singles)

    @property
    def reasons(self) -> Iterator[tuple[Reason, WaitsFor, int]]:
        """Each reason why something is deferred, its word for metrics, and for how many; a reason may come several times."""
        yield from ((group.reason, group.binds, len(group.wants)) for group in self.groups)
        yield from ((deferral.reason, deferral.binds, 1) for deferral in self.singles)


class Result(enum.StrEnum):
    """What one action came to."""

    DONE = "done"
    RETRY = "retry"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The end of one action."""

    desktop: DesktopName
    key: GuestKey
    action: str
    """An action's word, or `ready`."""
    result: Result
    reason: Reason
    """Why it failed, or what it came to; empty: it has done what it was ordered for."""
    started_at: Instant
    ended_at: Instant
    retry_at: Instant | None = None
    retire_vmid: bool = False
    """The VMID can never be used again (a leftover image, or foreign property): take another."""
    task: TaskKey | None = None
    """The task that failed; None: it was refused before there was one, or did not fail."""
    common: bool = False
    """Several desktops failed alike: it is no failure of this one."""
    because: Reason = NONE
    """What it was ordered for."""
    error: str = ""
    """The error's word as in `errors.word_for`, for metrics: `lock_busy`, …; empty: there was none."""


def seat_at(action: Action) -> Seat | None:
    """What the desktop that it is about is for, as far as known."""
    return None if isinstance(action, Verify) else action.reservation.seat


__all__ = [
    "Action",
    "Assign",
    "CheckGuest",
    "Clone",
    "Configure",
    "Delete",
    "Note",
    "OnNode",
    "Outcome",
    "Plan",
    "Release",
    "Result",
    "Retired",
    "Start",
    "Stop",
    "Tag",
    "Verify",
    "seat_at",
]  # fmt: skip
