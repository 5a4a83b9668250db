"""One plan being made: what has been ordered and put off so far, and what is left of every budget."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from provisioner.actions.registry import node_asked, spec_of
from provisioner.model.actions import Action, CheckGuest, Plan, Retired, Stop
from provisioner.model.cluster import Guest
from provisioner.model.deferrals import Deferral, DeferralGroup
from provisioner.model.demand import Want
from provisioner.model.departures import Departure
from provisioner.model.desktops import Phase
from provisioner.model.ids import DesktopName, Instant, NodeKey, ProfileName
from provisioner.model.words import WaitsFor
from provisioner.pacing.boot_limits import BootQueues, NodeBoots, boot_limit
from provisioner.planning.inputs import Situation, where
from provisioner.planning.placement.allocation import Numbering
from provisioner.planning.placement.balance import Balance
from provisioner.planning.placement.capacity import capacity_of
from provisioner.planning.placement.outages import outage_in, replaced_at
from provisioner.planning.placement.placement import PlacementSearch
from provisioner.planning.placement.refusal import Refusal
from provisioner.planning.placement.resources import FreeResources
from provisioner.planning.safety import ready_or_stopping, stops_at_once
from provisioner.planning.steps.boots_in_progress import booting_on
from provisioner.planning.survey.survey import Survey
from provisioner.planning.targets.facts import TargetFacts
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.steps import LEFTOVER


class Draft:
    """Lives for one plan; the steps of planning write into it in order of rank."""

    def __init__(self, situation: Situation, seen: Survey, room: FreeResources) -> None:
        self.situation = situation
        self.seen = seen
        self.room = room
        self.boots = booting_on(situation, seen.not_ready.get(Phase.STARTING, {}).values())
        """Of each node with desktops between start order and ready. One that has not come up within its time is left out."""
        self.facts = TargetFacts(situation, seen)
        self._boot_limits: dict[NodeKey, int] = {}
        self._queues, self._unplaced = _queues(situation, seen, self.boots), _unplaced(situation, seen, room)
        to_place = self._unplaced + _unprepared(situation, seen)
        self.places = PlacementSearch(room, Balance(self._queues, unplaced=to_place, clone_s=situation.clone_s))
        self.actions: list[Action] = []
        self.groups: list[DeferralGroup] = []
        """Wanted desktops that wait."""
        self.turn = 0
        """How many rounds of wants are over, each in order of rank."""
        self.deferred: list[Deferral] = []
        """What else is not ordered now."""
        self.leftovers: list[Retired] = []
        self.superseded: dict[DesktopName, DesktopName | None] = {}
        self.given_back: list[DesktopName] = []
        self.departures: dict[DesktopName, Departure | None] = {}
        self.other_key = NONE
        """Why no note can be believed; empty: our key is the right one, as far as is known."""
        self.sampling = False
        """Whether a note is being read to see that note_key is the right one."""
        self.no_new = NONE
        """Why no new desktop may be made now; empty: it may."""
        self.booting = Counter({node: boots.counted(self.boot_limit(node)) for node, boots in self.boots.items()})
        configuring = (node_asked(one) for one in situation.in_flight.values() if spec_of(one).configures)
        self.configuring = Counter(filter(None, configuring))
        self.checking = Counter(one.node for one in situation.in_flight.values() if isinstance(one, CheckGuest))
        self.full: dict[str, Refusal] = {}
        """By profile, why nothing more of it is placed in this plan: room only shrinks within one."""
        self.stops_left = _stops_left(situation, seen)
        """Stops that may still be ordered; a reading right before a stop takes its place."""
        self.sweeps: dict[DesktopName, CheckGuest] = {}
        """Session readings that are due: they go last."""

    @cached_property
    def numbers(self) -> Numbering:
        """Looked up for the first new desktop: most plans make none."""
        return Numbering(self.situation.config.naming, self.seen.used)

    @property
    def now(self) -> Instant:
        """When the plan is made."""
        return self.situation.now

    def boot_limit(self, node: NodeKey) -> int:
        """Boots at once there."""
        if node not in self._boot_limits:
            boots, ceiling = self.boots.get(node), self.situation.config.budget.boots_per_node
            rest = self._queues.rest_on(node, unplaced=self._unplaced)
            self._boot_limits[node] = boot_limit(boots.pace if boots else None, ceiling, rest=rest)
        return self._boot_limits[node]

    def order(self, action: Action) -> None:
        """Add an action."""
        self.actions.append(action)

    def defer(self, want: Want, reason: Reason, *, binds: WaitsFor = WaitsFor.NOTHING, retry_at: Instant | None = None) -> None:
        """Say why an agent's desktop does not go on now."""
        group = DeferralGroup(wants=(want,), reason=reason, retry_at=retry_at, binds=binds, turn=self.turn)
        self.groups.append(group)

    def is_deferred(self, want: Want) -> bool:
        """Whether it was deferred just now."""
        return bool(self.groups) and self.groups[-1].wants[-1] is want

    def defer_alike(self, wants: Iterable[Want]) -> None:
        """These wait for the same as the want that was deferred just now."""
        first = self.groups[-1]
        self.groups[-1] = replace(first, wants=(*first.wants, *wants))

    def retire(self, guest: Guest) -> None:
        """Report what an interrupted clone left behind: its VMID is used no more."""
        self.leftovers.append(Retired(key=guest.key, reason=LEFTOVER(node=guest.node), at=self.now))

    @property
    def plan(self) -> Plan:
        """What came of it."""
        return Plan(
            actions=tuple(self.actions),
            groups=tuple(self.groups),
            singles=tuple(self.deferred),
            leftovers=tuple(self.leftovers),
            superseded=self.superseded,
            given_back=tuple(self.given_back),
            departures=self.departures,
        )


