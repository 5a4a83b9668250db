"""The capacity for the status. What costs milliseconds is computed again only when the resources have changed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from math import inf

from provisioner.model.capacity import Capacity, NodeLoss, Outlook
from provisioner.model.desktops import Reservation
from provisioner.model.ids import Instant, NodeKey, ProfileName
from provisioner.model.words import WaitsFor
from provisioner.planning.inputs import Situation, where
from provisioner.planning.placement.capacity.ground import Ground, Need
from provisioner.planning.placement.capacity.mixed import MixedCapacity
from provisioner.planning.placement.capacity.needs import ground_of, needs_of
from provisioner.planning.placement.resources import FreeResources
from provisioner.planning.survey.survey import Survey

_OUTLOOK_EVERY_S = 60.0
"""While resources change. The loss of each of 40 nodes costs 15 ms: too much for each cycle of a switch."""
Desktops = Mapping[NodeKey, Mapping[ProfileName, int]]
"""How many desktops of each profile are on each node."""


class Capacities:
    """The last capacity, and what it was computed from. Lives as long as the daemon; changed by each look."""

    def __init__(self) -> None:
        self.now: Mapping[ProfileName, Capacity] = {}
        """Each profile alone."""
        self.outlook: Mapping[ProfileName, Outlook] = {}
        """The same after a loss, and what would add to it."""
        self._basis: tuple[Ground, Mapping[ProfileName, Need]] | None = None
        self._outlook_basis: object = None
        self._outlook_at: Instant = -inf

    def look(self, situation: Situation, survey: Survey, room: FreeResources, *, at_rest: bool = False) -> None:
        """Compute the capacity that these resources leave. `at_rest`: no desktop is on its way."""
        basis = _basis(situation, survey, room)
        if basis != self._basis:
            self._basis, self._mixed = basis, MixedCapacity(*basis)
            singles = self._mixed.singles.items()
            self.now = {name: Capacity(free=single.free, binds=WaitsFor(single.binds)) for name, single in singles}
        if at_rest or not 0 <= situation.now - self._outlook_at < _OUTLOOK_EVERY_S:
            self._look_ahead(desktops_by_node(situation, survey))
            self._outlook_at = situation.now

    def _look_ahead(self, desktops: Desktops) -> None:
        if (basis := (self._basis, desktops)) != self._outlook_basis:
            self._outlook_basis = basis
            self.outlook = outlook_of(self._mixed, desktops)


def mixed_capacity(situation: Situation, survey: Survey, room: FreeResources) -> MixedCapacity:
    """The capacity for all profiles."""
    return MixedCapacity(*_basis(situation, survey, room))


def outlook_of(mixed: MixedCapacity, desktops: Desktops) -> Mapping[ProfileName, Outlook]:
    """The loss of each node, and what would add most, for each profile: the only answer to what a lost node leaves.

    The desktops of nodes that are away already need a place too.
    """
    losses: defaultdict[ProfileName, list[NodeLoss]] = defaultdict(list)
    there = sorted(mixed.nodes, key=lambda node: (-sum(desktops.get(node, {}).values()), node))
    away = _summed(desktops[node] for node in desktops.keys() - there)
    for node in there:
        for name, (at_least, at_most) in mixed.without(node, _summed((away, desktops.get(node, {})))).items():
            losses[name].append(NodeLoss(node=node, at_least=at_least, at_most=at_most))
    return {
        name: Outlook(losses=tuple(sorted(losses[name], key=lambda loss: loss.at_least)), gains=single.gains())
        for name, single in mixed.singles.items()
    }


def outlook_with(mixed: MixedCapacity, desktops: Desktops, wanted: Iterable[ProfileName]) -> Mapping[ProfileName, Outlook]:
    """The same once the desktops that are still to be made are there, each where a switch would make it, in this order."""
    served, new = mixed.after(wanted)
    nodes = desktops.keys() | new.keys()
    return outlook_of(served, {node: _summed((desktops.get(node, {}), new.get(node, {}))) for node in nodes})


def worst_loss(outlooks: Mapping[ProfileName, Outlook]) -> NodeLoss | None:
    """The loss that leaves the most desktops without a place, or the least room; None: there is no node."""
    worst = (outlook.worst for outlook in outlooks.values())
    return min((loss for loss in worst if loss is not None), key=lambda loss: loss.at_least, default=None)


def _summed(counts: Iterable[Mapping[ProfileName, int]]) -> Counter[ProfileName]:
    total = Counter[ProfileName]()
    for each in counts:
        total.update(each)
    return total


def desktops_by_node(situation: Situation, survey: Survey) -> Desktops:
    """How many desktops of each profile on each node would have to be made again if the node were lost.

    Desktops that HA would recover are counted too, although they would need no other disk.
    """
    counts: defaultdict[NodeKey, Counter[ProfileName]] = defaultdict(Counter)
    for claim, count in survey.claims.items():
        counts[claim.node][claim.profile] += count
    for desktop in _unneeded(situation, survey):
        counts[where(situation, desktop)][desktop.profile] -= 1
    return {node: {name: count for name, count in of_node.items() if count > 0} for node, of_node in counts.items()}


def _basis(situation: Situation, survey: Survey, room: FreeResources) -> tuple[Ground, Mapping[ProfileName, Need]]:
    config = situation.config
    ground = ground_of(config.profiles.values(), room, naming=config.naming, used=survey.used)
    return ground, needs_of(config.profiles, room)


def _unneeded(situation: Situation, survey: Survey) -> Iterator[Reservation]:
    """Desktops that nobody would get again: leavers', superseded and doubled ones."""
    desktops = situation.records.desktops
    names = survey.leavers.keys() | survey.superseded.keys() | {desktop.name for desktop in survey.doubled}
    return (desktops[name].reservation for name in names if name in desktops)
