"""Times and lengths of time for people: no other module of the commands turns an instant into words.

By the site's clock, with the date unless it is today's. The zone has its name once in an answer: where a text has a place for
it (`zone`), or else in a line at the end (`zone_line`). JSON and files for programs have times in UTC, and none of this.
"""

import re
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from provisioner.model.ids import Instant
from provisioner.texts.translate import _

if TYPE_CHECKING:  # a help page has no time in it
    from provisioner.settings.site_zone import SiteZone

_STAMP = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
"""A time in the texts of the daemon, of the journal, of reasons: they are the same for programs."""


@dataclass(slots=True, kw_only=True)
class _Answer:
    """What a command has said so far."""

    zone: "SiteZone | None" = None
    """None: nobody has said yet which is the site's."""
    now: Instant | None = None
    """When it began."""
    has_times: bool = False
    names_zone: bool = False
    for_programs: bool = False
    """Whether standard output is read by programs: what people are told is on standard error."""


_current: ContextVar[_Answer] = ContextVar("answer")


def begin(*, now: Instant | None = None) -> None:
    """A new command: nothing is known of a site. `now`: by default it is asked for when it is needed."""
    _current.set(_Answer(now=now))


def use_zone(zone: "SiteZone") -> None:
    """Write and read times by this clock from now on."""
    _answer().zone = zone


def zone_of_files(zone: "SiteZone") -> None:
    """The same, unless a daemon has said it: it may be on a machine in another zone."""
    answer = _answer()
    answer.zone = answer.zone or zone


def site_clock() -> "SiteZone":
    """The zone in use; this machine's until a site has said its own."""
    from provisioner.settings.site_zone import machine_zone

    return _answer().zone or machine_zone()


def instant(stamp: str) -> Instant:
    """Of a time in a document."""
    return datetime.fromisoformat(stamp).timestamp()


def clock(at: Instant, *, now: Instant | None = None, seconds: bool = False) -> str:
    """`08:00`, and unless it is of the day of `now`, `2026-11-24 08:00`. `now`: by default when the command began."""
    answer = _answer()
    if now is None:
        now = answer.now = _now() if answer.now is None else answer.now
    time, form = local(at), "%H:%M:%S" if seconds else "%H:%M"
    answer.has_times = True
    return time.strftime(form if time.date() == local(now).date() else f"%Y-%m-%d {form}")


def dated(at: Instant) -> str:
    """Always with the date: for what is kept longer than a day, such as a page or a file."""
    return clock(at, now=at - 100 * 86_400.0)


def local(at: Instant) -> datetime:
    """For tables, pictures and dates in words; whoever shows it says `shown` or `zone`, too."""
    return site_clock().local(at)


def shown() -> None:
    """A time has been written that is not from here."""
    _answer().has_times = True


def for_programs() -> None:
    """Standard output is JSON, or a file."""
    _answer().for_programs = True


def is_for_programs() -> bool:
    """Whether it is."""
    return _answer().for_programs


def zone(at: Instant) -> str:
    """The zone's name, in a text of the answer."""
    _answer().names_zone = True
    return site_clock().name(at)


def zone_line() -> str:
    """What an answer has to say at its end; empty: it has no time, or names the zone by itself. The next one begins."""
    answer = _answer()
    unnamed = answer.has_times and not answer.names_zone
    answer.has_times = answer.names_zone = False
    answer.now = None
    return _("times are those of {zone}", zone=site_clock().name(_now())) if unnamed else ""


def in_words(text: str) -> str:
    """A text with the times of a program in it, for people."""
    return _STAMP.sub(lambda found: clock(instant(found[0])), text) if "T" in text else text


def duration(seconds: float | None) -> str:
    """Seconds as `42 s`, `9 min 51 s` or `3 h 12 min`; None: `never`."""
    if seconds is None:
        return _("never")
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _now() -> Instant:
    from provisioner.cli.clocks import clock_of_commands

    return clock_of_commands().now()


def _answer() -> _Answer:
    try:
        return _current.get()
    except LookupError:
        begin()
        return _current.get()


__all__ = [
    "begin",
    "clock",
    "dated",
    "duration",
    "for_programs",
    "in_words",
    "instant",
    "is_for_programs",
    "local",
    "shown",
    "site_clock",
    "use_zone",
    "zone",
    "zone_line",
    "zone_of_files",
]
