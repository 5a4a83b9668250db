"""Days on which desktops were counted by reading alone: how many, how late, and what no event dated."""

from collections.abc import Iterable

from provisioner.model.departures import DAY_S
from provisioner.model.ids import DesktopName, Instant
from provisioner.model.session_counts import DayReadings

KEPT_DAYS = 366
"""As long as peaks."""


class Readings:
    """Changed by one thread."""

    def __init__(self, kept: Iterable[DayReadings] = ()) -> None:
        self._days = {readings.day: readings for readings in kept}
        self._today, self._names, self._undated = 0, set[DesktopName](), set[DesktopName]()
        """The desktops of this day, in this life of the daemon: read alone; and of which something is not dated."""

    def read(self, name: DesktopName, *, before: Instant, at: Instant) -> None:
        """A desktop was read at two moments, and has pushed nothing in between."""
        day = self._begun(at)
        self._names.add(name)
        self._note(day, desktops=len(self._names), within_s=at - before)

    def inferred(self, name: DesktopName, changes: int, *, most: int, before: Instant, at: Instant) -> None:
        """So many log-ons and log-offs lie between two documents, and no event dates them. `most`: that it can have at once."""
        day = self._begun(at)
        off_by = 0 if name in self._undated else most
        self._undated.add(name)
        self._note(day, inferred=changes, off_by=off_by, within_s=at - before)

    def kept(self) -> tuple[DayReadings, ...]:
        """To be stored, in order."""
        newest = max(self._days, default=0)
        return tuple(readings for day, readings in sorted(self._days.items()) if newest - day < KEPT_DAYS)

    def _begun(self, at: Instant) -> int:
        day = int(at // DAY_S)
        if day != self._today:
            self._today, self._names, self._undated = day, set(), set()
        return day

    def _note(self, day: int, *, desktops: int = 0, inferred: int = 0, off_by: int = 0, within_s: float) -> None:
        known = self._days.get(day, DayReadings(day=day))
        self._days[day] = DayReadings(
            day=day,
            desktops=max(known.desktops, desktops),
            within_s=max(known.within_s, round(within_s, 3)),
            inferred=known.inferred + inferred,
            off_by=known.off_by + off_by,
        )
