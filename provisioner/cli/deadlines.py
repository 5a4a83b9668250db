"""Times that people write on a command line, and how they are shown: `tomorrow 08:00`."""

import re
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from provisioner.errors import SettingsError
from provisioner.model.ids import Instant
from provisioner.model.scenarios import Scenario
from provisioner.reasons.rehearsal import NO_DEADLINE

_TIME = re.compile(r"(?:(today|tomorrow|aujourd'hui|demain)\s+)?(\d{1,2}):(\d\d)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
_DAYS = {"today": 0, "aujourd'hui": 0, "tomorrow": 1, "demain": 1}


def deadline_of(text: str, *, now: Instant, place: tzinfo | None = None) -> Instant:
    """`08:00` (the next), `tomorrow 08:00`, `2026-11-27 08:00`, by the clocks of a place, by default of this machine; or a date
    with a zone, as in a scenario. Raises SettingsError."""
    from provisioner.settings.scenario_times import moment  # with pydantic, which `status` has no use for

    here = datetime.fromtimestamp(now).astimezone(place)
    words = " ".join(text.split())
    try:
        if (match := _TIME.fullmatch(words)) is not None:
            day, hour, minute = match.groups()
            at = here.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0, tzinfo=None)
            days = _DAYS[day] if day else int(at <= here.replace(tzinfo=None))
            return (at + timedelta(days=days)).replace(tzinfo=place).timestamp()
        if _DATE.fullmatch(words):
            return datetime.fromisoformat(words).replace(tzinfo=place).timestamp()
        return moment(words)
    except ValueError:
        raise SettingsError(NO_DEADLINE(text=text)) from None


def place_of(scenario: Scenario | None) -> tzinfo | None:
    """Where the scenario's times are shown for people: the zone of its calendar; None: it has none, so this machine's."""
    return None if scenario is None or scenario.calendar is None else place_named(scenario.calendar.zone)


def place_named(zone: str | None) -> tzinfo | None:
    """The same, from the `zone` of a document."""
    return ZoneInfo(zone) if zone else None


def clock_text(at: Instant, *, now: Instant, place: tzinfo | None = None) -> str:
    """The time by the clocks of a place, by default of this machine; with the date unless it is today's there."""
    time = datetime.fromtimestamp(at).astimezone(place)
    today = datetime.fromtimestamp(now).astimezone(place).date()
    return time.strftime("%H:%M" if time.date() == today else "%Y-%m-%d %H:%M")


def zone_text(at: Instant, place: tzinfo | None) -> str:
    """The zone in a word: `Europe/Paris`, or this machine's `CET`."""
    return str(place) if place is not None else datetime.fromtimestamp(at).astimezone().tzname() or ""


__all__ = ["clock_text", "deadline_of", "place_named", "place_of", "zone_text"]
