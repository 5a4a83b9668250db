"""Pools: the desktops that are wanted for their seats, after those of all agents."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from sys import maxsize

from provisioner.model.autoscale import SeatPlan
from provisioner.model.demand import Demand, Rest, Want
from provisioner.model.ids import DesktopPoolName, ProfileName, Seat, WaveName
from provisioner.model.kept.records import Records
from provisioner.model.lending import LeaseState
from provisioner.model.machines.seats import pool_of, pool_seat
from provisioner.model.people.profiles import Profile
from provisioner.model.pools import MOST_SEATS, DesktopPool
from provisioner.model.scenario.ceilings import Ceiling
from provisioner.model.scenario.scenarios import PreparationLevel
from provisioner.reasons.pools import WANTED_LENT, WANTED_OFF, WANTED_READY
from provisioner.reasons.reason import ReasonKind

Pools = Mapping[DesktopPoolName, DesktopPool]
Leased = Mapping[Seat, LeaseState]
"""The seats whose desktop is not free."""
_PRIORITY = maxsize - 1
"""After all waves, and before trials."""
_NO_LEASES: Leased = {}
_LENT, _READY, _OFF = range(3)
_TURNS: tuple[tuple[PreparationLevel, ReasonKind], ...] = (
    (PreparationLevel.RUNNING, WANTED_LENT),
    (PreparationLevel.RUNNING, WANTED_READY),
    (PreparationLevel.STOPPED, WANTED_OFF),
)
"""Those that somebody has, those that are kept ready, the rest: in this order."""
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
    return replace(demand, ahead={**demand.ahead, **{want.seat: want for want in wants}})


def leased_seats(records: Records) -> dict[Seat, LeaseState]:
    """The seats whose desktop is not free; if a seat has several desktops, somebody's counts.

    What is left of a person in one that was replaced keeps nobody from the other.
    """
    leased: dict[Seat, LeaseState] = {}
    for record in records.desktops.values():
        seat = record.reservation.seat
        if record.lease is None or (record.superseded_by is not None and record.lease.state is LeaseState.TO_RESET):
            continue
        if seat is not None and leased.get(seat) is not LeaseState.LENT:
            leased[seat] = record.lease.state
    return leased


def _wants(pool: DesktopPool, leased: Leased, plan: SeatPlan | None) -> Iterator[Want]:
    """Those that somebody has, then those that are kept ready, then the rest. A lent one counts beyond the size, too."""
    own = {seat: state for seat, state in leased.items() if pool_of(seat) == pool.name}
    for seat, state in sorted(own.items()):
        if state is LeaseState.LENT:
            yield _want(pool.name, pool.profile, seat, _LENT)
        else:
            yield _want(pool.name, pool.profile, seat, _OFF)
    running, off = _free(pool, own) if plan is None else (plan.running, plan.off)
    for seat in running:
        if seat not in own:
            yield _want(pool.name, pool.profile, seat, _READY)
    idle, rest = (frozenset[Seat](), None) if plan is None else (plan.idle, Rest(because=plan.because))
    for seat in off:
        if seat not in own:
            yield _want(pool.name, pool.profile, seat, _OFF, rest if seat in idle else None)


def _free(pool: DesktopPool, own: Leased) -> tuple[Sequence[Seat], Sequence[Seat]]:
    """As many on as are spare; the rest off."""
    free = [seat for seat in _seats(pool) if seat not in own]
    return free[: pool.warm], free[pool.warm :]


def _seats(pool: DesktopPool) -> list[Seat]:
    return [pool_seat(pool.name, number) for number in range(1, pool.size + 1)]


@lru_cache(maxsize=4 * MOST_SEATS)
def _want(pool: DesktopPoolName, profile: ProfileName, seat: Seat, turn: int, rest: Rest | None = None) -> Want:
    """The same value again: a lend changes the wants of a few seats, and a pool has thousands."""
    level, why = _TURNS[turn]
    return Want(
        seat=seat,
        login=seat,
        profile=profile,
        wave=WaveName(f"pool {pool}"),
        rank=(_PRIORITY, float(turn), f"{pool}/{seat.rpartition('/')[2]:0>5}"),
        by=why(pool=pool),
        level=level,
        rest=rest,
    )
