"""The capacity for the status. What costs milliseconds is computed again only when the resources have changed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from math import inf

from provisioner.model.capacity import Capacity, NodeLoss, Outlook, VotesLeft
from provisioner.model.ids import ClusterId, Instant, NodeKey, ProfileName
from provisioner.model.machines.cluster import Snapshot
from provisioner.model.machines.desktops import Reservation
from provisioner.model.words import WaitsFor
from provisioner.planning.inputs import Situation, where
from provisioner.planning.placement.capacity.ground import Ground, Need
from provisioner.planning.placement.capacity.mixed import Between, MixedCapacity
from provisioner.planning.placement.capacity.needs import ground_of, needs_of
from provisioner.planning.placement.resources import FreeResources
from provisioner.planning.survey.survey import Survey

_OUTLOOK_EVERY_S = 60.0
"""While resources change. The loss of each of 40 nodes costs 15 ms: too much for each cycle of a switch."""
Desktops = Mapping[NodeKey, Mapping[ProfileName, int]]
"""How many desktops of each profile are on each node."""
Last = Mapping[NodeKey, VotesLeft]
"""The nodes without which their clusters have no quorum."""


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
            self._look_ahead(desktops_by_node(situation, survey), losses_of_quorum(situation.snapshot))
            self._outlook_at = situation.now

    def _look_ahead(self, desktops: Desktops, last: Last) -> None:
        if (basis := (self._basis, desktops, last)) != self._outlook_basis:
            self._outlook_basis = basis
            self.outlook = outlook_of(self._mixed, desktops, last)


def mixed_capacity(situation: Situation, survey: Survey, room: FreeResources) -> MixedCapacity:
    """The capacity for all profiles."""
    return MixedCapacity(*_basis(situation, survey, room))


def outlook_of(mixed: MixedCapacity, desktops: Desktops, last: Last) -> Mapping[ProfileName, Outlook]:
    """The loss of each node, and what would add most, for each profile: the only answer to what a lost node leaves.

    The desktops of nodes that are away already need a place too.
    """
    losses: defaultdict[ProfileName, list[NodeLoss]] = defaultdict(list)
    there = sorted(mixed.nodes, key=lambda node: (-sum(desktops.get(node, {}).values()), node))
    away = {node: desktops[node] for node in desktops.keys() - there}
    for node in there:
        gone = {**away, node: desktops.get(node, {})}
        left = _left(mixed, gone, node, last.get(node))
        for name, (at_least, at_most) in left.items():
            losses[name].append(NodeLoss(node=node, at_least=at_least, at_most=at_most, votes=last.get(node)))
    return {
        name: Outlook(losses=tuple(sorted(losses[name], key=how_bad)), gains=single.gains())
        for name, single in mixed.singles.items()
    }


def outlook_with(
    mixed: MixedCapacity, desktops: Desktops, last: Last, wanted: Iterable[ProfileName]
) -> Mapping[ProfileName, Outlook]:
    """The same once the desktops that are still to be made are there, each where a switch would make it, in this order."""
    served, new = mixed.after(wanted)
    nodes = desktops.keys() | new.keys()
    return outlook_of(served, {node: _summed((desktops.get(node, {}), new.get(node, {}))) for node in nodes}, last)


def losses_of_quorum(snapshot: Snapshot) -> Last:
    """The online nodes without which their clusters have no quorum."""
    return {node: left for view in snapshot.clusters.values() for node, left in view.losses_of_quorum.items()}


def how_bad(loss: NodeLoss) -> tuple[int, bool]:
    """What leaves the least sorts first; of equal losses that of a quorum."""
    return loss.at_least, loss.votes is None


def _left(mixed: MixedCapacity, gone: Desktops, node: NodeKey, votes: VotesLeft | None) -> Mapping[ProfileName, Between]:
    """Either way where nobody knows whether a quorum is left."""
    if votes is not None and not votes.guessed:
        return _without_cluster(mixed, gone, node.cluster)
    quorate = mixed.without((node,), _summed(gone.values()))
    if votes is None:
        return quorate
    lost = _without_cluster(mixed, gone, node.cluster)
    either = {name: (*quorate[name], *lost[name]) for name in quorate}
    return {name: Between(min(bounds), max(bounds)) for name, bounds in either.items()}


def _without_cluster(mixed: MixedCapacity, gone: Desktops, cluster: ClusterId) -> Mapping[ProfileName, Between]:
    """What the other clusters hold besides, once this one has no quorum: nothing that its nodes had is made again."""
    lost = _summed(of_node for node, of_node in gone.items() if node.cluster == cluster)
    short = sum(count for name, count in lost.items() if name in mixed.singles)
    elsewhere = _summed(of_node for node, of_node in gone.items() if node.cluster != cluster)
    left = mixed.without([node for node in mixed.nodes if node.cluster == cluster], elsewhere)
    return {name: Between(*(min(0, bound) - short if short else bound for bound in left[name])) for name in left}


def worst_loss(outlooks: Mapping[ProfileName, Outlook]) -> NodeLoss | None:
    """The loss that leaves the most desktops without a place, or the least room; None: there is no node."""
    worst = (outlook.worst for outlook in outlooks.values())
    return min((loss for loss in worst if loss is not None), key=how_bad, default=None)


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
