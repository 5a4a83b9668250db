"""What the store keeps and Proxmox VE cannot tell, as planning sees it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any

from provisioner.model.agents import Roster
from provisioner.model.departures import Deleted, Departure
from provisioner.model.desktops import UNTRIED, Attempts, GuestReport, Reservation, Unheard
from provisioner.model.guard import GuardRecord
from provisioner.model.ids import AgentId, ClusterId, DesktopName, GuestKey, Instant, Vmid
from provisioner.model.intents import Intent


@dataclass(frozen=True, slots=True, kw_only=True)
class DesktopRecord:
    """All that is kept of one desktop: it comes and goes as one."""

    reservation: Reservation
    report: GuestReport | None = None
    """Its last one; void once the desktop was seen stopped or was started anew."""
    unheard: Unheard | None = None
    """Why it gave no report when it was asked last; void as its report is."""
    started_at: Instant | None = None
    """When it was last started by us; None: never, or it was seen powered off since."""
    attempts: Attempts = UNTRIED
    assigned_to: AgentId | None = None
    superseded_by: DesktopName | None = None
    """The desktop that its agent has been given instead, which is reserved too."""
    departure: Departure | None = None
    """Its agent is not wanted any more; None: wanted, and no tag says otherwise."""

    @property
    def has_served(self) -> bool:
        """Whether it was started in any life of the daemon that the store knows: then it was configured."""
        return self.assigned_to is not None or self.report is not None or self.started_at is not None


class RecordEdits:
    """Changes of several records, one upon the other. The records themselves stay as they were."""

    def __init__(self, records: Mapping[DesktopName, DesktopRecord]) -> None:
        self._before = records
        self.made: dict[DesktopName, DesktopRecord | None] = {}
        """What is otherwise than before; None: released."""

    def get(self, name: DesktopName) -> DesktopRecord | None:
        """The record as it is by now."""
        return self.made[name] if name in self.made else self._before.get(name)

    def reserve(self, reservation: Reservation) -> None:
        """A desktop of which nothing else is known yet."""
        self.made[reservation.name] = DesktopRecord(reservation=reservation)

    def change(self, name: DesktopName, **parts: Any) -> None:
        """Put these parts of a record in place of its own; nothing is kept of a desktop that is not reserved."""
        record = self.get(name)
        if record is not None and (after := replace(record, **parts)) != record:
            self.made[name] = after

    def prove(self, name: DesktopName, proven: bool = True) -> None:
        """Seen to be ours; or the proof is void: what stands under its VMID may be another VM by now."""
        record = self.get(name)
        if record is not None:
            self.change(name, reservation=replace(record.reservation, proven=proven))

    def release(self, names: Iterable[DesktopName]) -> None:
        """No VM stands for these any more. With a desktop those count again that were superseded by it."""
        gone = {name for name in names if self.get(name) is not None}
        self.made |= dict.fromkeys(gone)
        if gone:
            self.each(lambda record: replace(record, superseded_by=None) if record.superseded_by in gone else record)

    def each(self, changed: Callable[[DesktopRecord], DesktopRecord]) -> None:
        """Put what this function says in place of every record; one that it gives back is as it was."""
        for name, record in {**self._before, **self.made}.items():
            if record is not None and (after := changed(record)) is not record:
                self.made[name] = after


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """A read-only view; the reconciler keeps it equal to the store."""

    desktops: Mapping[DesktopName, DesktopRecord] = field(default_factory=dict)
    checked: Mapping[DesktopName, Instant] = field(default_factory=dict)
    """When each desktop's guest, or a VM's note, was last asked for, answer or not; in this life of the daemon."""
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
    inherited: Set[DesktopName] = frozenset()
    """Desktops that the store did not know for proven when this life of the daemon began: it may be older than the cluster."""
    maybe_made: Set[DesktopName] = frozenset()
    """Desktops whose clone may have come out unseen: ordered in an earlier life of the daemon, or its answer was lost."""
    deletions: Mapping[Deleted, Instant] = field(default_factory=dict)
    """When each delete was ordered last."""
    retired: Mapping[GuestKey, str] = field(default_factory=dict)
    """VMIDs that are never handed out, and why."""
    vmids: Mapping[ClusterId, Mapping[Vmid, DesktopName]] | None = field(default=None, compare=False)
    """The desktop that each VMID stands for, where it is kept up to date with the records; None: work it out from them."""
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

    def report_of(self, name: DesktopName) -> GuestReport:
        """The last report of a desktop that is ready: it has given one."""
        report = self.desktops[name].report
        assert report is not None
        return report

    @property
    def reservations(self) -> Iterator[Reservation]:
        """Every desktop's."""
        return (record.reservation for record in self.desktops.values())

    @property
    def owners(self) -> frozenset[AgentId]:
        """Agents who have a desktop, whatever its state."""
        return frozenset(one.agent_id for one in self.reservations if one.agent_id is not None)

    @property
    def served(self) -> frozenset[AgentId]:
        """Agents who have been given a ready desktop."""
        return frozenset(record.assigned_to for record in self.desktops.values() if record.assigned_to is not None)
