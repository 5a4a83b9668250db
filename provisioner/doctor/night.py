"""When the switch is: from its start to some hours after the last batch has opened. Pure."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import inf
from typing import NamedTuple

from provisioner.model.ids import Instant
from provisioner.model.people.agents import Roster
from provisioner.model.rules import Rules
from provisioner.model.scenario.surges import SurgeRun
from provisioner.planning.demand.demand import demand_of

NIGHT_S = 12 * 3600.0
"""How long desktops are made after the last batch has opened: from the evening to the morning."""
_DAY = timedelta(days=1)
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?")


class Night(NamedTuple):
    """The time of a switch."""

    begins: Instant
    ends: Instant


def night_of(rules: Rules, roster: Roster | None, *, now: Instant) -> Night:
    """From now, or the start, to the end of the last batch. A start that is not decided yet is left out."""
    starts_at = None if rules.scenario.waits(now) else rules.scenario.starts_at
    begins = max(now, starts_at if starts_at is not None else now)
    undated = Rules(entitlements=rules.entitlements, scenario=replace(rules.scenario, starts_at=None))
    wants = demand_of(roster, undated, run=SurgeRun.begun(rules.scenario.name, begins), now=inf).wants.values()
    return Night(begins, max((want.opens_at for want in wants), default=begins) + NIGHT_S)


def runs_in(night: Night, schedule: str, next_run: Instant | None, *, ahead_of_utc_s: float) -> bool | None:
    """Whether a calendar event of Proxmox VE comes in the night; None: it is of a form that is not computed here.

    Known: `[days] times`, such as `02:30`, `sat 22:00,23:00`, `mon..fri 21:00`.
    """
    if next_run is not None and next_run >= night.begins:
        return next_run <= night.ends
    times = _times(schedule)
    if times is None:
        return None
    return any(night.begins <= at <= night.ends for at in _moments(night, *times, ahead_of_utc_s=ahead_of_utc_s))


def _moments(night: Night, days: frozenset[int], minutes: frozenset[int], *, ahead_of_utc_s: float) -> Iterator[Instant]:
    day = datetime.fromtimestamp(night.begins + ahead_of_utc_s, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    while (begins := day.timestamp() - ahead_of_utc_s) <= night.ends:
        if day.weekday() in days:
            yield from (begins + minute * 60.0 for minute in sorted(minutes))
        day += _DAY


def _times(schedule: str) -> tuple[frozenset[int], frozenset[int]] | None:
    """Weekdays from 0, and minutes of the day."""
    *days, times = schedule.strip().lower().split() or [""]
    found = [_TIME.fullmatch(time) for time in times.split(",")]
    weekdays = _weekdays(days[0]) if len(days) == 1 else frozenset(range(7)) if not days else None
    if weekdays is None or not all(found):
        return None
    return weekdays, frozenset(int(time[1]) * 60 + int(time[2]) for time in found if time)


def _weekdays(text: str) -> frozenset[int] | None:
    days: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("..")
        if first[:3] not in _WEEK or (last or first)[:3] not in _WEEK:
            return None
        begin, end = _WEEK.index(first[:3]), _WEEK.index((last or first)[:3])
        days.update((begin + step) % 7 for step in range((end - begin) % 7 + 1))
    return frozenset(days)


__all__ = ["NIGHT_S", "Night", "night_of", "runs_in"]
