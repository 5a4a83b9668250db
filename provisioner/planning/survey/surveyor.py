"""Looks at desktops. A site has thousands, and from one cycle to the next few of them change: those alone are looked at.

What the surveyor says is a function of the situation all the same; the tests hold it against one who has seen nothing before.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from math import inf
from types import MappingProxyType
from typing import NamedTuple

from provisioner.model.actions import Action, Clone
from provisioner.model.agents import Roster
from provisioner.model.cluster import ClusterView, Guest, Power
from provisioner.model.demand import Demand, Want
from provisioner.model.departures import departure_tags
from provisioner.model.desktops import Attempts, Phase, Reservation
from provisioner.model.ids import ClusterId, DesktopName, GuestKey, Instant, NodeKey, ProfileName, Seat, Vmid
from provisioner.model.site_config import SiteConfig
from provisioner.model.vm_marks import is_configured
from provisioner.planning.inputs import Situation, where
from provisioner.planning.placement.allocation import Used, desktops_by_vmid, used_in
from provisioner.planning.placement.claims import Claim
from provisioner.planning.survey.foreign import strangers_of, unidentified_of
from provisioner.planning.survey.leaver_ladder import leavers_of
from provisioner.planning.survey.lifecycle import Facts, of_another_boot, phase_of
from provisioner.planning.survey.primary import owners, superseded_of
from provisioner.planning.survey.session_schedule import Agenda
from provisioner.planning.survey.survey import Changed, Survey

_NO_ATTEMPTS = Attempts()
_CONFIGURED = frozenset({Phase.STOPPED, Phase.STARTING, Phase.READY})


def survey(situation: Situation) -> Survey:
    """Look once at every desktop."""
    return Surveyor().look(situation)


class _Known(NamedTuple):
    """A desktop as it was looked at last."""

    reservation: Reservation
    phase: Phase
    claim: Claim


class Surveyor:
    """Lives as long as the daemon, and is changed by each look."""

    def __init__(self) -> None:
        self._looked_at: Instant = -inf
        self._config: SiteConfig | None = None
        self._demand: Demand | None = None
        self._roster: Roster | None = None
        self._begin()

    def _begin(self) -> None:
        """Know nothing."""
        self._known: dict[DesktopName, _Known] = {}
        self._phases: dict[DesktopName, tuple[Phase, str]] = {}
        self._not_ready: defaultdict[Phase, dict[DesktopName, Reservation]] = defaultdict(dict)
        self._claims: Counter[Claim] = Counter()
        self._tagged: set[DesktopName] = set()
        self._unmarked: set[DesktopName] = set()
        self._misnoted: set[DesktopName] = set()
        self._read_at: defaultdict[ClusterId, dict[Vmid, Instant]] = defaultdict(dict)
        """When each ready desktop reported what it is ready by."""
        self._views: Mapping[ClusterId, ClusterView] = {}
        self._flying: Mapping[GuestKey, Action] = {}
        self._agenda = Agenda()
        self._of_seat: dict[Seat, Reservation] = {}
        self._others: tuple[Reservation, ...] = ()
        self._unserved: dict[Seat, Want] = {}
        self._leavers: Mapping[DesktopName, str] = {}
        self._strangers: tuple[Guest, ...] = ()
        self._unprofiled: tuple[Guest, ...] = ()
        self._used, self._retired = Used(vmids={}, addresses=frozenset()), 0
        self._demand = None

    def look(self, situation: Situation, changed: Changed | None = None) -> Survey:
        """The survey of this situation. `changed` since the last look; None: everything may be."""
        names: Set[DesktopName]
        everything = changed is None or situation.config != self._config or situation.now < self._looked_at
        if changed is None or everything:
            self._begin()
            names = situation.memory.reservations.keys()
            changed = Changed(desktops=names, reserved=True, guests=True)
        else:
            names = {*changed.desktops, *self._ordered(situation), *self._unsteady(situation)}
        seats = {seat for name in names for seat in self._take(situation, name)}
        self._agenda.go_on(situation, names, self._phases)
        self._settle(situation, changed, seats)
        self._looked_at, self._config, self._flying = situation.now, situation.config, situation.in_flight
        self._views = situation.snapshot.clusters
        return self._told(situation, fresh=None if everything else names)

    # -- each desktop --------------------------------------------------------------------------------------------------

    def _ordered(self, situation: Situation) -> Iterator[DesktopName]:
        """Desktops to which something was ordered, or of which an order has ended."""
        before, now = self._flying, situation.in_flight
        for key in before.keys() | now.keys():
            was, is_now = before.get(key), now.get(key)
            if was is not is_now:
                yield from (one.desktop for one in (was, is_now) if one is not None)

    def _unsteady(self, situation: Situation) -> Iterator[DesktopName]:
        """Desktops whose phase follows from uptimes, too, which are others in each listing: is the report of this boot?"""
        yield from self._not_ready[Phase.STARTING].keys() & situation.memory.reports.keys()
        ours = desktops_by_vmid(situation.memory)
        for cluster, view in situation.snapshot.clusters.items():
            if view is not self._views.get(cluster):
                there = ours.get(cluster, {})
                yield from (there[vmid] for vmid in of_another_boot(self._read_at[cluster], view) if vmid in there)

    def _take(self, situation: Situation, name: DesktopName) -> Iterable[Seat]:
        """Look at one desktop; the seats that it is about."""
        before, now = self._known.pop(name, None), situation.memory.reservations.get(name)
        if before is not None:
            self._drop(name, before)
        if now is not None:
            self._enter(situation, now)
        about = (one.seat for one in (before.reservation if before else None, now) if one is not None)
        return [seat for seat in about if seat is not None]

    def _drop(self, name: DesktopName, known: _Known) -> None:
        del self._phases[name]
        self._not_ready[known.phase].pop(name, None)
        self._claims[known.claim] -= 1
        if not self._claims[known.claim]:
            del self._claims[known.claim]
        self._tagged.discard(name)
        self._unmarked.discard(name)
        self._misnoted.discard(name)
        self._read_at[known.reservation.cluster].pop(known.reservation.vmid, None)

    def _enter(self, situation: Situation, one: Reservation) -> None:
        facts = _facts(situation, one)
        guest, phase = facts.guest, phase_of(facts)
        claim = _claim(one, guest, facts.in_flight, facts.installation)
        self._known[one.name] = _Known(one, phase[0], claim)
        self._phases[one.name] = phase
        self._claims[claim] += 1
        if phase[0] is not Phase.READY:
            self._not_ready[phase[0]][one.name] = one
        else:
            assert facts.report is not None  # it has said so
            self._read_at[one.cluster][one.vmid] = facts.report.read_at
        if guest is not None and departure_tags(guest.tags):
            self._tagged.add(one.name)
        if guest is not None and phase[0] in _CONFIGURED and not is_configured(guest, facts.installation):
            self._unmarked.add(one.name)
        if one.noted_as:
            self._misnoted.add(one.name)

    # -- all of them -----------------------------------------------------------------------------------------------------

    def _settle(self, situation: Situation, changed: Changed, seats: Set[Seat]) -> None:
        memory, demand = situation.memory, situation.demand
        if changed.reserved or self._others or memory.superseded:
            self._of_seat, self._others = owners(memory, self._phases)
        anew = demand is not self._demand
        if anew:
            self._unserved = {}
        for seat in demand.wants if anew else seats:
            self._serve(situation, seat)
        if anew or changed.reserved or memory.roster is not self._roster:
            self._leavers = leavers_of(situation)
        self._demand, self._roster = demand, memory.roster
        if changed.guests or changed.reserved:
            self._strangers = tuple(strangers_of(situation))
            self._unprofiled = tuple(self._of_no_profile(situation))
        if changed.guests or changed.reserved or len(memory.retired) != self._retired:
            self._used, self._retired = used_in(memory, situation.snapshot), len(memory.retired)

    def _serve(self, situation: Situation, seat: Seat) -> None:
        want = situation.demand.wants.get(seat)
        if want is None or self._is_served(situation, want):
            self._unserved.pop(seat, None)
        else:
            self._unserved[seat] = want

    def _is_served(self, situation: Situation, want: Want) -> bool:
        one = self._of_seat.get(want.seat)
        if one is None or self._phases[one.name][0] is not Phase.READY or one.profile not in situation.config.profiles:
            return False
        memory = situation.memory
        return memory.assignments.get(one.name) == one.agent_id and one.name not in memory.attempts

    def _of_no_profile(self, situation: Situation) -> Iterator[Guest]:
        profiles = situation.config.profiles
        if all(claim.profile in profiles for claim in self._claims):
            return
        for known in self._known.values():
            guest = situation.snapshot.guest(known.reservation.key)
            if known.claim.profile not in profiles and guest is not None:
                yield guest

    def _told(self, situation: Situation, *, fresh: Set[DesktopName] | None) -> Survey:
        superseded = superseded_of(situation.memory, self._of_seat, self._others)
        not_ready = {phase: those for phase, those in self._not_ready.items() if those}
        return Survey(
            phases=MappingProxyType(self._phases),
            not_ready=not_ready,
            of_seat=self._of_seat,
            doubled=tuple(one for one in self._others if one.name not in superseded),
            superseded=superseded,
            unserved=self._unserved,
            due=self._agenda.due,
            leavers=self._leavers,
            tagged=self._tagged,
            unmarked=self._unmarked,
            misnoted=self._misnoted,
            unfit=_unfit(situation, not_ready.get(Phase.FAILED, {}).values(), self._phases),
            claims=self._claims,
            strangers=self._strangers,
            unprofiled=self._unprofiled,
            unidentified=tuple(unidentified_of(situation, self._strangers)),
            used=self._used,
            fresh=fresh,
        )


def _facts(situation: Situation, one: Reservation) -> Facts:
    memory = situation.memory
    return Facts(
        one,
        situation.snapshot.clusters.get(one.cluster),
        situation.config.installation,
        situation.in_flight.get(one.key),
        memory.reports.get(one.name),
        memory.started.get(one.name),
        memory.attempts.get(one.name, _NO_ATTEMPTS),
        one.name in memory.assignments,
        memory.unheard.get(one.name),
    )


def _claim(desktop: Reservation, guest: Guest | None, order: Action | None, installation: str) -> Claim:
    """A clone of an earlier life of the daemon holds the storage's lock like any other.

    What is not configured yet has its template's size, which it keeps for seconds.
    """
    if guest is None:
        return Claim(desktop.node_key, desktop.profile, there=False, cloning=False)
    locked = guest.lock == "clone" and not isinstance(order, Clone)
    off = guest.power is Power.STOPPED
    if guest.power is not Power.RUNNING and not is_configured(guest, installation):
        return Claim(guest.node_key, desktop.profile, there=True, cloning=locked, off=off)
    return Claim(guest.node_key, desktop.profile, True, locked, guest.memory_mib or 0, guest.vcpus or 0.0, off)


def _unfit(
    situation: Situation, gave_up: Iterable[Reservation], phases: Mapping[DesktopName, tuple[Phase, str]]
) -> frozenset[tuple[NodeKey, ProfileName]]:
    snapshot = situation.snapshot
    failed = {(where(situation, one), one.profile) for one in gave_up if snapshot.guest(one.key) is not None}
    if not failed:
        return frozenset()
    reservations = situation.memory.reservations
    ready = (reservations[name] for name, (phase, _) in phases.items() if phase is Phase.READY)
    return frozenset(failed - {(where(situation, one), one.profile) for one in ready})
