"""Several profiles at once: bounds of how many desktops fit. Pure.

The lower bound is a packing that really fits, the upper one the least of several relaxations. One profile alone is exact. The
bounds are equal wherever the profiles do not compete.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property, reduce
from typing import NamedTuple

from provisioner.model.ids import NodeKey, ProfileName
from provisioner.planning.placement.capacity.ground import Ground, Need, Quota, smallest, without_node
from provisioner.planning.placement.capacity.packing import packed
from provisioner.planning.placement.capacity.relaxed import Relaxation, Relaxed
from provisioner.planning.placement.capacity.single import SingleCapacity
from provisioner.planning.placement.capacity.spreading import Spreading


class Between(NamedTuple):
    """Bounds of a number of desktops."""

    at_least: int
    at_most: int


class MixedCapacity:
    """The capacity for several profiles together. What several questions share is computed once."""

    def __init__(self, ground: Ground, needs: Mapping[ProfileName, Need]) -> None:
        self._ground, self._needs = ground, needs
        self.singles = {name: SingleCapacity(ground, need) for name, need in needs.items()}
        """Each profile alone."""
        self._smallest: dict[frozenset[ProfileName], SingleCapacity] = {}

    @property
    def nodes(self) -> Iterator[NodeKey]:
        """All nodes."""
        return (node for cluster in self._ground.clusters.values() for node in cluster.memory_mib)

    @cached_property
    def _relaxation(self) -> Relaxation:
        return Relaxation(self._ground, self._needs.values(), {name: single.ways for name, single in self.singles.items()})

    def placed(self, wanted: Mapping[ProfileName, int]) -> Between:
        """How many of these desktops fit together."""
        wanted = self._known(wanted)
        at_least = self._packed(wanted, self._ground)
        return Between(at_least, max(at_least, self._at_most(self._ground).placed(wanted)))

    def after(self, wanted: Iterable[ProfileName]) -> tuple["MixedCapacity", Mapping[NodeKey, Mapping[ProfileName, int]]]:
        """The capacity once these desktops are made in this order, and how many of them each node has, as far as they fit."""
        spreading = Spreading(self._ground, self._needs, {name: single.ways for name, single in self.singles.items()})
        for name in wanted:
            if name in self._needs:
                spreading.place(name)
        return MixedCapacity(spreading.ground, self._needs), spreading.placed

    def without(self, nodes: Iterable[NodeKey], lost: Mapping[ProfileName, int]) -> Mapping[ProfileName, Between]:
        """How many more desktops of each profile fit without the nodes, after these desktops were made again elsewhere.

        Negative: so many of these find no place.
        """
        lost, left = self._known(lost), reduce(without_node, nodes, self._ground)
        at_most, unplaced = self._at_most(left), sum(lost.values()) - self._packed(lost, left)
        return {name: self._more(name, left, lost, at_most, unplaced) for name in self._needs}

    def _known(self, counts: Mapping[ProfileName, int]) -> Mapping[ProfileName, int]:
        """Without profiles that are no longer configured: nothing is made from them."""
        return {name: count for name, count in counts.items() if count and name in self._needs}

    def _more(
        self, profile: ProfileName, left: Ground, lost: Mapping[ProfileName, int], at_most: "_AtMost", unplaced: int
    ) -> Between:
        if not lost.keys() - {profile}:
            exactly = at_most.alone(profile) - lost.get(profile, 0)
            return Between(exactly, exactly)
        at_least = -unplaced if unplaced else self._more_at_least(profile, left, lost)
        return Between(at_least, max(at_least, at_most.more(profile, lost)))

    def _at_most(self, ground: Ground) -> "_AtMost":
        return _AtMost(ground, self._needs, self.singles, self._all_smallest, lambda: self._relaxation.resources(ground))

    # -- what really fits ------------------------------------------------------------------------------------------

    def _packed(self, wanted: Mapping[ProfileName, int], ground: Ground) -> int:
        """The better of two orders: large desktops first, which wastes least, or small ones first, of which more fit."""
        order = self._large_first(wanted)
        return max(self._packed_in(ground, in_turn, wanted) for in_turn in (order, order[::-1])) if wanted else 0

    def _packed_in(self, ground: Ground, order: Sequence[ProfileName], wanted: Mapping[ProfileName, int]) -> int:
        """The last profile exactly, the others before it."""
        *others, last = order
        total = 0
        for name in others:
            placed, ground = packed(ground, self._needs[name], self.singles[name].ways, wanted[name])
            total += placed
        return total + min(wanted[last], self.singles[last].free_on(ground))

    def _more_at_least(self, profile: ProfileName, left: Ground, lost: Mapping[ProfileName, int]) -> int:
        """0 where these are not all placed before it in this order: in another they are."""
        for name in self._large_first(lost.keys() - {profile}):
            placed, left = packed(left, self._needs[name], self.singles[name].ways, lost[name])
            if placed < lost[name]:
                return 0
        return max(0, self.singles[profile].free_on(left) - lost.get(profile, 0))

    def _large_first(self, names: Iterable[ProfileName]) -> list[ProfileName]:
        return sorted(names, key=lambda name: (-self._needs[name].memory_mib, name))

    def _all_smallest(self, names: Iterable[ProfileName]) -> SingleCapacity:
        """As if each desktop were as small as the smallest in every respect, and could go wherever any of them can."""
        which = frozenset(names)
        if which not in self._smallest:
            self._smallest[which] = SingleCapacity(self._ground, smallest([self._needs[name] for name in sorted(which)]))
        return self._smallest[which]


class _AtMost:
    """Upper bounds on one ground. Each relaxation is computed at most once."""

    def __init__(
        self,
        ground: Ground,
        needs: Mapping[ProfileName, Need],
        singles: Mapping[ProfileName, SingleCapacity],
        smallest: Callable[[Iterable[ProfileName]], SingleCapacity],
        relaxed: Callable[[], Sequence[Relaxed]],
    ) -> None:
        self._ground, self._needs, self._relaxed = ground, needs, cache(relaxed)
        self.alone = cache(lambda name: singles[name].free_on(ground))
        """How many of a profile fit alone: exact."""
        self._smallest = cache(lambda names: smallest(names).free_on(ground))

    def placed(self, wanted: Mapping[ProfileName, int]) -> int:
        """How many of these desktops fit at most."""
        alone = sum(min(count, self.alone(name)) for name, count in wanted.items())
        if len(wanted) <= 1:
            return alone
        beyond = (max(0, used - max(0, self._ground.quotas[quota])) for quota, used in self._quotas_used(wanted).items())
        return min(
            alone,
            self._smallest(frozenset(wanted)),
            sum(wanted.values()) - max(beyond, default=0),
            *(resource.placed(wanted) for resource in self._relaxed()),
        )

    def more(self, profile: ProfileName, lost: Mapping[ProfileName, int]) -> int:
        """How many more of the profile fit at most besides these; negative: so many of these do not fit."""
        total, used = sum(lost.values()), self._quotas_used(lost)
        if missing := total - self.placed(lost):
            return -missing
        more = min(
            self.alone(profile) - lost.get(profile, 0),
            self._smallest(frozenset({*lost, profile})) - total,
            *(self._ground.quotas[quota] - used[quota] for quota in self._needs[profile].quotas),
            *(resource.more(profile, lost) for resource in self._relaxed()),
        )
        return max(0, more)

    def _quotas_used(self, counts: Mapping[ProfileName, int]) -> Counter[Quota]:
        used = Counter[Quota]()
        for name, count in counts.items():
            used.update(dict.fromkeys(self._needs[name].quotas, count))
        return used
