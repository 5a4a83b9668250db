"""Times of scenarios: an instant, or a time that is reckoned from the start of the surge or by its calendar."""

import re
import time
import zoneinfo
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from provisioner.model.bounds import FIRST_YEAR, LAST_YEAR, instant
from provisioner.model.ids import Instant
from provisioner.model.scenario.calendars import Calendar
from provisioner.model.scenario.scenarios import PlannedTime
from provisioner.reasons.files import MOMENT_SKIPPED, MUST_BE_DATED, MUST_BE_MOMENT, ZONE_UNKNOWN
from provisioner.reasons.reason import reason_of
from provisioner.reasons.settings import CALENDAR_NEEDED, HALF_DAY_UNKNOWN, MOVES_ON, MUST_BE_PLANNED
from provisioner.settings.calendar import clock_minutes
from provisioner.settings.fields import seconds
from provisioner.settings.site_zone import machine_zone, relative_time, with_zone
from provisioner.settings.wording import did_you_mean

_LOCAL = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?"
_START = re.compile(r"\s*start\s*(?:\+\s*(.+))?", re.ASCII)
_DAY = re.compile(r"\s*day\s+([1-9]\d{0,2})\s+(\S+)\s*", re.ASCII)
PLANNED_SCHEMA = {
    "type": "string",
    "pattern": rf"^\s*(start(\s*\+.*)?|day\s+[1-9]\d*\s+\S+|{_LOCAL}.*)\s*$",
    "examples": ["start + 1h", "day 1 08:00", "day 1 pm", "2026-11-30 08:00 Europe/Paris"],
}


def moment(value: object) -> Instant:
    """Parse a date and time with its zone, in seconds since the epoch; raises ValueError."""
    match = re.fullmatch(rf"\s*({_LOCAL})\s*(Z|[+-]\d\d:?\d\d|[A-Za-z][\w/+-]*)\s*", str(value), re.ASCII)
    if not isinstance(value, str) or match is None:
        raise ValueError(MUST_BE_MOMENT())
    text, zone = match.groups()
    try:
        if zone == "Z" or zone[0] in "+-":
            return instant(datetime.fromisoformat(text + zone).timestamp())
        local = datetime.fromisoformat(text).replace(tzinfo=zoneinfo.ZoneInfo(zone))
    except (zoneinfo.ZoneInfoNotFoundError, OSError):
        raise ValueError(ZONE_UNKNOWN(zone=zone)) from None
    except (ValueError, OverflowError) as error:
        raise ValueError(reason_of(error) if reason_of(error).code else MUST_BE_MOMENT()) from None
    if local.year in (MINYEAR, MAXYEAR):  # another zone's clock may show none of them
        raise ValueError(MUST_BE_DATED(first=FIRST_YEAR, last=LAST_YEAR))
    return _existing(local)


def _existing(local: datetime) -> Instant:
    back = local.astimezone(UTC).astimezone(local.tzinfo)
    if back.replace(tzinfo=None) != local.replace(tzinfo=None):
        raise ValueError(MOMENT_SKIPPED())
    return instant(local.timestamp())


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenTime:
    """A time as a scenario gives it; some forms need the calendar."""

    planned: PlannedTime
    half_day: str = ""
    """The half-day that begins then, on `planned.day`."""
    local: str = ""
    """A date and time in the calendar's zone."""

    @property
    def needs_calendar(self) -> bool:
        """Whether it says nothing without a calendar."""
        return self.planned.day is not None or bool(self.local)


def written_time(value: object) -> WrittenTime:
    """Parse `start + 1h`, `day 1 08:00`, `day 1 pm`, or a date and time; raises ValueError."""
    text = value if isinstance(value, str) else ""
    if match := _START.fullmatch(text):
        return WrittenTime(planned=PlannedTime(after_s=seconds(match[1]) if match[1] else 0.0))
    if match := _DAY.fullmatch(text):
        minute = clock_minutes(match[2])
        half_day = match[2] if minute is None else ""
        return WrittenTime(planned=PlannedTime(day=int(match[1]), minute=minute or 0), half_day=half_day)
    if re.fullmatch(_LOCAL, text.strip(), re.ASCII):
        moment(f"{text} Z")
        return WrittenTime(planned=PlannedTime(), local=text)
    _refuse_what_moves_on(text)
    if not re.match(r"\s*\d{4}-", text, re.ASCII):
        raise ValueError(MUST_BE_PLANNED())
    return WrittenTime(planned=PlannedTime(at=moment(text)))


def _refuse_what_moves_on(text: str) -> None:
    """A file is read again and again, on other days. Raises ValueError that says the date, as it would be now."""
    now, zone = time.time(), machine_zone()  # noqa: TID251 (for whoever has just written it; nothing is decided by it)
    if (at := relative_time(text, now=now, zone=zone)) is not None:
        raise ValueError(MOVES_ON(date=with_zone(at, zone), time=f"{zone.local(at):%H:%M}"))


def planned_time(written: WrittenTime, calendar: Calendar | None) -> PlannedTime:
    """The time by this calendar; raises ValueError."""
    if calendar is None:
        if written.needs_calendar:
            raise ValueError(CALENDAR_NEEDED())
        return written.planned
    if written.local:
        return PlannedTime(at=moment(f"{written.local} {calendar.zone}"))
    if not written.half_day:
        return written.planned
    begins = {half_day.name: half_day.begins for half_day in calendar.half_days}
    if written.half_day not in begins:
        raise ValueError(did_you_mean(HALF_DAY_UNKNOWN(name=written.half_day), written.half_day, tuple(begins)))
    return PlannedTime(day=written.planned.day, minute=begins[written.half_day])


Moment = Annotated[float, BeforeValidator(moment), WithJsonSchema({"type": "string"})]
Planned = Annotated[WrittenTime, BeforeValidator(written_time), WithJsonSchema(PLANNED_SCHEMA)]
