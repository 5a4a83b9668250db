"""The leavers' ladder: its configuration, the stored departures, and the tags that survive a lost store."""

import enum
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache

from provisioner.model.bounds import Number
from provisioner.model.ids import DesktopName, Instant
from provisioner.reasons.reason import Reason

DAY_S = 86400.0
_LEFT, _RECYCLED = "left-", "recycled-"
_TAG = re.compile(rf"(?P<what>{_LEFT}|{_RECYCLED})(?P<at>\d{{8}}t\d{{4}})z", re.ASCII)
_FORM = "%Y%m%dt%H%M"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaverRules:
    """What happens to the desktop of an agent who is not entitled any more. Counted from when this was first noticed."""

    stop_after_s: float = DAY_S
    """Then the desktop is stopped. Before, it is only not started: if the directory was wrong for a night, nothing is lost."""
    recycle_after_s: float = 14 * DAY_S
    """Then it is taken from its agent, and kept: two weeks of leave, or a contract renewed late, have passed."""
    delete_after_s: float = 60 * DAY_S
    """Then it is deleted with its disk: after two monthly closings, missing data would have been noticed."""
    deletes_a_day: Number = 10
    """Within any 24 hours, over all clusters; 0: none. With 1,700 agents, more leavers a day are an accident."""


class LeaverStep(enum.StrEnum):
    """A desktop's step on the ladder. After the last step, deleted, there is no desktop."""

    SUSPENDED = "suspended"
    STOPPED = "stopped"
    RECYCLED = "recycled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """The stored departure of a desktop's agent."""

    since: Instant
    """When it was first noticed."""
    recycled_at: Instant | None = None
    """When the desktop was taken from its agent; None: it was not."""
    ended: bool = False
    """The agent is back. Kept until the tags are removed, so that they do not date a later departure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaverState:
    """A desktop's state on the ladder, as people see it."""

    step: LeaverStep
    reason: Reason
    """Why its agent has no desktop any more."""
    since: Instant
    next_step: str
    """`stopped`, `recycled` or `deleted`."""
    next_at: Instant
    """The earliest time; a session, an intent or a limit may delay it."""
    overdue: bool = False
    """The next step has been due for more than OVERDUE_AFTER_S: something prevents it."""


OVERDUE_AFTER_S = 3600.0
"""Desktops are stopped a few at a time, after their sessions have ended: within an hour every desktop that can stop is off."""
STEPS_DUE = ("stopped", "recycled", "deleted")
"""The steps that may be due next."""
Deleted = tuple[DesktopName, Instant]
"""A desktop to delete, with its reservation's time: another desktop may have the same name later."""


def tags_of(departure: Departure | None) -> frozenset[str]:
    """The tags of a departure, in UTC and whole minutes. Rounded up: after a lost store no step comes earlier."""
    if departure is None or departure.ended:
        return frozenset()
    recycled = () if departure.recycled_at is None else (_tag(_RECYCLED, departure.recycled_at),)
    return frozenset((_tag(_LEFT, departure.since), *recycled))


def is_departure_tag(tag: str) -> bool:
    """Whether the tag has the form of `tags_of`."""
    return _TAG.fullmatch(tag) is not None


@lru_cache(maxsize=4096)
def departure_tags(tags: frozenset[str]) -> frozenset[str]:
    """The departure tags among a desktop's tags. Cached: every cycle asks for each desktop, and most have the same tags."""
    return frozenset(tag for tag in tags if is_departure_tag(tag))


def departure_in(tags: Iterable[str]) -> Departure | None:
    """The departure that a desktop's tags show; None: no tag with the date of a departure."""
    dates: dict[str, list[Instant]] = {_LEFT: [], _RECYCLED: []}
    for tag in tags:
        if (match := _TAG.fullmatch(tag)) and (at := _instant(match["at"])) is not None:
            dates[match["what"]].append(at)
    if not dates[_LEFT]:
        return None
    departure = Departure(since=min(dates[_LEFT]))
    return replace(departure, recycled_at=min(dates[_RECYCLED])) if dates[_RECYCLED] else departure


def _tag(what: str, at: Instant) -> str:
    return f"{what}{datetime.fromtimestamp(math.ceil(at / 60) * 60, tz=UTC).strftime(_FORM)}z"


def _instant(text: str) -> Instant | None:
    try:
        return datetime.strptime(text, _FORM).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


__all__ = [
    "DAY_S", "Deleted", "Departure", "LeaverRules", "LeaverState", "LeaverStep", "departure_in", "departure_tags",
    "is_departure_tag", "tags_of",
]  # fmt: skip
