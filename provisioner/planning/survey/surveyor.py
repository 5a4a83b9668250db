"""Surveys desktops. A site has thousands, but few of them change from one cycle to the next, and only these are surveyed again.

The result equals a survey from scratch; tests compare both.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from math import inf
from types import MappingProxyType

from provisioner.model.actions import Action, Clone
from provisioner.model.demand import Demand, Want
from provisioner.model.departures import departure_tags
from provisioner.model.ids import ClusterId, DesktopName, GuestKey, Instant, NodeKey, ProfileName, Seat, Vmid
from provisioner.model.kept.records import DesktopRecord, Records
from provisioner.model.machines.cluster import ClusterView, Guest, Power
from provisioner.model.machines.desktops import CONFIGURED, Phase, Reservation
from provisioner.model.people.agents import Roster
from provisioner.model.site_config import SiteConfig
from provisioner.model.vm_marks import is_configured
from provisioner.planning.inputs import Situation, where
from provisioner.planning.placement.allocation import AllocatedIds, allocated_ids, desktops_by_vmid
from provisioner.planning.placement.claims import Claim
from provisioner.planning.survey.foreign import foreign_guests, unidentified_of
from provisioner.planning.survey.last_look import LastLook
from provisioner.planning.survey.leaver_ladder import leavers_of
from provisioner.planning.survey.lifecycle import PhaseFacts, is_transition, of_another_boot, phase_of
from provisioner.planning.survey.primary import primary_desktops, superseded_of
from provisioner.planning.survey.profile_changes import changes_of
from provisioner.planning.survey.queues import Step, StepQueue, UnservedWants, queue_of
from provisioner.planning.survey.session_schedule import SessionSchedule
from provisioner.planning.survey.survey import Survey
from provisioner.pve.desktop_settings import Aspect
from provisioner.reasons.reason import Reason


def survey(situation: Situation) -> Survey:
    """Survey every desktop once, from scratch."""
    return Surveyor().look(situation)


class Surveyor:
    """Surveys desktops and remembers the results. Lives as long as the daemon; changed by each look."""

    def __init__(self) -> None:
        self._looked_at: Instant = -inf
        self._config: SiteConfig | None = None
        self._demand: Demand | None = None
        self._roster: Roster | None = None
        self._begin()

    def _begin(self) -> None:
        """Forget all results."""
        self._last = LastLook()
        self._claim_of: dict[DesktopName, Claim] = {}
        self._shared: dict[Claim, Claim] = {}
        """One object for all desktops of the same claim."""
        self._phases: dict[DesktopName, tuple[Phase, Reason]] = {}
        self._not_ready: defaultdict[Phase, dict[DesktopName, Reservation]] = defaultdict(dict)
        self._claims: Counter[Claim] = Counter()
        self._departed: set[DesktopName] = set()
        self._unmarked: set[DesktopName] = set()
        self._outdated: dict[DesktopName, tuple[Aspect, ...]] = {}
        self._misnoted: set[DesktopName] = set()
        self._read_at: defaultdict[ClusterId, dict[Vmid, Instant]] = defaultdict(dict)
        """When the report that makes, or made, a desktop ready was read."""
        self._schedule = SessionSchedule()
        self._of_seat: dict[Seat, Reservation] = {}
        self._others: tuple[Reservation, ...] = ()
        self._quarantined: frozenset[DesktopName] = frozenset()
        self._unserved = UnservedWants()
        self._leavers: Mapping[DesktopName, Reason] = {}
        self._foreign: tuple[Guest, ...] = ()
        self._unprofiled: tuple[Guest, ...] = ()
        self._by_hand: dict[DesktopName, Phase] = {}
        self._used, self._retired = AllocatedIds(vmids={}, addresses=frozenset()), 0
        self._resting: Set[str] = frozenset()
        self._demand = None

    def worth_a_look(
        self, records: Records, clusters: Mapping[ClusterId, ClusterView], in_flight: Mapping[GuestKey, Action]
    ) -> set[DesktopName]:  # fmt: skip
        """Desktops whose stored data these views may void: changed since the last look, not ready, or without our tag."""
        return self._last.changed(records, clusters, in_flight).union(self._unmarked, *self._not_ready.values())

    @property
    def starting(self) -> Mapping[DesktopName, Reservation]:
        """The desktops that were starting at the last look."""
        return self._not_ready[Phase.STARTING]

    def look(self, situation: Situation) -> Survey:
        """Survey the changed desktops, then everything that depends on several of them.

        1. find the desktops that changed; 2. survey each of them; 3. see whose sessions are due; 4. primary desktops, unserved
        agents, leavers, foreign guests.
        """
        everything = situation.config != self._config or situation.now < self._looked_at
        if everything:
            self._begin()
        records, clusters = situation.records, situation.snapshot.clusters
        names = self._last.changed(records, clusters, situation.in_flight).union(self._unsteady(situation))
        guests = self._last.guests_changed(clusters)
        quarantined = frozenset(records.quarantines)
        moved = self._quarantined ^ quarantined
        names |= {name for name in moved if name in records.desktops or name in self._last.records}
        reserved = bool(moved) or any(
            _reservation(self._last.records, name) is not _reservation(records.desktops, name) for name in names
        )
        self._quarantined = quarantined
        self._by_hand = {}
        seats = {seat for name in names for seat in self._take(situation, name)}
        self._schedule.go_on(situation, names, self._phases)
        self._settle(situation, seats, reserved=reserved, guests=guests)
        self._looked_at, self._config = situation.now, situation.config
        self._last.note(situation)
        return self._survey(situation, fresh=None if everything else names)

    # -- each desktop --------------------------------------------------------------------------------------------------

    def _unsteady(self, situation: Situation) -> Iterator[DesktopName]:
        """Desktops whose phase depends on their uptime, which differs in each listing: is their report of this boot?"""
        records, ours = situation.records.desktops, desktops_by_vmid(situation.records)
        yield from (name for name in self._not_ready[Phase.STARTING] if name in records and records[name].report is not None)
        for cluster, view in situation.snapshot.clusters.items():
            if view is not self._last.views.get(cluster):
                there = ours.get(cluster, {})
                yield from (there[vmid] for vmid in of_another_boot(self._read_at[cluster], view) if vmid in there)

    def _take(self, situation: Situation, name: DesktopName) -> Iterable[Seat]:
        """Survey one desktop; return the seats that are concerned."""
        before, now = self._last.records.get(name), situation.records.desktops.get(name)
        phase = self._drop(before.reservation) if before is not None else None
        if now is not None:
            self._enter(situation, now)
            if phase is not None and not is_transition(phase, self._phases[name][0]):
                self._by_hand[name] = phase
        seats = (record.reservation.seat for record in (before, now) if record is not None)
        return [seat for seat in seats if seat is not None]

    def _drop(self, desktop: Reservation) -> Phase:
        """Forget a desktop; return the phase that it was in."""
        phase, _ = self._phases.pop(desktop.name)
        self._not_ready[phase].pop(desktop.name, None)
        claim = self._claim_of.pop(desktop.name)
        self._claims[claim] -= 1
        if not self._claims[claim]:
            del self._claims[claim], self._shared[claim]
        for names in (self._departed, self._unmarked, self._misnoted):
            names.discard(desktop.name)
        self._outdated.pop(desktop.name, None)
        self._read_at[desktop.cluster].pop(desktop.vmid, None)
        return phase

    def _enter(self, situation: Situation, record: DesktopRecord) -> None:
        """Survey one desktop, and enter the result."""
        desktop, view = record.reservation, situation.snapshot.clusters.get(record.reservation.cluster)
        config, in_flight = situation.config, situation.in_flight.get(desktop.key)
        facts = PhaseFacts(record, view, config.installation, in_flight, config.pools.get(desktop.cluster))
        guest, phase = facts.guest, phase_of(facts)
        claim = _claim(desktop, guest, facts.in_flight, facts.installation)
        claim = self._claim_of[desktop.name] = self._shared.setdefault(claim, claim)
        self._phases[desktop.name] = phase
        self._claims[claim] += 1
        if phase[0] is not Phase.READY:
            self._not_ready[phase[0]][desktop.name] = desktop
        if phase[0] in (Phase.READY, Phase.SILENT):
            assert record.report is not None  # it is, or was, ready by its report
            self._read_at[desktop.cluster][desktop.vmid] = record.report.read_at
        if record.departure is not None or (guest is not None and departure_tags(guest.tags)):
            self._departed.add(desktop.name)
        if guest is not None and phase[0] in CONFIGURED and not is_configured(guest, facts.installation):
            self._unmarked.add(desktop.name)
        if changed := changes_of(situation.config, record, guest, phase[0]):
            self._outdated[desktop.name] = changed
        if desktop.noted_as:
            self._misnoted.add(desktop.name)

    # -- all of them -----------------------------------------------------------------------------------------------------

    def _settle(self, situation: Situation, seats: Set[Seat], *, reserved: bool, guests: bool) -> None:
        """Everything that depends on several desktops. `reserved`: reservations have changed; `guests`: guests have changed."""
        records, demand = situation.records, situation.demand
        if reserved or self._others:
            self._of_seat, self._others = primary_desktops(records, self._phases)
        new_demand = demand is not self._demand
        if new_demand:
            self._unserved = UnservedWants()
        for seat in demand.wants if new_demand else seats:
            self._serve(situation, seat)
        if new_demand or reserved or records.roster is not self._roster:
            self._leavers = leavers_of(situation)
        self._demand, self._roster = demand, records.roster
        if guests or reserved:
            self._foreign = tuple(foreign_guests(situation))
            self._unprofiled = tuple(self._of_no_profile(situation))
        if guests or reserved or len(records.retired) != self._retired or records.resting != self._resting:
            self._used, self._retired = allocated_ids(records, situation.snapshot), len(records.retired)
            self._resting = records.resting

    def _serve(self, situation: Situation, seat: Seat) -> None:
        want = situation.demand.wants.get(seat)
        if want is None or self._is_served(situation, want):
            self._unserved.remove(seat)
        else:
            self._unserved.put(want, self._queue_of(situation, want))

    def _queue_of(self, situation: Situation, want: Want) -> StepQueue:
        desktop = self._of_seat.get(want.seat)
        if desktop is None:
            return StepQueue(Step.CLONE, want.profile)
        guest, in_flight = situation.snapshot.guest(desktop.key), situation.in_flight.get(desktop.key)
        record, phase = situation.records.desktops[desktop.name], self._phases[desktop.name][0]
        configured_first = phase is Phase.STOPPED and desktop.name in self._outdated
        usual = desktop.profile in situation.config.profiles and desktop.name not in self._unmarked and not configured_first
        return queue_of(want, record, phase, guest, in_flight, usual=usual)

    def _is_served(self, situation: Situation, want: Want) -> bool:
        desktop = self._of_seat.get(want.seat)
        if (
            desktop is None
            or self._phases[desktop.name][0] is not Phase.READY
            or desktop.profile not in situation.config.profiles
        ):
            return False
        records = situation.records
        return records.desktops[desktop.name].assigned_to == desktop.agent_id and not records.desktops[desktop.name].attempts

    def _of_no_profile(self, situation: Situation) -> Iterator[Guest]:
        profiles = situation.config.profiles
        if all(claim.profile in profiles for claim in self._claims):
            return
        for desktop in situation.records.reservations:
            guest = situation.snapshot.guest(desktop.key)
            if desktop.profile not in profiles and guest is not None:
                yield guest

    def _survey(self, situation: Situation, *, fresh: Set[DesktopName] | None) -> Survey:
        superseded = superseded_of(situation.records, self._of_seat, self._others)
        not_ready = {phase: desktops for phase, desktops in self._not_ready.items() if desktops}
        return Survey(
            phases=MappingProxyType(self._phases),
            not_ready=not_ready,
            of_seat=self._of_seat,
            doubled=tuple(desktop for desktop in self._others if desktop.name not in superseded),
            superseded=superseded,
            quarantined=self._quarantined & self._phases.keys(),
            unserved=self._unserved.wants,
            queues=self._unserved.queues,
            due=self._schedule.due,
            leavers=self._leavers,
            departed=self._departed,
            unmarked=self._unmarked,
            outdated=self._outdated,
            misnoted=self._misnoted,
            unfit=_unfit(situation, not_ready.get(Phase.FAILED, {}).values(), self._phases),
            claims=self._claims,
            foreign=self._foreign,
            unprofiled=self._unprofiled,
            unidentified=tuple(unidentified_of(situation, self._foreign)),
            used=self._used,
            by_hand=self._by_hand,
            fresh=fresh,
        )


def _reservation(records: Mapping[DesktopName, DesktopRecord], name: DesktopName) -> Reservation | None:
    record = records.get(name)
    return None if record is None else record.reservation


def _claim(desktop: Reservation, guest: Guest | None, in_flight: Action | None, installation: str) -> Claim:
    """The resources that a desktop takes. A clone from before a restart holds its storage's lock like any other.

    A VM that is not configured yet has its template's size for some seconds, so its profile's size counts.
    """
    if guest is None:
        return Claim(desktop.node_key, desktop.profile, there=False, cloning=False)
    locked = guest.lock == "clone" and not isinstance(in_flight, Clone)
    node = desktop.node_key if guest.lock == "clone" or isinstance(in_flight, Clone) else guest.node_key
    off = guest.power is Power.STOPPED
    if guest.power is not Power.RUNNING and not is_configured(guest, installation):
        return Claim(node, desktop.profile, there=True, cloning=locked, off=off)
    return Claim(node, desktop.profile, True, locked, guest.memory_mib or 0, guest.vcpus or 0.0, off)


def _unfit(
    situation: Situation, in_vain: Iterable[Reservation], phases: Mapping[DesktopName, tuple[Phase, Reason]]
) -> frozenset[tuple[NodeKey, ProfileName]]:
    snapshot, records = situation.snapshot, situation.records.desktops
    here = [
        desktop for desktop in in_vain if records[desktop.name].attempts.gave_up and snapshot.guest(desktop.key) is not None
    ]
    failed = {(where(situation, desktop), desktop.profile) for desktop in here}
    if not failed:
        return frozenset()
    ready = (records[name].reservation for name, (phase, _) in phases.items() if phase is Phase.READY)
    return frozenset(failed - {(where(situation, desktop), desktop.profile) for desktop in ready})
