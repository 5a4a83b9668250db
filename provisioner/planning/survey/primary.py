"""Which of an agent's desktops is primary. The others are kept, read and reported, but not used."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from provisioner.model.ids import DesktopName, Seat
from provisioner.model.kept.records import Records
from provisioner.model.machines.desktops import Phase, Reservation
from provisioner.reasons.reason import Reason

Phases = Mapping[DesktopName, tuple[Phase, Reason]]
"""The phase of each desktop, with its reason."""


def primary_desktops(records: Records, phases: Phases) -> tuple[dict[Seat, Reservation], tuple[Reservation, ...]]:
    """The primary desktop of each seat, and all others: ready before running before anything else, then by name.

    A replacement ranks before desktops that are not ready, or it would have been made in vain. A superseded desktop is primary
    only while it is ready and its replacement was never assigned: its node came back before its agent was sent elsewhere. A
    quarantined desktop is left out.
    """
    primary: dict[Seat, Reservation] = {}
    more: defaultdict[Seat, list[Reservation]] = defaultdict(list)
    kept_as_it_is = records.quarantines
    for name, record in records.desktops.items():
        desktop = record.reservation
        seat = desktop.seat
        if seat is not None and name not in kept_as_it_is and primary.setdefault(seat, desktop) is not desktop:
            more[seat].append(desktop)

    replacements = frozenset(record.superseded_by for record in records.desktops.values()) if more else frozenset()

    def rank(desktop: Reservation) -> tuple[int, DesktopName]:
        return _class(desktop, records, phases, replacements), desktop.name

    others: list[Reservation] = []
    for seat, further in more.items():  # only seats with several: ranking all would cost as much as the rest of a survey
        primary[seat], *rest = sorted((primary[seat], *further), key=rank)
        others += rest
    return primary, tuple(sorted(others, key=rank))


def _class(desktop: Reservation, records: Records, phases: Phases, replacements: frozenset[DesktopName | None]) -> int:
    """The rank of a desktop; the lowest is primary."""
    phase, record = phases[desktop.name][0], records.desktops[desktop.name]
    if record.superseded_by is not None:
        # its node came back: used again, unless its replacement is ready or was assigned
        return 2 if phase is Phase.READY else 6
    if phase is Phase.READY:
        return 0
    if record.assigned_to is not None:
        return 1
    if desktop.name in replacements:
        return 3  # a replacement
    return 4 if phase is Phase.STARTING else 5


def superseded_of(
    records: Records, primary: Mapping[Seat, Reservation], others: Iterable[Reservation]
) -> dict[DesktopName, DesktopName]:
    """Desktops that were replaced, and replacements whose original is primary again; each with the primary desktop."""
    pairs = ((desktop.name, primary[desktop.seat].name) for desktop in others if desktop.seat is not None)
    return {
        name: in_use
        for name, in_use in pairs
        if records.desktops[name].superseded_by is not None or records.desktops[in_use].superseded_by is not None
    }
