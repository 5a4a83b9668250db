"""Which of an agent's desktops counts. The others are kept, read and reported, and nothing else is done with them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from provisioner.model.desktops import Phase, Reservation
from provisioner.model.ids import DesktopName, Seat
from provisioner.model.records import Records
from provisioner.reasons.reason import Reason

Phases = Mapping[DesktopName, tuple[Phase, Reason]]
"""Of each desktop, with what it was concluded from."""


def primary_desktops(records: Records, phases: Phases) -> tuple[dict[Seat, Reservation], tuple[Reservation, ...]]:
    """A ready desktop counts before one that runs, that before any other, then the lower name: the same answer in every cycle.

    One made instead of another counts before what was there besides: else it would have been made in vain. A superseded one
    counts only while it is ready and the one made instead was never assigned: its node has come back before anybody was sent
    elsewhere.
    """
    found: dict[Seat, Reservation] = {}
    more: defaultdict[Seat, list[Reservation]] = defaultdict(list)
    for one in records.reservations:
        if one.seat is not None and found.setdefault(one.seat, one) is not one:
            more[one.seat].append(one)

    instead = frozenset(record.superseded_by for record in records.desktops.values()) if more else frozenset()

    def rank(one: Reservation) -> tuple[int, DesktopName]:
        return _claim(one, records, phases, instead), one.name

    others: list[Reservation] = []
    for seat, further in more.items():  # of nearly nobody: ranking everybody's would cost as much as the rest of a survey
        found[seat], *rest = sorted((found[seat], *further), key=rank)
        others += rest
    return found, tuple(sorted(others, key=rank))


def _claim(one: Reservation, records: Records, phases: Phases, instead: frozenset[DesktopName | None]) -> int:
    """The lower, the better."""
    phase = phases[one.name][0]
    if records.desktops[one.name].superseded_by is not None:
        return 2 if phase is Phase.READY else 6
    if phase is Phase.READY:
        return 0
    if records.desktops[one.name].assigned_to is not None:
        return 1
    if one.name in instead:
        return 3
    return 4 if phase is Phase.STARTING else 5


def superseded_of(
    records: Records, counting: Mapping[Seat, Reservation], others: Iterable[Reservation]
) -> dict[DesktopName, DesktopName]:
    """Of an agent's other desktops those that were given up, and those that were to be had instead of the one that counts."""
    pairs = ((one.name, counting[one.seat].name) for one in others if one.seat is not None)
    return {
        name: kept
        for name, kept in pairs
        if records.desktops[name].superseded_by is not None or records.desktops[kept].superseded_by is not None
    }
