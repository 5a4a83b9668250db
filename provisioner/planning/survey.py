"""What the situation is, desktop by desktop: phases, who counts for whom, who is served, whose sessions are to be read.

A site has thousands of desktops, and from one cycle to the next few of them change: the surveyor looks at those alone. What it
says is a function of the situation all the same; the tests hold it against a surveyor that has seen nothing before.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from math import inf
from types import MappingProxyType
from typing import NamedTuple

from provisioner.model.actions import Action, Clone
from provisioner.model.agents import Roster
from provisioner.model.cluster import ClusterView, Guest
from provisioner.model.cordons import cordons_of
from provisioner.model.demand import Demand, Want
from provisioner.model.departures import departure_tags
from provisioner.model.desktops import Attempts, Phase, Reservation
from provisioner.model.ids import AgentId, ClusterId, DesktopName, GuestKey, Instant, NodeKey, ProfileName, Vmid
from provisioner.model.marks import is_configured
from provisioner.planning.agenda import Agenda
from provisioner.planning.ladder import leavers_of
from provisioner.planning.lifecycle import Facts, of_another_boot, phase_of
from provisioner.planning.numbering import Used, desktops_by_vmid, in_range, used_in
from provisioner.planning.owning import owners, superseded_of
from provisioner.planning.placement import Claim, Room
from provisioner.planning.situation import Policy, Situation, where

_NO_ATTEMPTS = Attempts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What may be other than at the last look. What is in flight, wanted and configured the surveyor sees by itself."""

    desktops: Set[DesktopName] = frozenset()
    """Of which the store or the cluster says something else, or did not know."""
    reserved: bool = False
    """Reservations have come, gone or changed."""
    guests: bool = False
    """Guests have come, gone or changed, ours or foreign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What the situation is, desktop by desktop. A view of what the surveyor knows: it holds until the next look."""

    phases: Mapping[DesktopName, tuple[Phase, str]]
    not_ready: Mapping[Phase, Mapping[DesktopName, Reservation]]
    """Those in each other phase, of which most sites have few: nobody needs to go over all desktops to find them."""
    of_agent: Mapping[AgentId, Reservation]
    """The one desktop that counts for each agent; a second one is kept, reported and not planned for."""
    doubled: tuple[Reservation, ...]
    superseded: Mapping[DesktopName, DesktopName]
    """Desktops given up for another, and the one that counts instead."""
    unserved: Mapping[AgentId, Want]
    """Whoever is wanted now and has not all that is wanted: a ready desktop that is theirs."""
    due: Set[DesktopName]
    """Ready desktops whose sessions are due to be read."""
    leavers: Mapping[DesktopName, str]
    """Desktops whose agent is not wanted any more, and why."""
    tagged: Set[DesktopName]
    """Desktops that tell by themselves that their agent has left."""
    unfit: Set[tuple[NodeKey, ProfileName]]
    """Where desktops of a profile fail and none is ready: no place for another."""
    claims: Mapping[Claim, int]
    """What desktops take, of which node: how many of each kind."""
    strangers: tuple[Guest, ...]
    """Guests that are no desktop of ours, templates among them."""
    unprofiled: tuple[Guest, ...]
    """Desktops of profiles that are not configured any more."""
    unidentified: tuple[Guest, ...]
    """VMs in our VMID range that no reservation and no retirement explains."""
    used: Used
    """What no new desktop can be given."""
    fresh: Set[DesktopName] | None = None
    """Desktops looked at anew for it; None: all."""

    @property
    def ready(self) -> int:
        """Desktops that are ready."""
        return len(self.phases) - sum(map(len, self.not_ready.values()))

    def superseded_by(self, name: DesktopName) -> list[DesktopName]:
        """The desktops that this one counts instead of, by name."""
        return sorted(one for one, other in self.superseded.items() if other == name)


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
        self._policy: Policy | None = None
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
        self._read_at: defaultdict[ClusterId, dict[Vmid, Instant]] = defaultdict(dict)
        """When each ready desktop reported what it is ready by."""
        self._views: Mapping[ClusterId, ClusterView] = {}
        self._flying: Mapping[GuestKey, Action] = {}
        self._agenda = Agenda()
        self._of_agent: dict[AgentId, Reservation] = {}
        self._others: tuple[Reservation, ...] = ()
        self._unserved: dict[AgentId, Want] = {}
        self._leavers: Mapping[DesktopName, str] = {}
        self._strangers: tuple[Guest, ...] = ()
        self._unprofiled: tuple[Guest, ...] = ()
        self._used, self._retired = Used(vmids={}, addresses=frozenset()), 0
        self._demand = None

    def look(self, situation: Situation, changed: Changed | None = None) -> Survey:
        """The survey of this situation. `changed` since the last look; None: everything may be."""
        names: Set[DesktopName]
        everything = changed is None or situation.policy is not self._policy or situation.now < self._looked_at
        if changed is None or everything:
            self._begin()
            names = situation.memory.reservations.keys()
            changed = Changed(desktops=names, reserved=True, guests=True)
        else:
            names = {*changed.desktops, *self._ordered(situation), *self._unsteady(situation)}
        agents = {agent for name in names for agent in self._take(situation, name)}
        self._agenda.go_on(situation, names, self._phases)
        self._settle(situation, changed, agents)
        self._looked_at, self._policy, self._flying = situation.now, situation.policy, situation.in_flight
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

    def _take(self, situation: Situation, name: DesktopName) -> Iterable[AgentId]:
        """Look at one desktop; the agents whom it is about."""
        before, now = self._known.pop(name, None), situation.memory.reservations.get(name)
        if before is not None:
            self._drop(name, before)
        if now is not None:
            self._enter(situation, now)
        about = (one.agent_id for one in (before.reservation if before else None, now) if one is not None)
        return [agent for agent in about if agent is not None]

    def _drop(self, name: DesktopName, known: _Known) -> None:
        del self._phases[name]
        self._not_ready[known.phase].pop(name, None)
        self._claims[known.claim] -= 1
        if not self._claims[known.claim]:
            del self._claims[known.claim]
        self._tagged.discard(name)
        self._read_at[known.reservation.cluster].pop(known.reservation.vmid, None)

    def _enter(self, situation: Situation, one: Reservation) -> None:
        facts = _facts(situation, one)
        guest, phase = facts.guest, phase_of(facts)
        claim = _claim(one, guest, facts.in_flight)
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

    # -- all of them -----------------------------------------------------------------------------------------------------

    def _settle(self, situation: Situation, changed: Changed, agents: Set[AgentId]) -> None:
        memory, demand = situation.memory, situation.demand
        if changed.reserved or self._others or memory.superseded:
            self._of_agent, self._others = owners(memory, self._phases)
        anew = demand is not self._demand
        if anew:
            self._unserved = {}
        for agent in demand.wants if anew else agents:
            self._serve(situation, agent)
        if anew or changed.reserved or memory.roster is not self._roster:
            self._leavers = leavers_of(situation)
        self._demand, self._roster = demand, memory.roster
        if changed.guests or changed.reserved:
            self._strangers = tuple(_strangers(situation))
            self._unprofiled = tuple(self._of_no_profile(situation))
        if changed.guests or changed.reserved or len(memory.retired) != self._retired:
            self._used, self._retired = used_in(memory, situation.snapshot), len(memory.retired)

    def _serve(self, situation: Situation, agent: AgentId) -> None:
        want = situation.demand.wants.get(agent)
        if want is None or self._is_served(situation, want):
            self._unserved.pop(agent, None)
        else:
            self._unserved[agent] = want

    def _is_served(self, situation: Situation, want: Want) -> bool:
        one = self._of_agent.get(want.agent_id)
        if one is None or self._phases[one.name][0] is not Phase.READY or one.profile not in situation.policy.profiles:
            return False
        memory = situation.memory
        return memory.assignments.get(one.name) == want.agent_id and one.name not in memory.attempts

    def _of_no_profile(self, situation: Situation) -> Iterator[Guest]:
        profiles = situation.policy.profiles
        if all(claim.profile in profiles for claim in self._claims):
            return
        for known in self._known.values():
            guest = situation.snapshot.guest(known.reservation.key)
            if known.claim.profile not in profiles and guest is not None:
                yield guest

    def _told(self, situation: Situation, *, fresh: Set[DesktopName] | None) -> Survey:
        superseded = superseded_of(situation.memory, self._of_agent, self._others)
        not_ready = {phase: those for phase, those in self._not_ready.items() if those}
        return Survey(
            phases=MappingProxyType(self._phases),
            not_ready=not_ready,
            of_agent=self._of_agent,
            doubled=tuple(one for one in self._others if one.name not in superseded),
            superseded=superseded,
            unserved=self._unserved,
            due=self._agenda.due,
            leavers=self._leavers,
            tagged=self._tagged,
            unfit=_unfit(situation, not_ready.get(Phase.FAILED, {}).values(), self._phases),
            claims=self._claims,
            strangers=self._strangers,
            unprofiled=self._unprofiled,
            unidentified=tuple(_unidentified(situation, self._strangers)),
            used=self._used,
            fresh=fresh,
        )


