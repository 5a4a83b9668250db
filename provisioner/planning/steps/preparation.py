"""Desktops made ahead of need, and the room that making them must leave to whoever comes before."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence

from provisioner.model.demand import Want
from provisioner.model.ids import ProfileName
from provisioner.model.profiles import Profile
from provisioner.model.status import Capacity
from provisioner.planning.inputs import Situation
from provisioner.planning.placement.allocation import AllocatedIds
from provisioner.planning.placement.capacity import capacity_of
from provisioner.planning.placement.refusal import Refusal
from provisioner.planning.placement.resources import FreeResources
from provisioner.planning.survey.survey import Survey
from provisioner.reasons.steps import ROOM_KEPT


class EarlierAgents:
    """Agents who come before one that is prepared, and have no desktop yet: the room for theirs is kept.

    A profile's room is counted as if it were alone, and an agent of a larger profile as several. Lives for one plan, and is
    made before anything is placed in it.
    """

    def __init__(self, situation: Situation, seen: Survey, room: FreeResources) -> None:
        self._profiles = situation.config.profiles
        self._prepared: Counter[ProfileName] = Counter()
        demand, owners = situation.demand, seen.of_seat
        needed = sorted({one.profile for one in demand.ahead.values() if one.seat not in owners})
        self._capacity = _capacity(situation, room, needed, seen.used)
        others = (*demand.wants.values(), *(one.then for one in demand.not_wanted if one.then)) if needed else ()
        without = [one for one in others if one.seat not in owners]
        self._open = Counter(one.profile for one in without if one.seat in demand.wants)
        self._later: defaultdict[ProfileName, list[tuple[int, float, str]]] = defaultdict(list)
        for one in sorted(without, key=lambda one: one.rank):
            if one.seat not in demand.wants:
                self._later[one.profile].append(one.rank)

    def refusal(self, want: Want) -> Refusal | None:
        """Why the room there is must be left to others; None: there is enough. To be asked in order of rank."""
        first = self._open + Counter({name: bisect_left(ranks, want.rank) for name, ranks in self._later.items()})
        taken = first + self._prepared
        self._prepared[want.profile] += 1
        size, capacity = self._profiles[want.profile], self._capacity[want.profile]
        if not first or 1 + sum(count * _weight(self._profiles[name], size) for name, count in taken.items()) <= capacity.free:
            return None
        return Refusal(capacity.binds, ROOM_KEPT(binds=capacity.binds.value))


def _weight(one: Profile, other: Profile) -> float:
    """How many desktops of the other profile one takes the room of, at least one."""
    return max(1.0, one.memory_mib / other.memory_mib, one.vcpus / other.vcpus, one.disk_gib / other.disk_gib)


def _capacity(
    situation: Situation, room: FreeResources, needed: Sequence[ProfileName], used: AllocatedIds
) -> dict[ProfileName, Capacity]:  # fmt: skip
    config = situation.config
    return {name: capacity_of(config.profiles[name], room, naming=config.naming, used=used) for name in needed}
