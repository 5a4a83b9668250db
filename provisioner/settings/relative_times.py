"""Times that move on with the day: `tomorrow 08:00`. Standard library only, for commands that must start at once."""

import re
from datetime import date, datetime, timedelta

from provisioner.model.ids import Instant
from provisioner.settings.site_zone import SiteZone

_DAYS = {"today": 0, "aujourd'hui": 0, "tomorrow": 1, "demain": 1}
_TIME = re.compile(rf"(?:({'|'.join(_DAYS)})\s+)?(\d{{1,2}}):(\d\d)", re.ASCII)


def relative_time(text: str, *, now: Instant, zone: SiteZone) -> Instant | None:
    """`08:00` (the next), `tomorrow 08:00`, `demain 08:00`, by this clock; None: another form. Raises ValueError: `25:00`."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    day, hour, minute = match.groups()
    here = zone.local(now).replace(tzinfo=None)
    clock = here.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
    if day:
        return zone.at(clock + timedelta(days=_DAYS[day]), after=now)
    today = zone.at(clock, after=now)
    comes_again = today > now and zone.local(today).replace(tzinfo=None) == clock
    return today if clock > here or comes_again else zone.at(clock + timedelta(days=1))


def day_named(text: str, *, now: Instant, zone: SiteZone) -> date:
    """`2026-11-30`, `tomorrow`, `demain`, by this clock. Raises ValueError."""
    if text in _DAYS:
        return zone.local(now).date() + timedelta(days=_DAYS[text])
    return date.fromisoformat(text)


def with_zone(at: Instant, zone: SiteZone) -> str:
    """As a file takes it at any time: `2026-11-30 08:00 Europe/Paris`, or with the hours from UTC: if the zone has no name, or
    if its clock has shown this time before.
    """
    local: datetime = zone.local(at)
    is_second = zone.at(local) < at - at % 60
    return f"{local:%Y-%m-%d %H:%M} {local.strftime('%z') if is_second or not zone.key else zone.key}"


__all__ = ["day_named", "relative_time", "with_zone"]
