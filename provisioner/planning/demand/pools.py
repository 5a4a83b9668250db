"""Pools: the desktops that are wanted for their seats, after those of all agents."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from sys import maxsize

from provisioner.model.ceilings import Ceiling
from provisioner.model.demand import Demand, Want
from provisioner.model.ids import DesktopPoolName, ProfileName, WaveName
from provisioner.model.pools import DesktopPool
from provisioner.model.profiles import Profile
from provisioner.model.scenarios import PreparationLevel
from provisioner.model.seats import pool_seat
from provisioner.reasons.pools import WANTED_OFF, WANTED_READY

Pools = Mapping[DesktopPoolName, DesktopPool]
_PRIORITY = maxsize - 1
"""After all waves, and before trials."""


def with_pools(
    demand: Demand, pools: Pools, profiles: Mapping[ProfileName, Profile], ceilings: Iterable[Ceiling] = ()
) -> Demand:
    """The demand, and the seats of the pools after all agents: like what is made ahead of need, they take no resource from one.

    Under a ceiling a pool has what the agents leave.
    """
    usable = [pool for _, pool in sorted(pools.items()) if pool.profile in profiles]
    wants = [want for pool in usable for want in _wants(pool)]
    left = {state.ceiling.name: state.room for state in demand.ceilings}
    limit = min((left.get(ceiling.name, ceiling.limit) for ceiling in ceilings), default=None)
    if limit is not None:
        agents = len(demand.wants) + len(demand.ahead) + sum(entry.then is not None for entry in demand.not_wanted)
        wants = sorted(wants, key=lambda want: want.rank)[: max(0, limit - agents)]
    return replace(demand, ahead={**demand.ahead, **{want.seat: want for want in wants}})


def _wants(pool: DesktopPool) -> Iterator[Want]:
    """The desktops that are kept ready come before those that are only made."""
    for number in range(1, pool.size + 1):
        seat, warm = pool_seat(pool.name, number), number <= pool.warm
        yield Want(
            seat=seat,
            login=seat,
            profile=pool.profile,
            wave=WaveName(f"pool {pool.name}"),
            rank=(_PRIORITY, float(not warm), f"{pool.name}/{number:05}"),
            because=WANTED_READY(pool=pool.name) if warm else WANTED_OFF(pool=pool.name),
            level=PreparationLevel.RUNNING if warm else PreparationLevel.STOPPED,
        )
