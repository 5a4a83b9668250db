"""A decision about a pool, as the seats whose desktops are kept on, are off, are shut down, or are made."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count, islice

from provisioner.model.autoscale import Decision, SeatPlan, Use
from provisioner.model.ids import DesktopName, DesktopPoolName, Seat
from provisioner.model.machines.seats import pool_seat
from provisioner.reasons.pools import AUTOSCALE_IDLE

_UP = frozenset({Use.FREE, Use.PREPARING})


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatUse:
    """The desktop of a seat, and what it is doing."""

    seat: Seat
    desktop: DesktopName
    use: Use


def seat_plan(pool: DesktopPoolName, uses: Mapping[Seat, SeatUse], decision: Decision) -> SeatPlan:
    """Every seat of the pool that has a desktop, and the lowest numbers for as many as are to be made.

    One whose sessions are unknown is neither brought up nor shut down.
    """
    up, down = {*decision.start, *decision.pardon}, set(decision.drain)
    running = [each.seat for each in uses.values() if _runs(each, up, down)]
    idle = [each.seat for each in uses.values() if _is_idle(each, up, down)]
    kept = {*running}
    off = [each.seat for each in uses.values() if each.seat not in kept]
    return SeatPlan(
        running=tuple(sorted(running, key=_number)),
        off=(*sorted(off, key=_number), *islice(_unused(pool, uses), decision.make)),
        idle=frozenset(idle),
        because=AUTOSCALE_IDLE(
            pool=pool, free=decision.counts.free, kept=max(0, decision.targets.running_most - decision.counts.lent)
        ),
    )


def _runs(each: SeatUse, up: set[DesktopName], down: set[DesktopName]) -> bool:
    return each.desktop in up or (each.use in _UP and each.desktop not in down)


def _is_idle(each: SeatUse, up: set[DesktopName], down: set[DesktopName]) -> bool:
    return each.desktop in down or (each.use is Use.DRAINING and each.desktop not in up)


def _unused(pool: DesktopPoolName, uses: Mapping[Seat, SeatUse]) -> Iterator[Seat]:
    return (seat for number in count(1) if (seat := pool_seat(pool, number)) not in uses)


def _number(seat: Seat) -> int:
    return int(seat.rpartition("/")[2])
