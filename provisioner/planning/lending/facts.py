"""What the desktops of pools are like at this moment, as leases are decided by it. Pure."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from math import ceil

from provisioner.model.cordons import Cordon
from provisioner.model.ids import AgentId, DesktopName, GuestKey, Instant, NodeKey
from provisioner.model.kept.records import DesktopRecord
from provisioner.model.lending import Lease, LeaseState
from provisioner.model.machines.desktops import GuestReport, Phase
from provisioner.model.machines.seats import pool_of
from provisioner.model.pools import AfterPerson, DesktopPool
from provisioner.pacing.probe_timing import sessions_known_for_s
from provisioner.planning.inputs import Situation, why_quarantined
from provisioner.planning.survey.survey import Survey
from provisioner.reasons.reason import NONE, Reason

UNMADE = frozenset({Phase.RESERVED, Phase.CLONING, Phase.UNPROVEN, Phase.CLONED})
_OUT_OF_USE = frozenset({Phase.FAILED, Phase.DELETING})


@dataclass(frozen=True, slots=True, kw_only=True)
class LendFacts:
    """What an order to lend is compared with."""

    situation: Situation
    """Its records are of now; the rest is as the last cycle found it."""
    survey: Survey
    reports: Mapping[DesktopName, GuestReport | None]
    """The newest report of each desktop of a pool, also if it waits to be stored."""
    cordons: Mapping[NodeKey, Cordon]
    busy: Set[GuestKey] = frozenset()
    """VMs that are being changed."""

    @property
    def now(self) -> Instant:
        """The time of the order."""
        return self.situation.now

    def record(self, name: DesktopName) -> DesktopRecord:
        """The desktop's record."""
        return self.situation.records.desktops[name]

    def phase(self, name: DesktopName) -> Phase:
        """Its phase at the last look; reserved: it is newer."""
        return self.survey.phases.get(name, (Phase.RESERVED, NONE))[0]

    def is_usable(self, name: DesktopName) -> bool:
        """Whether it is what its seat uses, and has not failed."""
        record = self.record(name)
        primary = self.survey.of_seat.get(record.reservation.seat) if record.reservation.seat is not None else None
        is_primary = primary is not None and primary.name == name
        usable = self.phase(name) not in _OUT_OF_USE and not record.hangs
        return is_primary and name not in self.survey.quarantined and usable

    def out_of_use(self, name: DesktopName) -> Reason:
        """Why it is of no use: a quarantine, or what it is in."""
        order = self.situation.records.quarantines.get(name)
        return why_quarantined(order) if order is not None else self.survey.phases.get(name, (Phase.RESERVED, NONE))[1]

    def is_empty(self, name: DesktopName) -> bool:
        """Whether it is known that nobody is logged on there. A report of an older boot, or an old one, proves nothing."""
        report = self.reports.get(name)
        if name in self.situation.in_use:
            return False
        if report is None or not report.ready or report.sessions or report.somebody_comes:
            return False
        return self.now - report.read_at <= sessions_known_for_s(self.situation.config.pace)

    def held_until(self, lease: Lease) -> Instant:
        """When no grant for a lease that has ended is good any more: nobody else gets the desktop before."""
        grants = self.situation.config.grants
        return lease.since + (0.0 if grants is None else grants.hold_s)

    def ready_in_s(self, name: DesktopName) -> float:
        """Seconds until it may be ready, by what boots and clones have taken."""
        record, limits = self.record(name), self.situation.limits
        profile = self.situation.config.profiles.get(record.reservation.profile)
        boot_s = limits.boot_alone_s(profile) if profile is not None else 0.0
        phase = self.phase(name)
        if phase is Phase.READY:
            return 0.0
        if phase is Phase.STARTING and record.started_at is not None:
            return float(ceil(max(1.0, record.started_at + boot_s - self.now)))
        clone_s = max(limits.clone_s.values(), default=0.0) if phase in UNMADE else 0.0
        return float(ceil(boot_s + clone_s))

    def pool(self, record: DesktopRecord) -> DesktopPool | None:
        """The pool that it is of; None: of none, or of one that is not configured any more."""
        name = pool_of(record.reservation.seat)
        return None if name is None else self.situation.config.desktop_pools.get(name)

    def is_kept(self, record: DesktopRecord) -> bool:
        """Whether its pool keeps it for its person."""
        pool = self.pool(record)
        return pool is not None and pool.after_person is AfterPerson.KEPT

    def state(self, name: DesktopName) -> LeaseState | None:
        """Of its lease; None: it is free, or not there."""
        record = self.situation.records.desktops.get(name)
        return None if record is None or record.lease is None else record.lease.state

    def login(self, agent_id: AgentId) -> str:
        """The login, by which people know them."""
        roster = self.situation.records.roster
        return agent_id if roster is None or agent_id not in roster.agents else roster.agents[agent_id].login


__all__ = ["UNMADE", "LendFacts"]
