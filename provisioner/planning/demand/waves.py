"""When the batches of each wave open, are due and are prepared."""

from dataclasses import dataclass
from datetime import date
from itertools import islice
from math import ceil, inf, isinf

from provisioner.model.bounds import never_beyond
from provisioner.model.ids import Instant
from provisioner.model.scenario.calendars import Calendar
from provisioner.model.scenario.scenarios import PlannedTime, PreparationLevel, Scenario, Wave
from provisioner.model.scenario.surges import SurgeRun


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchTimes:
    """The times of one batch."""

    opens_at: Instant
    """From then on its desktops are made ready; infinite: nobody has started the scenario."""
    due_at: Instant | None = None
    """By when they are to be; None: the wave has no deadline."""
    prepares_from: Instant = inf
    """From then on they are prepared; infinite, or not before `opens_at`: not at all."""


class Timetable:
    """The times of a scenario's batches. To be asked for each wave once, in their order."""

    def __init__(self, scenario: Scenario, run: SurgeRun | None) -> None:
        self._scenario = scenario
        self.begins_at = _begin(scenario, run)
        """When the scenario's time begins; infinite: not before somebody starts it."""
        self._day_1 = None if run is None else run.day_1
        self._latest = self.begins_at
        """When the last batch of the waves so far opens."""

    def batches(self, wave: Wave, agents: int) -> list[BatchTimes]:
        """The times of the wave's batches, with this many agents in it."""
        count = ceil(agents / wave.size) if wave.size else 1
        if not self._scenario.planned:
            return [self._timed(wave, index) for index in range(count)]
        found = self._planned(wave, count)
        self._latest = max(self._latest, *(batch.opens_at for batch in found))
        return found

    def _timed(self, wave: Wave, index: int) -> BatchTimes:
        """Of a wave that says when it opens."""
        opens_at = never_beyond(self.begins_at + wave.after_s + index * wave.interval_s)
        return BatchTimes(opens_at=opens_at, prepares_from=wave.prepares_from(opens_at))

    def _planned(self, wave: Wave, count: int) -> list[BatchTimes]:
        """Of a wave with a deadline, or one that comes once all batches before it have opened.

        The first batch opens with the surge, each later batch as the one before it is due: so there is a whole interval for
        each, and none takes resources before its turn.
        """
        if isinf(self.begins_at):
            return [BatchTimes(opens_at=inf)] * count
        prepares_from = self._prepares_from(wave)
        if wave.ready_by is None:
            opens = self._each(wave, self._latest, count)
            return [BatchTimes(opens_at=at, prepares_from=prepares_from) for at in opens]
        due = self._each(wave, self._instant(wave.ready_by), count)
        opens = [self.begins_at, *(max(at, self.begins_at) for at in due)]
        return [
            BatchTimes(opens_at=opens_at, due_at=due_at, prepares_from=prepares_from)
            for opens_at, due_at in zip(opens, due, strict=False)
        ]

    def _each(self, wave: Wave, first: Instant, count: int) -> list[Instant]:
        """The first batch's time, and those of the batches after it."""
        if not wave.every_half_day or isinf(first):
            return [never_beyond(first + index * wave.interval_s) for index in range(count)]
        return [first, *islice(self._calendar.half_days_after(first), count - 1)]

    def _prepares_from(self, wave: Wave) -> Instant:
        if wave.prepare is PreparationLevel.NONE:
            return inf
        return -inf if wave.prepare_from is None else self._instant(wave.prepare_from)

    def ends_at(self) -> Instant | None:
        """When the return begins by the scenario; None: when an operator says so; infinite: after the last year."""
        when = self._scenario.end.when
        return None if when is None else self._instant(when)

    def _instant(self, planned: PlannedTime) -> Instant:
        if planned.at is not None:
            return planned.at
        if planned.day is None:
            return never_beyond(self.begins_at + planned.after_s)
        return never_beyond(self._calendar.instant(self._calendar.day(planned.day, self._first_day), planned.minute))

    @property
    def _first_day(self) -> date:
        return self._day_1 or self._calendar.day_1(self.begins_at)

    @property
    def _calendar(self) -> Calendar:
        calendar = self._scenario.calendar
        assert calendar is not None, "the settings accept no day without a calendar"
        return calendar


def _begin(scenario: Scenario, run: SurgeRun | None) -> Instant:
    if run is None:
        return inf
    # An operator's start counts, whatever date the file has.
    return run.started_at if scenario.starts_at is None or run.as_started is not None else scenario.starts_at