def slot(busy: Counter[NodeKey], node: NodeKey, ceiling: int) -> bool:
    """Take one of the node's places, if one is left."""
    if busy[node] >= ceiling:
        return False
    busy[node] += 1
    return True


def _stops_left(situation: Situation, seen: Survey) -> int:
    allowed = stops_at_once(ready_or_stopping(seen), situation.config.safety.max_stops_percent)
    return allowed - sum(isinstance(one, Stop) for one in situation.in_flight.values())


def _unplaced(situation: Situation, seen: Survey, room: FreeResources) -> int:
    """Desktops to be placed still, as far as there is room: of whoever has none, or gets another for one on a dead node."""
    without = Counter(want.profile for seat, want in seen.unserved.items() if seat not in seen.of_seat)
    without.update(_lost(situation, seen))
    profiles, naming = situation.config.profiles, situation.config.naming
    return sum(
        min(count, capacity_of(profiles[name], room, naming=naming, used=seen.used).free) for name, count in without.items()
    )


def _lost(situation: Situation, seen: Survey) -> Iterator[ProfileName]:
    """The profile of each desktop to be made for one on a node that is away."""
    given_up: dict[NodeKey, bool] = {}
    for one in seen.not_ready.get(Phase.UNKNOWN, {}).values():
        want = seen.unserved.get(one.seat) if one.seat is not None else None
        if want is not None and seen.of_seat[want.seat] is one:
            node = where(situation, one)
            if node not in given_up:
                given_up[node] = _is_given_up(situation, node)
            if given_up[node]:
                yield want.profile


def _unprepared(situation: Situation, seen: Survey) -> int:
    """Desktops to be made ahead of need that have no place yet."""
    return sum(seat not in seen.of_seat for seat in situation.demand.ahead)


def _is_given_up(situation: Situation, node: NodeKey) -> bool:
    return replaced_at(situation, node) is not None and not outage_in(situation, node.cluster)


_TO_START = (Phase.RESERVED, Phase.CLONING, Phase.UNPROVEN, Phase.CLONED, Phase.STOPPED)
_SHARE_S = 5.0
"""Of a node for one boot, before any was begun: only a balance between nodes comes of it."""


def _queues(situation: Situation, seen: Survey, boots: Mapping[NodeKey, NodeBoots]) -> BootQueues:
    """What is to be booted on each node before a desktop that is placed there now."""
    wants, of_seat = situation.demand.wants, seen.of_seat
    to_start = (one for phase in _TO_START for one in seen.not_ready.get(phase, {}).values())
    waiting = Counter(
        where(situation, one) for one in to_start if one.seat is not None and one.seat in wants and of_seat[one.seat] is one
    )
    shares = [one.pace.share_s for one in boots.values()]
    return BootQueues(
        waiting=waiting,
        remaining_s={node: one.remaining_s for node, one in boots.items()},
        share_s=max(shares, default=0.0) or _SHARE_S,
    )
