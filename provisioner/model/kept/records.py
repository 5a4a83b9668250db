"""The store's records, as planning sees them: facts that Proxmox VE does not know."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from provisioner.model.departures import Deleted, Departure
from provisioner.model.guard import GuardRecord
from provisioner.model.ids import AgentId, ClusterId, DesktopName, GuestKey, Instant, Vmid
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.lending import Lease
from provisioner.model.machines.desktops import UNIDENTIFIED, UNTRIED, Attempts, GuestReport, Identity, Reservation, Unheard
from provisioner.model.people.agents import Roster
from provisioner.model.rules import Rules
from provisioner.model.scenario.half_days import PersonWeek
from provisioner.model.scenario.scenarios import NOBODY_NEW
from provisioner.model.scenario.surges import SurgeRun
from provisioner.model.session_counts import NO_COUNTS, SessionCounts
from provisioner.model.words import GuestWord
from provisioner.reasons.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class DesktopRecord:
    """Everything stored about one desktop."""

    reservation: Reservation
    report: GuestReport | None = None
    """The guest's last report; void after the desktop was observed stopped or was started again."""
    unheard: Unheard | None = None
    """Why the last question got no report; void as the report is."""
    started_at: Instant | None = None
    """When we started it last; None: never, or it was observed powered off since."""
    attempts: Attempts = UNTRIED
    assigned_to: AgentId | None = None
    superseded_by: DesktopName | None = None
    """The desktop that its agent was given instead, which has a record too."""
    departure: Departure | None = None
    """Its agent's departure; None: the agent is entitled, and no tag of the desktop says otherwise."""
    identity: Identity = UNIDENTIFIED
    """What its last report showed of it; unlike the report, it stays while the desktop is off."""
    lease: Lease | None = None
    """Of a desktop of a pool; None: it is free, or of no pool."""
    used: bool = False
    """Whether a desktop of a pool was only restarted after somebody: what they wrote to its disk is there, until it is made
    anew."""

    logged_on: bool = False
    """Whether anybody may ever have been logged on to it: it reported somebody, or it was made before the store was lost."""

    @property
    def hangs(self) -> bool:
        """Whether nobody can log on to it: it was ready, and neither it nor its log-on port has answered for some minutes."""
        return self.unheard is not None and self.unheard.silent and self.unheard.word is GuestWord.HANGS

    @property
    def has_served(self) -> bool:
        """Whether it was ever started, as far as the store knows: then it was configured."""
        return self.assigned_to is not None or self.report is not None or self.started_at is not None

    def was_started_since(self, at: Instant) -> bool:
        """Whether its present boot was ordered at or after this time."""
        return self.started_at is not None and self.started_at >= at


class RecordEdits:
    """Collects changes of several records, one after the other. The records themselves do not change."""

    def __init__(self, records: Mapping[DesktopName, DesktopRecord]) -> None:
        self._before = records
        self.made: dict[DesktopName, DesktopRecord | None] = {}
        """The changed records; None: released."""

    def get(self, name: DesktopName) -> DesktopRecord | None:
        """The record with all changes so far."""
        return self.made[name] if name in self.made else self._before.get(name)

    def reserve(self, reservation: Reservation) -> None:
        """Add the record of a new desktop."""
        self.made[reservation.name] = DesktopRecord(reservation=reservation)

    def change(self, name: DesktopName, **parts: Any) -> None:
        """Replace fields of a record; without a record nothing happens."""
        record = self.get(name)
        if record is not None and (after := replace(record, **parts)) != record:
            self.made[name] = after

    def prove(self, name: DesktopName, proven: bool = True) -> None:
        """Mark the desktop as proven ours; or void the proof: another VM may have its VMID by now."""
        record = self.get(name)
        if record is not None:
            self.change(name, reservation=replace(record.reservation, proven=proven))

    def release(self, names: Iterable[DesktopName]) -> None:
        """Remove records of desktops without a VM. Desktops that a removed one had superseded count again."""
        gone = {name for name in names if self.get(name) is not None}
        self.made |= dict.fromkeys(gone)
        if gone:
            self.each(lambda record: replace(record, superseded_by=None) if record.superseded_by in gone else record)

    def each(self, changed: Callable[[DesktopRecord], DesktopRecord]) -> None:
        """Apply a function to every record; a record that it returns as it is stays unchanged."""
        for name, record in {**self._before, **self.made}.items():
            if record is not None and (after := changed(record)) is not record:
                self.made[name] = after


