"""The demand in the order of deadlines, where `eta/deadline_order` has found that nobody becomes late by it.

Made from a demand that ceilings have cut already: who gets a desktop at all is a matter of importance alone.
"""

from collections.abc import Mapping
from dataclasses import replace

from provisioner.model.demand import Demand, Want
from provisioner.model.ids import Seat


def by_deadline(demand: Demand) -> Demand:
    """Whose batch is due first goes first; people without a deadline come after all of these, as before."""
    later = (
        entry if entry.then is None else replace(entry, then=_ranked(entry.then)) for entry in demand.not_wanted
    )  # fmt: skip
    return replace(demand, wants=_all(demand.wants), ahead=_all(demand.ahead), not_wanted=tuple(later))


def _all(wants: Mapping[Seat, Want]) -> dict[Seat, Want]:
    return {seat: _ranked(want) for seat, want in wants.items()}


def _ranked(want: Want) -> Want:
    """One place for all that have a deadline: then the deadline decides."""
    place, time, login = want.rank
    return replace(want, rank=(1 + place, time, login) if want.due_at is None else (0, time, login))


__all__ = ["by_deadline"]
