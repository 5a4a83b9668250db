"""Times that people write on a command line: `tomorrow 08:00`."""

import re
from datetime import datetime, timedelta

from provisioner.cli.times import site_clock
from provisioner.errors import SettingsError
from provisioner.model.ids import Instant
from provisioner.reasons.rehearsal import NO_DEADLINE

_TIME = re.compile(r"(?:(today|tomorrow|aujourd'hui|demain)\s+)?(\d{1,2}):(\d\d)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?")
_DAYS = {"today": 0, "aujourd'hui": 0, "tomorrow": 1, "demain": 1}


def deadline_of(text: str, *, now: Instant) -> Instant:
    """`08:00` (the next), `tomorrow 08:00`, `2026-11-27 08:00`, by the site's clock; or a date with a zone, as in a scenario.

    Raises SettingsError.
    """
    from provisioner.settings.scenario_times import moment  # with pydantic, which `status` has no use for

    here = site_clock().local(now)
    words = " ".join(text.split())
    try:
        if (match := _TIME.fullmatch(words)) is not None:
            day, hour, minute = match.groups()
            at = here.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0, tzinfo=None)
            days = _DAYS[day] if day else int(at <= here.replace(tzinfo=None))
            return site_clock().at(at + timedelta(days=days))
        if _DATE.fullmatch(words):
            return site_clock().at(datetime.fromisoformat(words))
        return moment(words)
    except ValueError:
        raise SettingsError(NO_DEADLINE(text=text)) from None


__all__ = ["deadline_of"]
