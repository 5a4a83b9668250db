"""What the store keeps and Proxmox VE cannot tell, as planning sees it."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from provisioner.model.agents import Roster
from provisioner.model.departures import Deleted, Departure
from provisioner.model.desktops import Attempts, GuestReport, Reservation, Unheard
from provisioner.model.guard import GuardRecord
from provisioner.model.ids import AgentId, ClusterId, DesktopName, GuestKey, Instant, Vmid
from provisioner.model.intents import Intent


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """A read-only view; the reconciler keeps it equal to the store."""

    reservations: Mapping[DesktopName, Reservation] = field(default_factory=dict)
    reports: Mapping[DesktopName, GuestReport] = field(default_factory=dict)
    """The last report of each desktop; void once the desktop was seen stopped or was started anew."""
    started: Mapping[DesktopName, Instant] = field(default_factory=dict)
    """When each desktop was last started by us."""
    checked: Mapping[DesktopName, Instant] = field(default_factory=dict)
    """When each desktop's guest was last asked, answer or not."""
    other_key: Mapping[DesktopName, str] = field(default_factory=dict)
    """VMs whose note is signed with another key, and the words for it; in this life of the daemon."""
    proved: Mapping[DesktopName, Instant] = field(default_factory=dict)
    """When each desktop was proven ours last; in this life of the daemon."""
    unsampled: Set[ClusterId] = frozenset()
    """Clusters with desktops of an earlier life of the daemon, of which no note has been read in this one with our key."""
    key_confirmed: bool = False
    """Whether a note was read in this life of the daemon that our key has signed."""
    unread: Mapping[DesktopName, str] = field(default_factory=dict)
    """VMs whose note could not be read when it was asked for last, and why; in this life of the daemon."""
    unheard: Mapping[DesktopName, Unheard] = field(default_factory=dict)
    """Desktops that gave no report when they were asked last, and why; void as their report is."""
    attempts: Mapping[DesktopName, Attempts] = field(default_factory=dict)
    assignments: Mapping[DesktopName, AgentId] = field(default_factory=dict)
    superseded: Mapping[DesktopName, DesktopName] = field(default_factory=dict)
    """Desktops whose agent has been given another instead, which is reserved too."""
    inherited: Set[DesktopName] = frozenset()
    """Desktops that the store did not know for proven when this life of the daemon began: it may be older than the cluster."""
    maybe_made: Set[DesktopName] = frozenset()
    """Desktops whose clone may have come out unseen: ordered in an earlier life of the daemon, or its answer was lost."""
    departures: Mapping[DesktopName, Departure] = field(default_factory=dict)
    """Desktops whose agent is not wanted any more."""
    deletions: Mapping[Deleted, Instant] = field(default_factory=dict)
    """When each delete was ordered last."""
    retired: Set[GuestKey] = frozenset()
    vmids: Mapping[ClusterId, Mapping[Vmid, DesktopName]] | None = field(default=None, compare=False)
    """The desktop that each VMID stands for, where it is kept up to date with the reservations; None: work it out from them."""
    rekeyed: Mapping[AgentId, AgentId] = field(default_factory=dict)
    """Every id under which an agent was known earlier, and the one that the agent has now."""
    roster: Roster | None = None
    provisional: bool = False
    """The roster is a reading that nobody could judge yet: desktops are served by it, and taken from nobody."""
    guard: GuardRecord = GuardRecord()
    intents: tuple[Intent, ...] = ()
    rebuilt_since: Instant | None = None
    """When an empty store was first observed against; None: the store was not empty, or the rebuilding is over."""
    baseline_accepted: bool = True
    """False after the store was rebuilt from notes: no stop, release or delete until an operator accepts."""