def room_of(situation: Situation, seen: Survey) -> Room:
    """What is free; the plan takes its placements off it."""
    return Room.of(
        snapshot=situation.snapshot,
        claims=seen.claims,
        strangers=seen.strangers,
        unprofiled=seen.unprofiled,
        profiles=situation.policy.profiles,
        in_flight=situation.in_flight,
        budget=situation.policy.budget,
        limits=situation.limits,
        full=situation.full,
        cordons=cordons_of(situation.memory.intents, situation.snapshot),
    )


def _facts(situation: Situation, one: Reservation) -> Facts:
    memory = situation.memory
    return Facts(
        one,
        situation.snapshot.clusters.get(one.cluster),
        situation.policy.installation,
        situation.in_flight.get(one.key),
        memory.reports.get(one.name),
        memory.started.get(one.name),
        memory.attempts.get(one.name, _NO_ATTEMPTS),
    )


def _claim(one: Reservation, guest: Guest | None, order: Action | None) -> Claim:
    """A clone of an earlier life of the daemon holds the storage's lock like any other."""
    locked = guest is not None and guest.lock == "clone" and not isinstance(order, Clone)
    return Claim(guest.node_key if guest else one.node_key, one.profile, guest is not None, locked)


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


def _strangers(situation: Situation) -> Iterator[Guest]:
    ours = desktops_by_vmid(situation.memory)
    for view in situation.snapshot.clusters.values():
        for vmid in sorted(view.guests.keys() - ours.get(view.cluster, {}).keys()):
            yield view.guests[vmid]


def _unidentified(situation: Situation, strangers: Iterable[Guest]) -> Iterator[Guest]:
    profiles, ranges = situation.policy.profiles.values(), situation.policy.naming.vmids
    templates = {(template.cluster, template.vmid) for profile in profiles for template in profile.templates}
    for guest in strangers:
        ours = in_range(guest.key.cluster, guest.key.vmid, ranges)
        if not ours or guest.container or tuple(guest.key) in templates:
            continue
        if guest.key not in situation.memory.retired or _may_be_ours(guest, situation):
            yield guest


def _may_be_ours(guest: Guest, situation: Situation) -> bool:
    """A store older than its loss may have retired what has become a desktop since: its note is read once in each life."""
    asked = situation.memory.checked.get(DesktopName(f"vm-{guest.key.vmid}"))
    return asked is None and is_configured(guest, situation.policy.installation)