class Try(NamedTuple):
    """The last time that something was tried."""

    at: Instant
    failure: Reason
    """Empty: it succeeded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """A read-only view of the store's content, and facts of this life of the daemon."""

    desktops: Mapping[DesktopName, DesktopRecord] = field(default_factory=dict)
    checked: Mapping[DesktopName, Instant] = field(default_factory=dict)
    """When each desktop's guest, or a VM's note, was last asked, with or without an answer. In this life of the daemon."""
    other_key: Mapping[DesktopName, str] = field(default_factory=dict)
    """VMs whose note is signed with another key, each with the error's text. In this life of the daemon."""
    proved: Mapping[DesktopName, Instant] = field(default_factory=dict)
    """When each desktop was last proven ours. In this life of the daemon."""
    unsampled: Set[ClusterId] = frozenset()
    """Clusters with desktops of an earlier life of the daemon, where no note with our key was read in this one yet."""
    key_confirmed: bool = False
    """Whether a note with our key was read in this life of the daemon."""
    unread: Mapping[DesktopName, str] = field(default_factory=dict)
    """VMs whose note could not be read at the last try, and why. In this life of the daemon."""
    reconfigured: Mapping[DesktopName, Try] = field(default_factory=dict)
    """When it was last ordered to configure a desktop again, and whether that failed; failures that pass by themselves are left
    out. In this life of the daemon."""
    inherited: Set[DesktopName] = frozenset()
    """Desktops that were not proven when this life of the daemon began: the store may be older than the cluster."""
    maybe_made: Set[DesktopName] = frozenset()
    """Desktops whose clone may have succeeded unobserved: sent in this life of the daemon, or ordered in an earlier one."""
    unended: Set[DesktopName] = frozenset()
    """Of them, those of whose clones one ended without a word of its task: lost, too late, or in an earlier life."""
    resting: Set[str] = frozenset()
    """Addresses of desktops that went a short while ago: caches may still lead there. In this life of the daemon."""
    deletions: Mapping[Deleted, Instant] = field(default_factory=dict)
    """When each delete was last ordered."""
    retired: Mapping[GuestKey, str] = field(default_factory=dict)
    """VMIDs that are never used again, and why."""
    vmids: Mapping[ClusterId, Mapping[Vmid, DesktopName]] | None = field(default=None, compare=False)
    """The desktop of each VMID, an index of `desktops`; None: compute it."""
    leased: Mapping[AgentId, DesktopName] = field(default_factory=dict, compare=False)
    """The desktop of a pool that is for each agent, an index of `desktops`."""
    rekeyed: Mapping[AgentId, AgentId] = field(default_factory=dict)
    """From each earlier id of an agent to the present one."""
    roster: Roster | None = None
    provisional: bool = False
    """The roster was not judged by the guard yet: agents get desktops by it, and no agent loses one."""
    guard: GuardRecord = GuardRecord()
    session_counts: SessionCounts = NO_COUNTS
    intents: tuple[Intent, ...] = ()
    rebuilt_since: Instant | None = None
    """When all clusters were first observed with an empty store; None: it was not empty, or the rebuild is over."""
    rebuild_began: Instant | None = None
    """The same, as stored by the life of the daemon that saw it first: a daemon that is killed soon begins no new wait."""
    surge: SurgeRun | None = None
    """The newest run of a scenario; None: there was none."""
    half_days: Mapping[tuple[Instant, AgentId], PersonWeek] = field(default_factory=dict)
    """The published half-days of a rotation, of the newest run, by week and person."""
    baseline_accepted: bool = True
    """False after the store was rebuilt from notes: no stop, release or delete until an operator accepts."""

    @property
    def quarantines(self) -> Mapping[DesktopName, Intent]:
        """Desktops that an operator keeps as they are, with the order."""
        return {DesktopName(intent.target): intent for intent in self.intents if intent.kind is IntentKind.QUARANTINE}

    def report_of(self, name: DesktopName) -> GuestReport:
        """The last report of a ready desktop, which always has one."""
        report = self.desktops[name].report
        assert report is not None
        return report

    @property
    def reservations(self) -> Iterator[Reservation]:
        """The reservations of all desktops."""
        return (record.reservation for record in self.desktops.values())

    @property
    def owners(self) -> frozenset[AgentId]:
        """Agents who have a desktop, in any state."""
        return frozenset(desktop.agent_id for desktop in self.reservations if desktop.agent_id is not None)

    @property
    def served(self) -> frozenset[AgentId]:
        """Agents who have been given a ready desktop."""
        return frozenset(record.assigned_to for record in self.desktops.values() if record.assigned_to is not None)

    def kept_under(self, *rules: Rules) -> frozenset[AgentId]:
        """Agents who stay wanted whatever the scenario says. Without a scenario also those whose desktop is being made."""
        return self.owners if any(each.scenario == NOBODY_NEW for each in rules) else self.served
