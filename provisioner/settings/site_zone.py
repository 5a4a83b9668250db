"""The site's time zone: people read and write every time by this clock; and times that move on with the day, such as `tomorrow
08:00`. Standard library only, for commands that must start at once.
"""

import os
import re
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import inf
from pathlib import Path

from provisioner.model.ids import Instant

_DATABASE = "/zoneinfo/"
_DAYS = {"today": 0, "aujourd'hui": 0, "tomorrow": 1, "demain": 1}
_TIME = re.compile(rf"(?:({'|'.join(_DAYS)})\s+)?(\d{{1,2}}):(\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class SiteZone:
    """A time zone."""

    key: str | None = None
    """Its name, such as `Europe/Paris`. None: this machine's, and the machine does not say its name."""

    @property
    def place(self) -> zoneinfo.ZoneInfo | None:
        """For `datetime`; None: this machine's."""
        return None if self.key is None else zoneinfo.ZoneInfo(self.key)

    def local(self, at: Instant) -> datetime:
        """The time by the clock there."""
        return datetime.fromtimestamp(at, UTC).astimezone(self.place)

    def at(self, local: datetime, *, after: Instant = -inf) -> Instant:
        """The instant of a time by the clock there. Of a time that comes twice, the first, unless that is not `after` this and
        the second is. A time that is skipped comes as long after the change as it lies behind it: 02:30 is 03:30.
        """
        first, second = (local.replace(tzinfo=self.place, fold=fold).timestamp() for fold in (0, 1))
        return second if first <= after < second else first

    def name(self, at: Instant) -> str:
        """`Europe/Paris`, or the machine's own short name at that time."""
        return self.key or self.local(at).tzname() or ""


def site_zone(named: str | None, environment: Mapping[str, str] = os.environ) -> SiteZone:
    """Of a configuration that names this zone; None: it names none, so this machine's."""
    return machine_zone(environment) if named is None else SiteZone(named)


def zone_named(name: str | None) -> SiteZone:
    """By a name from elsewhere; one that is not known here is left out."""
    return SiteZone(name) if name and _is_known(name) else SiteZone()


def machine_zone(environment: Mapping[str, str] = os.environ, *, local: Path = Path("/etc/localtime")) -> SiteZone:
    """This machine's, with its name if the machine says it: by `TZ`, else by the file that /etc/localtime stands for."""
    if (set_to := environment.get("TZ")) is not None:
        return zone_named(set_to.removeprefix(":") or "UTC")
    if not local.exists():  # the C library takes UTC then
        return SiteZone("UTC")
    named = str(local.resolve()).partition(_DATABASE)[2]
    return zone_named("UTC" if named == "Etc/UTC" else named)  # as Debian calls it


def _is_known(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, OSError, ValueError):
        return False
    return True


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


__all__ = ["SiteZone", "day_named", "machine_zone", "relative_time", "site_zone", "with_zone", "zone_named"]
