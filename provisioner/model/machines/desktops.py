"""A desktop: its reservation, its guest's report, its failures, and the phase that follows from them."""

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
    node_key,
)
from provisioner.model.machines.seats import agent_at
from provisioner.model.words import GuestWord
from provisioner.reasons.phases import OLD_DOCUMENT, SOMEBODY_COMES, UNDATED
from provisioner.reasons.reason import NONE, Reason


class Phase(enum.StrEnum):
    """A desktop's phase. Always derived, never stored (planning.survey.lifecycle has the table of transitions)."""

    RESERVED = "reserved"
    CLONING = "cloning"
    UNPROVEN = "unproven"
    CLONED = "cloned"
    STOPPED = "stopped"
    STARTING = "starting"
    READY = "ready"
    SILENT = "silent"
    """It was ready in this boot, and answers nothing any more: whether anybody can log on is not known."""
    STOPPING = "stopping"
    DELETING = "deleting"
    FAILED = "failed"
    UNKNOWN = "unknown"


RUNNING = frozenset({Phase.STARTING, Phase.READY, Phase.SILENT})
"""Phases in which a desktop can have a session, and nobody has ordered its end."""
ON = RUNNING | {Phase.STOPPING}
"""Phases in which it takes the place of a running desktop."""
MAYBE_ON = ON | {Phase.UNKNOWN}
CONFIGURED = RUNNING | {Phase.STOPPED}
"""Phases of a desktop that is made, and has not failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """VMID, name and address of a desktop, durable before its clone is ordered."""

    name: DesktopName
    cluster: ClusterId
    vmid: Vmid
    profile: ProfileName
    seat: Seat | None
    """Its seat; None: its note names a kind of seat that this version does not know."""
    address: str
    """IPv4 or IPv6 address without prefix; empty: DHCP."""
    node: NodeName
    """Where its clone was ordered; the guest may have moved since."""
    reserved_at: Instant
    proven: bool = False
    """Proven ours: our clone succeeded on the ordered node, or the signed note was verified."""
    noted_as: tuple[AgentId, ...] = ()
    """Earlier ids of its agent that its note may name; empty: the note names `seat`, as far as known."""
    run: int | None = None
    """The number of the run of a surge scenario that it was made in; None: it was made in none."""
    agent_id: AgentId | None = field(init=False, repr=False, compare=False)
    """The seat's agent; None: another kind of seat. Computed once, like the next two: each cycle needs them several times."""
    key: GuestKey = field(init=False, repr=False, compare=False)
    """Its VM."""
    node_key: NodeKey = field(init=False, repr=False, compare=False)
    """The node where its clone was ordered."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "agent_id", agent_at(self.seat))
        object.__setattr__(self, "key", GuestKey(self.cluster, self.vmid))
        object.__setattr__(self, "node_key", node_key(self.cluster, self.node))

    def may_be_noted_as(self, seat: Seat | None) -> bool:
        """Whether the desktop's note may name this seat: its present seat, or its agent under an earlier id."""
        return seat == self.seat or agent_at(seat) in self.noted_as


class FirstBoot(enum.StrEnum):
    """The state of the image's first-boot set-up."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class FirstBootData(enum.StrEnum):
    """How far the desktop is with the data that it fetches for its first boot."""

    NONE = "none"
    """Its image does not ask for any."""
    WAITING = "waiting"
    """They have not come yet, or are being applied."""
    DONE = "done"
    FAILED = "failed"


class SessionState(enum.StrEnum):
    """The state of an open session; only in a connected one somebody is at work."""

    CONNECTED = "connected"
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One agent's open session in a desktop."""

    login: str
    state: SessionState
    since: Instant
    source: str = "guest_agent"


def is_same_person(login: str, other: str) -> bool:
    """Whether two logins are one account: `jdupont`, `JDupont`, `DEP\\jdupont` and `jdupont@dep.example` are the same."""
    return _account(login) == _account(other)


def _account(login: str) -> str:
    return login.rpartition("\\")[2].partition("@")[0].casefold()


class EventKind(enum.StrEnum):
    """What happened to a session."""

    LOGON = "logon"
    LOGOFF = "logoff"
    CONNECT = "connect"
    DISCONNECT = "disconnect"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEvent:
    """A log-on, log-off, connect or disconnect in a desktop, as it noted it."""

    number: int
    """In this boot, from 1 on, without a gap."""
    kind: EventKind
    login: str
    at_s: float
    """Seconds since the boot."""


PERIOD_S = 10.0
"""The default period of a status document: that of bascule-guest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What no two desktops may share, and the image; empty: not in the report."""

    image: str = ""
    """The golden image's version."""
    machine: str = ""
    """A hash of its machine-id."""
    host_keys: tuple[str, ...] = ()
    """The fingerprints of its SSH host keys."""
    hostname: str = ""
    """Its own name, in small letters."""
    cards: tuple[str, ...] = ()
    """The addresses of its network cards."""
    addresses: tuple[str, ...] = ()
    """The IPv4 and IPv6 addresses of its network cards, without those that only the link knows."""

    def __bool__(self) -> bool:
        """Whether it shows anything."""
        return self is not UNIDENTIFIED and self != UNIDENTIFIED


