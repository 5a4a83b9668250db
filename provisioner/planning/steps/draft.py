"""A plan while it is put together: its actions and deferrals so far, and what is left of each budget."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property

from provisioner.actions.registry import node_asked, spec_of
from provisioner.model.actions import Action, CheckGuest, Plan, Retired, Stop
from provisioner.model.deferrals import Deferral, DeferralGroup
from provisioner.model.demand import Want
from provisioner.model.departures import Departure
from provisioner.model.ids import AgentId, DesktopName, Instant, NodeKey, ProfileName, Seat
from provisioner.model.machines.cluster import Guest
from provisioner.model.machines.desktops import Phase
from provisioner.model.words import WaitsFor
from provisioner.pacing.boot_progress import NodeBoots
from provisioner.planning.inputs import Situation, where
from provisioner.planning.placement.allocation import Numbering
from provisioner.planning.placement.balance import Balance
from provisioner.planning.placement.capacity.needs import capacity_of
from provisioner.planning.placement.outages import outage_in, replaced_at
from provisioner.planning.placement.placement import PlacementSearch
from provisioner.planning.placement.refusal import Refusal
from provisioner.planning.placement.resources import FreeResources
from provisioner.planning.placement.survival import Survival
from provisioner.planning.safety import ready_or_stopping, stops_at_once
from provisioner.planning.steps.boot_queues import boot_queues
from provisioner.planning.steps.boots_in_progress import booting_on
from provisioner.planning.survey.lifecycle import first_boot_failed
from provisioner.planning.survey.survey import Survey
from provisioner.planning.targets.facts import TargetFacts
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.steps import LEFTOVER


class Draft:
    """Lives for one plan. The steps of planning add to it in order of rank."""

    def __init__(self, situation: Situation, survey: Survey, resources: FreeResources) -> None:
        self.situation = situation
        self.survey = survey
        self.resources = resources
        self.boots = booting_on(situation, survey.not_ready.get(Phase.STARTING, {}).values())
        """The boots in progress on each node."""
        self.facts = TargetFacts(situation, survey)
        queues = boot_queues(situation, survey, self.boots)
        to_place = _unplaced(situation, survey, resources) + _unprepared(situation, survey)
        self.places = PlacementSearch(resources, Balance(queues, unplaced=to_place, clone_s=situation.limits.clone_s))
        self.actions: list[Action] = []
        self.groups: list[DeferralGroup] = []
        """Wanted desktops that wait."""
        self.turn = 0
        """The number of rounds of wants that are over. Each round is in order of rank."""
        self.by_order: set[Seat] = set()
        """Seats that were served first: an operator restarts their desktops."""
        self.deferred: list[Deferral] = []
        """Other deferrals."""
        self.leftovers: list[Retired] = []
        self.superseded: dict[DesktopName, DesktopName | None] = {}
        self.given_back: list[DesktopName] = []
        self.departures: dict[DesktopName, Departure | None] = {}
        self.other_key = NONE
        """Why no note can be trusted; empty: as far as is known, our key is the right one."""
        self.sampling = False
        """Whether a note is being read to test that note_key is the right one."""
        self.no_new = NONE
        """Why no desktop may be created now; empty: creating is allowed."""
        self.booting = Counter({node: boots.counted(self.boot_limit(node)) for node, boots in self.boots.items()})
        configuring = (node_asked(action) for action in situation.in_flight.values() if spec_of(action).configures)
        self.configuring = Counter(filter(None, configuring))
        self.checking = Counter(action.node for action in situation.in_flight.values() if isinstance(action, CheckGuest))
        self.full: dict[tuple[ProfileName, bool], Refusal] = {}
        """Profiles of which this plan places no more desktops, by whether these are booted now, and why: within a plan, free
        resources only shrink."""
        self.stops_left = _stops_left(situation, survey)
        """Stops that this plan may still add. A session reading right before a stop counts as a stop."""
        self.unchecked: set[NodeKey] = set()
        """Nodes on which a readiness check is due that has no slot."""
        self.sweeps: dict[DesktopName, CheckGuest] = {}
        """Session readings that are due. They come last."""
        self.readings: list[CheckGuest] = []
        """Those of them that have no slot yet."""

    @cached_property
    def numbers(self) -> Numbering:
        """Free VMIDs and addresses. Computed for the first new desktop, because most plans create none."""
        return Numbering(self.situation.config.naming, self.survey.used)

    @cached_property
    def first_boots(self) -> tuple[Counter[ProfileName], Counter[ProfileName]]:
        """First boots that have failed, and desktops that are ready, by profile. Counted only when a first boot has failed."""
        records, clusters = self.situation.records.desktops, self.situation.snapshot.clusters
        starting = self.survey.not_ready.get(Phase.STARTING, {}).values()
        failed = Counter(
            desktop.profile for desktop in starting if first_boot_failed(records[desktop.name], clusters.get(desktop.cluster))
        )
        phases = self.survey.phases.items()
        return failed, Counter(records[name].reservation.profile for name, (phase, _) in phases if phase is Phase.READY)

    @cached_property
    def survival(self) -> Survival:
        """What new desktops leave, so that those of lost nodes could be restarted. Computed for the first new desktop."""
        config = self.situation.config
        nodes = config.scenario.survive_nodes
        return Survival(self.resources, self.survey.claims, config.profiles, nodes=nodes)

    @cached_property
    def served(self) -> frozenset[AgentId]:
        """Agents who have been given a desktop. Computed for the first one who gets none of the own profile."""
        return self.situation.records.served

    @property
    def now(self) -> Instant:
        """The time of the plan."""
        return self.situation.now

    def boot_limit(self, node: NodeKey) -> int:
        """Parallel boots on this node."""
        return (self.boots.get(node) or NodeBoots()).limit(self.situation.config.budget.boots_per_node)

    def order(self, action: Action) -> None:
        """Add an action."""
        self.actions.append(action)

    def defer(self, want: Want, reason: Reason, *, binds: WaitsFor = WaitsFor.NOTHING, retry_at: Instant | None = None) -> None:
        """Defer a wanted desktop, with the reason."""
        last = self.groups[-1] if self.groups else None
        if last is not None and (last.reason, last.retry_at, last.binds, last.turn) == (reason, retry_at, binds, self.turn):
            self.groups[-1] = replace(last, wants=(*last.wants, want))
        else:
            self.groups.append(DeferralGroup(wants=(want,), reason=reason, retry_at=retry_at, binds=binds, turn=self.turn))

    def is_deferred(self, want: Want) -> bool:
        """Whether this want is the last that was deferred."""
        return bool(self.groups) and self.groups[-1].wants[-1] is want

    def defer_alike(self, wants: Iterable[Want]) -> None:
        """Defer these wants for the reason of the last deferral."""
        first = self.groups[-1]
        self.groups[-1] = replace(first, wants=(*first.wants, *wants))

    def retire(self, guest: Guest) -> None:
        """Report the leftover of an interrupted clone: its VMID is not used again."""
        self.leftovers.append(Retired(key=guest.key, reason=LEFTOVER(node=guest.node), at=self.now))

    @property
    def plan(self) -> Plan:
        """The plan as it is so far."""
        return Plan(
            actions=tuple(self.actions),
            groups=tuple(self.groups),
            singles=tuple(self.deferred),
            readings=tuple(self.readings),
            leftovers=tuple(self.leftovers),
            superseded=self.superseded,
            given_back=tuple(self.given_back),
            departures=self.departures,
            other_key=self.other_key,
            overdue=self._overdue(),
        )

    def _overdue(self) -> frozenset[DesktopName]:
        spread = self.situation.limits.boot_spread
        return frozenset(name for boots in self.boots.values() for name in boots.overdue(spread))


def slot(busy: Counter[NodeKey], node: NodeKey, ceiling: int) -> bool:
    """Take a slot of the node; False: no slot is free."""
    if busy[node] >= ceiling:
        return False
    busy[node] += 1
    return True


def _stops_left(situation: Situation, survey: Survey) -> int:
    allowed = stops_at_once(ready_or_stopping(survey), situation.config.safety.max_stops_percent)
    return allowed - sum(isinstance(action, Stop) for action in situation.in_flight.values())


def _unplaced(situation: Situation, survey: Survey, resources: FreeResources) -> int:
    """Desktops that still have to be placed, as far as they fit: for agents without a desktop, or with one on a lost node."""
    without = Counter(want.profile for seat, want in survey.unserved.items() if seat not in survey.of_seat)
    without.update(_lost(situation, survey))
    profiles, naming = situation.config.profiles, situation.config.naming
    return sum(
        min(count, capacity_of(profiles[name], resources, naming=naming, used=survey.used).free)
        for name, count in without.items()
        if name in profiles
    )


def _lost(situation: Situation, survey: Survey) -> Iterator[ProfileName]:
    """The profile of each replacement for a desktop on a node that is away. HA starts its own desktops elsewhere."""
    given_up: dict[NodeKey, bool] = {}
    for desktop in survey.not_ready.get(Phase.UNKNOWN, {}).values():
        want = survey.unserved.get(desktop.seat) if desktop.seat is not None else None
        if want is not None and survey.of_seat.get(want.seat) is desktop:
            node = where(situation, desktop)
            if node not in given_up:
                given_up[node] = _is_given_up(situation, node)
            guest = situation.snapshot.guest(desktop.key)
            if given_up[node] and not (guest is not None and guest.ha_recovers):
                yield want.profile


def _unprepared(situation: Situation, survey: Survey) -> int:
    """Desktops to prepare that are not placed yet."""
    return sum(seat not in survey.of_seat for seat in situation.demand.ahead)


def _is_given_up(situation: Situation, node: NodeKey) -> bool:
    return replaced_at(situation, node) is not None and not outage_in(situation, node.cluster)
