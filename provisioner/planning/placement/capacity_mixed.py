"""Several profiles at once: bounds of how many desktops fit. Pure.

The lower bound is a packing that really fits, the upper one the least of several relaxations. One profile alone is exact. The
bounds are equal wherever the profiles do not compete.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from provisioner.model.ids import NodeKey, ProfileName
from provisioner.planning.placement.capacity_ground import Ground, Need, Quota, smallest, without_node
from provisioner.planning.placement.capacity_packing import packed
from provisioner.planning.placement.capacity_relaxed import Relaxation
from provisioner.planning.placement.capacity_single import SingleCapacity


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
        return Relaxation(self._ground, self._needs.values())

    def placed(self, wanted: Mapping[ProfileName, int], *, without: NodeKey | None = None) -> Between:
        """How many of these desktops fit together; `without`: a node that is lost."""
        wanted, ground = self._known(wanted), self._ground if without is None else without_node(self._ground, without)
        at_least = self._packed(wanted, ground)
        return Between(at_least, max(at_least, self._placed_at_most(ground, wanted)))

    def without(self, node: NodeKey, lost: Mapping[ProfileName, int]) -> Mapping[ProfileName, Between]:
        """How many more desktops of each profile fit without the node, after these desktops were made again elsewhere.

        Negative: so many of these find no place.
        """
        lost, left = self._known(lost), without_node(self._ground, node)
        missing = sum(lost.values()) - self._placed_at_most(left, lost)
        return {name: self._more(name, left, lost, missing) for name in self._needs}

    def _known(self, counts: Mapping[ProfileName, int]) -> Mapping[ProfileName, int]:
        """Without profiles that are no longer configured: nothing is made from them."""
        return {name: count for name, count in counts.items() if count and name in self._needs}

    def _more(self, profile: ProfileName, left: Ground, lost: Mapping[ProfileName, int], missing: int) -> Between:
        if not lost.keys() - {profile}:
            exactly = self.singles[profile].free_on(left) - lost.get(profile, 0)
            return Between(exactly, exactly)
        at_least = self._more_at_least(profile, left, lost)
        at_most = -missing if missing else max(0, self._more_at_most(profile, left, lost))
        return Between(at_least, max(at_least, at_most))

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
            placed, ground = packed(ground, self._needs[name], wanted[name])
            total += placed
        return total + min(wanted[last], self.singles[last].free_on(ground))

    def _more_at_least(self, profile: ProfileName, left: Ground, lost: Mapping[ProfileName, int]) -> int:
        unplaced = 0
        for name in self._large_first(lost.keys() - {profile}):
            placed, left = packed(left, self._needs[name], lost[name])
            unplaced += lost[name] - placed
        more = self.singles[profile].free_on(left) - lost.get(profile, 0)
        return min(0, more) - unplaced if unplaced else more

    def _large_first(self, names: Iterable[ProfileName]) -> list[ProfileName]:
        return sorted(names, key=lambda name: (-self._needs[name].memory_mib, name))

    # -- what can fit at most --------------------------------------------------------------------------------------

    def _placed_at_most(self, ground: Ground, wanted: Mapping[ProfileName, int]) -> int:
        alone = sum(min(count, self.singles[name].free_on(ground)) for name, count in wanted.items())
        if len(wanted) <= 1:
            return alone
        quotas = (max(0, used - max(0, ground.quotas[quota])) for quota, used in self._quotas_used(wanted).items())
        return min(
            alone,
            self._all_smallest(wanted).free_on(ground),
            sum(wanted.values()) - max(quotas, default=0),
            *(resource.placed(wanted) for resource in self._relaxation.resources(ground)),
        )

    def _more_at_most(self, profile: ProfileName, left: Ground, lost: Mapping[ProfileName, int]) -> int:
        used = self._quotas_used(lost)
        return min(
            self.singles[profile].free_on(left) - lost.get(profile, 0),
            self._all_smallest({*lost, profile}).free_on(left) - sum(lost.values()),
            *(left.quotas[quota] - used[quota] for quota in self._needs[profile].quotas),
            *(resource.more(profile, lost) for resource in self._relaxation.resources(left)),
        )

    def _quotas_used(self, counts: Mapping[ProfileName, int]) -> Counter[Quota]:
        used = Counter[Quota]()
        for name, count in counts.items():
            used.update(dict.fromkeys(self._needs[name].quotas, count))
        return used

    def _all_smallest(self, names: Iterable[ProfileName]) -> SingleCapacity:
        """As if each desktop were as small as the smallest in every respect, and could go wherever any of them can."""
        which = frozenset(names)
        if which not in self._smallest:
            self._smallest[which] = SingleCapacity(self._ground, smallest([self._needs[name] for name in sorted(which)]))
        return self._smallest[which]
