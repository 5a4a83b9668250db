"""What has come of a pool's decisions, from one look at its desktops to the next. Pure.

A decision is made anew in each cycle: what waits is wanted again and again, and what is held back is never done.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field

from provisioner.model.autoscale import Use
from provisioner.model.ids import Seat
from provisioner.planning.autoscale.seats import SeatUse

_ON = frozenset({Use.FREE, Use.LENT, Use.PREPARING})
_COMING = frozenset({Use.FREE, Use.PREPARING})


@dataclass(frozen=True, slots=True)
class Looked:
    """How the desktops of a pool were when they were looked at last."""

    uses: Mapping[Seat, SeatUse] = field(default_factory=dict)
    resets: Set[Seat] = frozenset()
    """Seats whose desktop is made anew after a person: that is no step of the pool's size."""


def look(before: Looked | None, uses: Mapping[Seat, SeatUse], idle: Set[Seat]) -> tuple[Looked, Counter[str]]:
    """What is to be remembered, and how many were `pardoned`, `started`, `drained` and `made` since the look before.

    None: there was none. `idle`: those that were to be shut down since then.
    """
    if before is None:
        return Looked(uses), Counter()
    gone = {seat for seat, each in before.uses.items() if seat not in uses and each.use is Use.LENT}
    resets = {seat for seat in (*before.resets, *gone) if seat not in uses or uses[seat].use is Use.MAKING}
    steps = Counter(word for seat, each in uses.items() for word in _steps(seat, each, before, idle))
    return Looked(uses, frozenset(resets)), steps


def _steps(seat: Seat, each: SeatUse, before: Looked, idle: Set[Seat]) -> Iterator[str]:
    known = before.uses.get(seat)
    was, now = None if known is None else known.use, each.use
    if was is Use.DRAINING and now in _ON:
        yield "pardoned"
    if was in (Use.STOPPED, Use.MAKING) and now in _COMING and not (was is Use.MAKING and seat in before.resets):
        yield "started"
    if was in (Use.FREE, Use.DRAINING) and now is Use.STOPPED and seat in idle:
        yield "drained"
    if was is Use.MAKING and now is not Use.MAKING and seat not in before.resets:
        yield "made"


__all__ = ["Looked", "look"]
