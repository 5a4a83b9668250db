"""Dates in the language of the command, by the site's clock."""

from dataclasses import dataclass
from datetime import date

from provisioner.cli import times
from provisioner.model.ids import Instant
from provisioner.model.scenario.scenarios import Scenario
from provisioner.model.scenario.surges import SurgeRun
from provisioner.texts.translate import _, language


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """How the instants of one explanation are written."""

    started_at: Instant
    first_day: date | None

    @classmethod
    def of(cls, scenario: Scenario, run: SurgeRun) -> "Dates":
        """Its first day is one of its calendar; without one it has none."""
        calendar = scenario.calendar
        first_day = None if calendar is None else run.day_1 or calendar.day_1(run.started_at)
        return cls(started_at=run.started_at, first_day=first_day)

    @property
    def zone(self) -> str:
        """By whose clock they are."""
        return times.zone(self.started_at)

    @property
    def start(self) -> str:
        """The start, with its year."""
        return self._written(self.started_at, "EEEE d MMMM y, HH:mm")

    @property
    def day_1(self) -> str:
        """The first day; empty without a calendar."""
        from babel.dates import format_date

        if self.first_day is None:
            return ""
        return format_date(self.first_day, _ordinal("EEEE d MMMM y", self.first_day), locale=language())

    def text(self, at: Instant) -> str:
        """A time; the start is called so, and a year is said if it is not the start's."""
        if at <= self.started_at:
            return _("at the start")
        same = times.local(at).year == times.local(self.started_at).year
        return self._written(at, "EEEE d MMMM HH:mm" if same else "EEEE d MMMM y HH:mm")

    def _written(self, at: Instant, pattern: str) -> str:
        from babel.dates import format_datetime

        local = times.local(at)
        return format_datetime(local, _ordinal(pattern, local), locale=language())


def clock_minute(minute: int) -> str:
    """`18:00`, of minutes from midnight."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _ordinal(pattern: str, day: date) -> str:
    """French says the first of a month as an ordinal number, which no pattern does."""
    return pattern.replace(" d ", " d'er' ") if day.day == 1 and language() == "fr" else pattern
