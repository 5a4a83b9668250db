"""A desktop: what is reserved for it, what its guest reported, and the phase that follows from both."""

import enum
from dataclasses import dataclass, field

from provisioner.model.ids import (
    AgentId,
    ClusterId,
    DesktopName,
    GuestKey,
    Instant,
    NodeKey,
    NodeName,
    ProfileName,
    Seat,
    Vmid,
)
from provisioner.model.seats import agent_at
from provisioner.model.words import GuestWord
from provisioner.reasons.reason import NONE, Reason


class Phase(enum.StrEnum):
    """Where a desktop is in its life; always derived, never stored (planning.survey.lifecycle holds the table)."""

    RESERVED = "reserved"
    CLONING = "cloning"
    UNPROVEN = "unproven"
    CLONED = "cloned"
    STOPPED = "stopped"
    STARTING = "starting"
    READY = "ready"
    STOPPING = "stopping"
    DELETING = "deleting"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """VMID, name and address of one desktop, durable before its clone is ordered."""

    name: DesktopName
    cluster: ClusterId
    vmid: Vmid
    profile: ProfileName
    seat: Seat | None
    """What it is for; None: its note names no seat that this version knows."""
    address: str
    """IPv4 address without prefix; empty: DHCP."""
    node: NodeName
    """Where its clone was ordered; the guest may have moved since."""
    reserved_at: Instant
    proven: bool = False
    """Seen to be ours: our clone came out on the ordered node, or the signed note was verified."""
    noted_as: tuple[AgentId, ...] = ()
    """Earlier ids of its agent that its note may still name; empty: it names `seat`, as far as is known."""
    agent_id: AgentId | None = field(init=False, repr=False, compare=False)
    """The agent it belongs to; None: no single agent's. Made once, like the next: each cycle asks several times."""
    key: GuestKey = field(init=False, repr=False, compare=False)
    """The VM it stands for."""
    node_key: NodeKey = field(init=False, repr=False, compare=False)
    """The node the clone was ordered on."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "agent_id", agent_at(self.seat))
        object.__setattr__(self, "key", GuestKey(self.cluster, self.vmid))
        object.__setattr__(self, "node_key", NodeKey(self.cluster, self.node))

    def may_be_noted_as(self, seat: Seat | None) -> bool:
        """Whether a note that names this seat can be the desktop's own: as it is now, or before its agent's rekey."""
        return seat == self.seat or agent_at(seat) in self.noted_as


class FirstBoot(enum.StrEnum):
    """What the image's own set-up came to in this boot."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class SessionState(enum.StrEnum):
    """A session is open in each of these; only a connected one has somebody at it."""

    CONNECTED = "connected"
    DISCONNECTED = "disconnected"
    IDLE = "idle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One agent's open session in a desktop."""

    login: str
    state: SessionState
    since: Instant
    source: str = "guest_agent"


def is_same_person(login: str, other: str) -> bool:
    """`jdupont`, `JDupont`, `DEP\\jdupont` and `jdupont@dep.example` are one account, as each system writes it."""
    return _account(login) == _account(other)


def _account(login: str) -> str:
    return login.rpartition("\\")[2].partition("@")[0].casefold()


PERIOD_S = 10.0
"""From one writing of a status document to the next, where it does not say: as config/guest/bascule-report.timer has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestReport:
    """What a desktop said of itself, dated: the evidence of readiness and of sessions."""

    read_at: Instant
    first_boot: FirstBoot
    logon_port_open: bool
    booted_at: Instant | None = None
    ready_at: Instant | None = None
    """When first boot had finished and the log-on port opened, by the guest's own clock."""
    sessions: tuple[Session, ...] = ()
    written_at: Instant | None = None
    """When the guest wrote it, by its own clock; None: it does not say."""
    period_s: float = PERIOD_S
    """From one writing to the next."""
    boot_id: str = ""
    """The kernel's own name for this boot; empty: it does not say."""
    connections: int | None = None
    """To the log-on port when it was written; None: it does not say."""

    @property
    def ready(self) -> bool:
        """First boot has finished and the log-on port answers."""
        return self.first_boot is FirstBoot.DONE and self.logon_port_open

    def is_of_other_boot(self, before: "GuestReport") -> bool:
        """By the guest's own word: it was restarted from inside, which no listing shows; False where either does not say."""
        return bool(self.boot_id and before.boot_id) and self.boot_id != before.boot_id

    @property
    def somebody_comes(self) -> bool:
        """More connections than sessions: somebody is at the log-on mask, and has a session a moment later."""
        return self.connections is not None and self.connections > len(self.sessions)

    def doubt(self, now: Instant) -> str:
        """Why it does not prove now that nobody is there but its sessions; empty: it does.

        What it tells is as of when it was written, and within one period there is a newer one.
        """
        if self.written_at is None:
            return "its status document does not say when it was written"
        age_s = abs(now - self.written_at)
        if age_s > self.period_s:
            return f"its status document is {age_s:.0f} s old, and is written every {self.period_s:.0f} s"
        if self.somebody_comes:
            return f"{self.connections} connections to its log-on port, and {len(self.sessions)} session(s): somebody comes"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unheard:
    """Why a desktop gave no report when it was asked last."""

    word: GuestWord
    text: str
    """In the guest's, or the cluster's, own words."""
    since: Instant
    """When it was first asked in vain for this reason."""


LONGEST_DELETE_WAIT_S = 6 * 3600.0
"""A VM that somebody protects stays protected for days, and nobody waits for its end: it is tried four times a day at last."""
PLACE_TRIES = 2
"""Failures that speak of the place before a desktop is put elsewhere: one may be chance, a third is time lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """What has gone wrong with a desktop since its last progress."""

    count: int = 0
    """Failures that may be the desktop's own."""
    reason: Reason = NONE
    retry_at: Instant = 0.0
    gave_up: bool = False
    waited: int = 0
    """Failures because something was busy: they lengthen the waits, and are never a reason to give up."""
    misplaced: int = 0
    """Failures that speak of the place: its node cannot do it, or its storage is full."""
    error: str = ""
    """The last failure, as in `errors.word_for`; empty: there was none."""
    made: bool = False
    """Its clone ended well at least once: a VM under its number is ours, also where no listing shows it."""
    avoid: tuple[NodeName, ...] = ()
    """Nodes tried before, from which it was moved here. Outlives progress, until it is ready."""

    @property
    def tries(self) -> int:
        """Failures in a row, whoever is to blame."""
        return self.count + self.waited

    def __bool__(self) -> bool:
        """Whether anything is remembered."""
        return self is not UNTRIED and self != UNTRIED


UNTRIED = Attempts()
