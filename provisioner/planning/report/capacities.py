"""The capacity for the status. What costs milliseconds is computed again only when the resources have changed."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
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

    def look(self, situation: Situation, survey: Survey, room: FreeResources) -> None:
        """Compute the capacity that these resources leave."""
        basis = _basis(situation, survey, room)
        if basis != self._basis:
            self._basis, self._mixed = basis, MixedCapacity(*basis)
            singles = self._mixed.singles.items()
            self.now = {name: Capacity(free=single.free, binds=WaitsFor(single.binds)) for name, single in singles}
        if not 0 <= situation.now - self._outlook_at < _OUTLOOK_EVERY_S:
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
    """The loss of each node, and what would add most, for each profile."""
    losses: defaultdict[ProfileName, list[NodeLoss]] = defaultdict(list)
    for node in sorted(mixed.nodes, key=lambda node: (-sum(desktops.get(node, {}).values()), node)):
        for name, (at_least, at_most) in mixed.without(node, desktops.get(node, {})).items():
            losses[name].append(NodeLoss(node=node, at_least=at_least, at_most=at_most))
    return {
        name: Outlook(losses=tuple(sorted(losses[name], key=lambda loss: loss.at_least)), gains=single.gains())
        for name, single in mixed.singles.items()
    }


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
