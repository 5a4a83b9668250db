"""Desktops made ahead of need, and the resources that they must leave to agents with an earlier rank."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence

from provisioner.model.capacity import Capacity
from provisioner.model.demand import Want
from provisioner.model.ids import ProfileName
from provisioner.model.people.profiles import Profile
from provisioner.planning.inputs import Situation
from provisioner.planning.placement.allocation import AllocatedIds
from provisioner.planning.placement.capacity.needs import capacity_of
from provisioner.planning.placement.refusal import Refusal
from provisioner.planning.placement.resources import FreeResources
from provisioner.planning.survey.survey import Survey
from provisioner.reasons.steps import ROOM_KEPT


class EarlierAgents:
    """Agents with an earlier rank than a prepared desktop, and without a desktop: resources are left for them.

    Each profile's capacity is computed as if it were alone; an agent of a larger profile counts as several. Lives for one plan,
    and is made before the plan places anything.
    """

    def __init__(self, situation: Situation, survey: Survey, resources: FreeResources) -> None:
        self._profiles = situation.config.profiles
        self._prepared: Counter[ProfileName] = Counter()
        demand, owners = situation.demand, survey.of_seat
        needed = sorted({want.profile for want in demand.ahead.values() if want.seat not in owners and self._has(want)})
        self._capacity = _capacity(situation, resources, needed, survey.used)
        others = (*demand.wants.values(), *(entry.then for entry in demand.not_wanted if entry.then)) if needed else ()
        without = [want for want in others if want.seat not in owners and self._has(want)]
        self._open = Counter(want.profile for want in without if want.seat in demand.wants)
        self._later: defaultdict[ProfileName, list[tuple[int, float, str]]] = defaultdict(list)
        for want in sorted(without, key=lambda want: want.rank):
            if want.seat not in demand.wants:
                self._later[want.profile].append(want.rank)

    def refusal(self, want: Want) -> Refusal | None:
        """Why the free resources must be left to others; None: they suffice. Must be called in order of rank."""
        if not self._has(want):
            return None  # it is refused for that
        first = self._open + Counter({name: bisect_left(ranks, want.rank) for name, ranks in self._later.items()})
        taken = first + self._prepared
        self._prepared[want.profile] += 1
        size, capacity = self._profiles[want.profile], self._capacity[want.profile]
        if not first or 1 + sum(count * _weight(self._profiles[name], size) for name, count in taken.items()) <= capacity.free:
            return None
        return Refusal(capacity.binds, ROOM_KEPT(binds=capacity.binds.value))

    def _has(self, want: Want) -> bool:
        return want.profile in self._profiles


def _weight(profile: Profile, other: Profile) -> float:
    """The resources of a desktop of the profile, in desktops of the other; at least 1."""
    return max(1.0, profile.memory_mib / other.memory_mib, profile.vcpus / other.vcpus, profile.disk_gib / other.disk_gib)


def _capacity(
    situation: Situation, resources: FreeResources, needed: Sequence[ProfileName], used: AllocatedIds
) -> dict[ProfileName, Capacity]:  # fmt: skip
    config = situation.config
    return {name: capacity_of(config.profiles[name], resources, naming=config.naming, used=used) for name in needed}
