"""Times and days that people write on a command line: `tomorrow 08:00`. Every option that takes one reads it here."""

import re
from datetime import date, datetime

import typer

from provisioner.cli.times import site_clock
from provisioner.errors import SettingsError
from provisioner.model.bounds import day, instant
from provisioner.model.ids import Instant
from provisioner.reasons.files import MUST_BE_DATED
from provisioner.reasons.reason import reason_of
from provisioner.reasons.rehearsal import NO_DEADLINE, NOT_DATED
from provisioner.settings.site_zone import day_named, relative_time
from provisioner.texts.translate import _, translated

_DATE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?")


def deadline_of(text: str, *, now: Instant) -> Instant:
    """`08:00` (the next), `tomorrow 08:00`, `2026-11-27 08:00`, by the site's clock; or a date with its zone, as in a scenario
    or in JSON. Raises SettingsError.
    """
    try:
        return instant(_read(" ".join(text.split()), now))
    except (OverflowError, ValueError) as error:
        raise SettingsError(NOT_DATED(text=text, said=reason_of(error)) if _is_far(error) else NO_DEADLINE(text=text)) from None


def _read(words: str, now: Instant) -> Instant:
    """Raises ValueError; OverflowError for the ends of the calendar."""
    if (at := relative_time(words, now=now, zone=site_clock())) is not None:
        return at
    if _DATE.fullmatch(words):
        return site_clock().at(datetime.fromisoformat(words), after=now)
    return _with_zone(words)


def _is_far(error: Exception) -> bool:
    return reason_of(error).code == MUST_BE_DATED.code


def _with_zone(words: str) -> Instant:
    """Raises ValueError."""
    from provisioner.settings.scenario_times import moment  # with pydantic, which `status` has no use for

    try:
        time = datetime.fromisoformat(words)
    except ValueError:
        return moment(words)
    return moment(words) if time.tzinfo is None else time.timestamp()


def day_of(text: str, *, now: Instant, option: str) -> date:
    """`2026-11-30`, `tomorrow`, by the site's clock. Raises BadParameter."""
    try:
        named = day_named(" ".join(text.split()), now=now, zone=site_clock())
        day(named)
    except ValueError as error:
        if _is_far(error):
            raise typer.BadParameter(translated(reason_of(error)), param_hint=option) from None
        raise typer.BadParameter(_("must be a date such as 2026-11-30, or `tomorrow`"), param_hint=option) from None
    return named


__all__ = ["day_of", "deadline_of"]
