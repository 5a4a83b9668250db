"""Calendars: `config/calendars/*.yaml`."""

import difflib
import functools
import re
import zoneinfo
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from provisioner.model.scenario.calendars import Calendar, HalfDay
from provisioner.reasons.files import DID_YOU_MEAN
from provisioner.reasons.settings import (
    HALF_DAY_EARLY,
    MUST_BE_COUNTRY,
    MUST_BE_DATE,
    MUST_BE_SPAN,
    MUST_BE_TIME,
    ZONE_NO_SUCH,
)
from provisioner.settings.checking import CheckedDocument, Document, inspect_file
from provisioner.settings.fields import Identifier
from provisioner.settings.problems import Problems

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
YEARS = range(2026, 2046)
"""The years whose public holidays are computed: from this language's first year on, longer than any configuration lives
unchanged. Fixed, because settings know no clock, and the same files must give the same values."""

_TIME = r"([01]\d|2[0-3]):([0-5]\d)"
_SPAN = rf"{_TIME}\s*-\s*(?:{_TIME}|24:00)"


def clock_minutes(text: str) -> int | None:
    """Minutes from midnight of a time such as 08:00; None: it is not a time."""
    match = re.fullmatch(_TIME, text, re.ASCII)
    return int(match[1]) * 60 + int(match[2]) if match else None


def clock_time(value: object) -> int:
    """Parse `20:00`, in minutes from midnight; raises ValueError."""
    minutes = clock_minutes(value) if isinstance(value, str) else None
    if minutes is None:
        raise ValueError(MUST_BE_TIME())
    return minutes


def span(value: object) -> tuple[int, int]:
    """Parse `08:00-12:30`, in minutes from midnight; raises ValueError."""
    match = re.fullmatch(_SPAN, value, re.ASCII) if isinstance(value, str) else None
    if match is None:
        raise ValueError(MUST_BE_SPAN())
    begins = int(match[1]) * 60 + int(match[2])
    ends = int(match[3]) * 60 + int(match[4]) if match[3] else 24 * 60
    if ends <= begins:
        raise ValueError(MUST_BE_SPAN())
    return begins, ends


def iso_date(value: object) -> str:
    """A date as YYYY-MM-DD; YAML reads it as a date, and in quotes as text. Raises ValueError."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            pass
    raise ValueError(MUST_BE_DATE())


def zone(value: object) -> str:
    """The name of a time zone; raises ValueError."""
    try:
        return zoneinfo.ZoneInfo(value).key if isinstance(value, str) and value else _no_zone(value)
    except (zoneinfo.ZoneInfoNotFoundError, OSError, ValueError):
        return _no_zone(value)


def _no_zone(value: object) -> str:
    near = difflib.get_close_matches(str(value), zoneinfo.available_timezones(), n=1)
    raise ValueError(DID_YOU_MEAN(unknown=ZONE_NO_SUCH(), name=near[0]) if near else ZONE_NO_SUCH())


def country(value: object) -> str:
    """A country's code, perhaps with a region, whose public holidays are known; raises ValueError."""
    if not isinstance(value, str) or not re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,4})?", value, re.ASCII):
        raise ValueError(MUST_BE_COUNTRY())
    public_holidays(value)
    return value


@functools.cache
def public_holidays(code: str) -> frozenset[str]:
    """The dates of a country's public holidays; raises ValueError."""
    import holidays  # it takes a third of a second, and most commands read no calendar

    name, _, region = code.partition("-")
    try:
        days = holidays.country_holidays(name, subdiv=region or None, years=YEARS)
    except NotImplementedError:
        raise ValueError(MUST_BE_COUNTRY()) from None
    return frozenset(day.isoformat() for day in days)


Zone = Annotated[str, BeforeValidator(zone), WithJsonSchema({"type": "string", "examples": ["Europe/Paris"]})]
Span = Annotated[tuple[int, int], BeforeValidator(span), WithJsonSchema({"type": "string", "pattern": f"^{_SPAN}$"})]
ClockTime = Annotated[int, BeforeValidator(clock_time), WithJsonSchema({"type": "string", "pattern": f"^{_TIME}$"})]
IsoDate = Annotated[str, BeforeValidator(iso_date), WithJsonSchema({"type": "string", "format": "date"})]
Country = Annotated[str, BeforeValidator(country), WithJsonSchema({"type": "string", "pattern": "^[A-Z]{2}(-[A-Z0-9]{1,4})?$"})]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class ClosedKeys(Document):
    """Days on which nobody works, besides those that are no `working_days`."""

    public_holidays: Country | None = Field(default=None)
    """Of a country, by its code such as `FR`, or of a region such as `FR-57`. Left out: none."""
    dates: list[IsoDate] = Field(default=[])
    """Your own, such as `2026-12-24`."""


class CalendarKeys(Document):
    """When people work. Scenarios reckon their days and half-days by it."""

    zone: Zone
    """The time zone of every time in this file, and in the scenarios that name it."""
    working_days: list[Weekday] = Field(default=["mon", "tue", "wed", "thu", "fri"], min_length=1)
    """Days of the week."""
    half_days: dict[Identifier, Span] = Field(min_length=1)
    """The parts of a working day, by their names, in their order: `{am: '08:00-12:30', pm: '13:30-18:00'}`."""
    closed: ClosedKeys = Field(default=ClosedKeys())


def load_calendar(path: Path) -> Calendar:
    """Read a calendar; raises SettingsError with every problem as `file:line:column path: message`."""
    checked = read_calendar(path)
    Problems(collected=checked.source.problems).raise_if_any()
    assert checked.document is not None, "without problems there is a document"
    return calendar_of(checked.document)


def read_calendar(path: Path) -> CheckedDocument[CalendarKeys]:
    """Read and check a calendar without raising."""
    checked = inspect_file(path, CalendarKeys)
    before: tuple[str, int] | None = None
    for name, (begins, ends) in checked.document.half_days.items() if checked.document else ():
        if before is not None and begins < before[1]:
            checked.complain(("half_days", name), HALF_DAY_EARLY(name=before[0]))
        before = (name, ends)
    return checked


def calendar_of(document: CalendarKeys) -> Calendar:
    """Build the calendar, with the public holidays of `YEARS`."""
    code = document.closed.public_holidays
    return Calendar(
        zone=document.zone,
        working_days=frozenset(WEEK.index(day) for day in document.working_days),
        half_days=tuple(_half_day(name, times) for name, times in document.half_days.items()),
        closed=frozenset(document.closed.dates) | (public_holidays(code) if code else frozenset()),
    )


def _half_day(name: str, times: tuple[int, int]) -> HalfDay:
    return HalfDay(name=name, begins=times[0], ends=times[1])