UNIDENTIFIED = Identity()
"""Of a report that shows nothing of the kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestReport:
    """A desktop's report on itself, with its time: the evidence of readiness and of sessions."""

    read_at: Instant
    first_boot: FirstBoot
    logon_port_open: bool
    booted_at: Instant | None = None
    ready_at: Instant | None = None
    """When first boot had finished and the log-on port was open, by the guest's clock."""
    sessions: tuple[Session, ...] = ()
    written_at: Instant | None = None
    """When the guest wrote it, by its own clock; None: not in the report."""
    age_s: float | None = None
    """Its age at `read_at`, by the guest's uptime, which no clock that is set changes; None: not known."""
    period_s: float = PERIOD_S
    """Seconds from one writing to the next."""
    boot_id: str = ""
    """The kernel's id of this boot; empty: not in the report."""
    connections: int | None = None
    """Connections to the log-on port at that moment; None: not in the report."""
    sequence: int = 0
    """Microseconds since the boot when it was made: grows with each report of a boot; 0: not in the report."""
    event_number: int = 0
    """Of the last event in this boot."""
    events: tuple[SessionEvent, ...] = field(default=(), repr=False)
    """The last events; not stored."""
    identity: Identity = UNIDENTIFIED
    ask_at: Instant | None = None
    """From when on it is to be read again: it has pushed from another boot since. None: when its turn comes."""
    push_secret: str = field(default="", repr=False)
    """What this boot's pushes are signed with, in hexadecimal digits; only in a report that Bascule fetched. Empty: none."""
    first_boot_data: FirstBootData = FirstBootData.NONE
    first_boot_error: str = ""
    """Why its first boot has failed, in its own words."""
    clash: Reason = NONE
    """Which other desktop it shares its identity with, so that nobody gets it; not in the report. Empty: none."""

    @property
    def ready(self) -> bool:
        """First boot has finished and the log-on port answers, and it shares its identity with no other desktop."""
        return self.first_boot is FirstBoot.DONE and self.logon_port_open and not self.clash

    def is_of_other_boot(self, before: "GuestReport") -> bool:
        """Whether the guest was restarted from inside, which no listing shows; False if a report has no boot id."""
        return bool(self.boot_id and before.boot_id) and self.boot_id != before.boot_id

    @property
    def somebody_comes(self) -> bool:
        """Whether there are more connections than sessions: somebody is logging on."""
        return self.connections is not None and self.connections > len(self.sessions)

    def doubt(self, now: Instant) -> Reason:
        """Why the report does not prove the present sessions; empty: it does.

        It is evidence for one period after it was written: then there should be a newer one. A clock that is ahead makes an old
        document look current: the uptime, where it is known, says better how old it is.
        """
        if self.written_at is None:
            return UNDATED()
        age_s = abs(now - self.written_at if self.age_s is None else self.age_s + now - self.read_at)
        if age_s > self.period_s:
            return OLD_DOCUMENT(age_s=age_s, period_s=self.period_s)
        if self.somebody_comes:
            return SOMEBODY_COMES(connections=self.connections or 0, sessions=len(self.sessions))
        return NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Unheard:
    """Why the last question to a desktop got no report."""

    word: GuestWord
    text: str
    """The text of the guest or of the cluster."""
    since: Instant
    """When a question first failed for this reason."""
    silent: bool = False
    """Whether nothing in it has answered for so long that it was not by chance (`falls_silent`)."""
    age_s: float | None = None
    """Of a document whose time is what is wrong with it, seconds; negative: dated in the future. None: something else is."""

    def falls_silent(self, report: "GuestReport", now: Instant) -> bool:
        """Whether a desktop that was ready by this report counts as silent, now that one more question has failed."""
        asked_in_vain_s, unheard_s = now - self.since, now - report.read_at
        return self.word in _NO_ANSWER and asked_in_vain_s >= IN_VAIN_S and unheard_s >= SILENT_S


SILENT_S = 150.0
"""So long after its last report a desktop that does not answer counts as silent: a busy one answers within a minute or two."""
IN_VAIN_S = 60.0
"""At least two questions: the second is asked 20 s after the first, or later."""
_NO_ANSWER = frozenset({GuestWord.NO_AGENT, GuestWord.NO_ANSWER, GuestWord.HANGS})
"""Nothing in the desktop has answered; a cluster that did not ask, or a report that cannot be read, is something else."""
LONGEST_DELETE_WAIT_S = 6 * 3600.0
"""The longest wait between tries to delete: a protected VM stays protected for days, and its end is not urgent."""
PLACE_TRIES = 2
"""Failures of a place before a desktop is placed elsewhere: the first may be chance, a third would waste time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """A desktop's failures since its last progress."""

    count: int = 0
    """Failures that may be the desktop's fault."""
    reason: Reason = NONE
    retry_at: Instant = 0.0
    gave_up: bool = False
    waited: int = 0
    """Failures because something was busy: they make the waits longer, and never count for giving up."""
    misplaced: int = 0
    """Failures of the place: its node cannot run it, or its storage is full."""
    error: str = ""
    """The last failure, as in `errors.word_for`; empty: there was none."""
    made: bool = False
    """Its clone has succeeded at least once: a VM with its VMID exists and is ours, even if no listing shows it."""
    avoid: tuple[NodeName, ...] = ()
    """Nodes where it was tried before. Kept through progress, until it is ready."""

    @property
    def tries(self) -> int:
        """All failures in a row."""
        return self.count + self.waited

    def __bool__(self) -> bool:
        """Whether there is anything to remember."""
        return self is not UNTRIED and self != UNTRIED


UNTRIED = Attempts()
