"""Dates in the language of the command, in the zone of a scenario's calendar."""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

from provisioner.model.ids import Instant
from provisioner.model.scenarios import Scenario
from provisioner.model.surges import SurgeRun
from provisioner.texts.translate import _, language


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """How the instants of one explanation are written."""

    started_at: Instant
    place: tzinfo | None
    """None: this machine's."""
    zone: str
    first_day: date | None

    @classmethod
    def of(cls, scenario: Scenario, run: SurgeRun) -> "Dates":
        """By the scenario's calendar; without one, by this machine's zone."""
        calendar = scenario.calendar
        if calendar is None:
            zone = datetime.fromtimestamp(run.started_at).astimezone().tzname() or ""
            return cls(started_at=run.started_at, place=None, zone=zone, first_day=None)
        first_day = run.day_1 or calendar.day_1(run.started_at)
        return cls(started_at=run.started_at, place=ZoneInfo(calendar.zone), zone=calendar.zone, first_day=first_day)

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
        same = self._local(at).year == self._local(self.started_at).year
        return self._written(at, "EEEE d MMMM HH:mm" if same else "EEEE d MMMM y HH:mm")

    def _local(self, at: Instant) -> datetime:
        return datetime.fromtimestamp(at).astimezone(self.place)

    def _written(self, at: Instant, pattern: str) -> str:
        from babel.dates import format_datetime

        local = self._local(at)
        return format_datetime(local, _ordinal(pattern, local), locale=language())


def clock_minute(minute: int) -> str:
    """`18:00`, of minutes from midnight."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _ordinal(pattern: str, day: date) -> str:
    """French says the first of a month as an ordinal number, which no pattern does."""
    return pattern.replace(" d ", " d'er' ") if day.day == 1 and language() == "fr" else pattern
