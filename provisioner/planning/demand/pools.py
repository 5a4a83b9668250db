"""Pools: the desktops that are wanted for their seats, after those of all agents."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from sys import maxsize

from provisioner.model.autoscale import SeatPlan
from provisioner.model.ceilings import Ceiling
from provisioner.model.demand import Demand, Want
from provisioner.model.ids import DesktopPoolName, ProfileName, Seat, WaveName
from provisioner.model.leases import LeaseState
from provisioner.model.pools import DesktopPool
from provisioner.model.profiles import Profile
from provisioner.model.scenarios import PreparationLevel
from provisioner.model.seats import pool_of, pool_seat
from provisioner.reasons.pools import WANTED_LENT, WANTED_OFF, WANTED_READY
from provisioner.reasons.reason import ReasonKind

Pools = Mapping[DesktopPoolName, DesktopPool]
Leased = Mapping[Seat, LeaseState]
"""The seats whose desktop is not free."""
_PRIORITY = maxsize - 1
"""After all waves, and before trials."""
_NO_LEASES: Leased = {}
Plans = Mapping[DesktopPoolName, SeatPlan]
_NO_PLANS: Plans = {}


def with_pools(
    demand: Demand,
    pools: Pools,
    profiles: Mapping[ProfileName, Profile],
    *,
    leased: Leased = _NO_LEASES,
    ceilings: Iterable[Ceiling] = (),
    plans: Plans = _NO_PLANS,
) -> Demand:
    """The demand, and the seats of the pools after all agents: like what is made ahead of need, they take no resource from one.

    Under a ceiling a pool has what the agents leave; who has a desktop of a pool keeps it. `plans`: of pools that follow their
    people, instead of size and spare.
    """
    usable = [pool for _, pool in sorted(pools.items()) if pool.profile in profiles]
    wants = [want for pool in usable for want in _wants(pool, leased, plans.get(pool.name))]
    left = {state.ceiling.name: state.room for state in demand.ceilings}
    limit = min((left.get(ceiling.name, ceiling.limit) for ceiling in ceilings), default=None)
    if limit is not None:
        agents = len(demand.wants) + len(demand.ahead) + sum(entry.then is not None for entry in demand.not_wanted)
        ranked = sorted(wants, key=lambda want: want.rank)
        wants = [want for place, want in enumerate(ranked) if agents + place < limit or want.seat in leased]
    ahead = {**demand.ahead, **{want.seat: want for want in wants}}
    idle = {seat: plan.because for plan in plans.values() for seat in plan.idle if seat in ahead and seat not in leased}
    return replace(demand, ahead=ahead, idle=idle)


def _wants(pool: DesktopPool, leased: Leased, plan: SeatPlan | None) -> Iterator[Want]:
    """Those that somebody has, then those that are kept ready, then the rest. A lent one counts beyond the size, too."""
    own = {seat: state for seat, state in leased.items() if pool_of(seat) == pool.name}
    for seat, state in sorted(own.items()):
        if state is LeaseState.LENT:
            yield _want(pool, seat, 0, PreparationLevel.RUNNING, WANTED_LENT)
        else:
            yield _want(pool, seat, 2, PreparationLevel.STOPPED, WANTED_OFF)
    running, off = _free(pool, own) if plan is None else (plan.running, plan.off)
    for seat in running:
        if seat not in own:
            yield _want(pool, seat, 1, PreparationLevel.RUNNING, WANTED_READY)
    for seat in off:
        if seat not in own:
            yield _want(pool, seat, 2, PreparationLevel.STOPPED, WANTED_OFF)


def _free(pool: DesktopPool, own: Leased) -> tuple[Sequence[Seat], Sequence[Seat]]:
    """As many on as are spare; the rest off."""
    free = [seat for seat in _seats(pool) if seat not in own]
    return free[: pool.warm], free[pool.warm :]


def _seats(pool: DesktopPool) -> list[Seat]:
    return [pool_seat(pool.name, number) for number in range(1, pool.size + 1)]


def _want(pool: DesktopPool, seat: Seat, turn: int, level: PreparationLevel, why: ReasonKind) -> Want:
    number = seat.rpartition("/")[2]
    return Want(
        seat=seat,
        login=seat,
        profile=pool.profile,
        wave=WaveName(f"pool {pool.name}"),
        rank=(_PRIORITY, float(turn), f"{pool.name}/{number:0>5}"),
        because=why(pool=pool.name),
        level=level,
    )
