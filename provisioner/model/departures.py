"""The leavers' ladder: what is configured, what is kept of each departure, and the tags that outlive the store."""

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
    """What becomes of the desktop of somebody who is not wanted any more. Counted from when that was first seen."""

    stop_after_s: float = DAY_S
    """Until then it only is not started any more: a directory that was wrong for a night has cost nobody anything."""
    recycle_after_s: float = 14 * DAY_S
    """Then it is taken from its agent, and kept: a fortnight of leave, or a contract renewed late, has passed."""
    delete_after_s: float = 60 * DAY_S
    """Then it is destroyed, its disk with it: two monthly closings lie between, and somebody has missed what was on it."""
    deletes_a_day: Number = 10
    """Within any 24 hours, over all clusters; 0: none. More leavers than that a day from 1,700 is an accident."""


class LeaverStep(enum.StrEnum):
    """Where on the ladder a desktop is. The last step, deleted, is no desktop's any more."""

    SUSPENDED = "suspended"
    STOPPED = "stopped"
    RECYCLED = "recycled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """What is kept of a desktop whose agent is not wanted any more."""

    since: Instant
    """When that was first seen."""
    recycled_at: Instant | None = None
    """When it was taken from its agent; None: it is theirs."""
    ended: bool = False
    """Its agent is wanted again; kept until the tags are off, so that they date no later departure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaverState:
    """How a desktop stands on the ladder, for people."""

    step: LeaverStep
    reason: Reason
    """Why its agent is not wanted any more."""
    since: Instant
    next_step: str
    """`stopped`, `recycled` or `deleted`."""
    next_at: Instant
    """Not before; later where somebody is logged on, or an order or a limit stands in the way."""
    overdue: bool = False
    """The next step has been due for longer than it takes where nothing stands in the way."""


OVERDUE_AFTER_S = 3600.0
"""Stops are a few at a time, and whoever is at work may finish it: within an hour what can be stopped is off."""
STEPS_DUE = ("stopped", "recycled", "deleted")
"""What may be due next on the ladder."""
Deleted = tuple[DesktopName, Instant]
"""A desktop that was to be deleted, and when it was reserved: the name may be another desktop's later."""


def tags_of(departure: Departure | None) -> frozenset[str]:
    """The tags that a desktop is to carry, in UTC and whole minutes, rounded up: nothing comes earlier for having been lost."""
    if departure is None or departure.ended:
        return frozenset()
    recycled = () if departure.recycled_at is None else (_tag(_RECYCLED, departure.recycled_at),)
    return frozenset((_tag(_LEFT, departure.since), *recycled))


def is_departure_tag(tag: str) -> bool:
    """Whether it is one of those that `tags_of` gives."""
    return _TAG.fullmatch(tag) is not None


@lru_cache(maxsize=4096)
def departure_tags(tags: frozenset[str]) -> frozenset[str]:
    """Those of a desktop's tags that tell of a departure. Kept: every cycle asks for each desktop's, and most have the same."""
    return frozenset(tag for tag in tags if is_departure_tag(tag))


def departure_in(tags: Iterable[str]) -> Departure | None:
    """What a desktop's own tags tell; None: nothing, or no date of a departure."""
    found: dict[str, list[Instant]] = {_LEFT: [], _RECYCLED: []}
    for tag in tags:
        if (match := _TAG.fullmatch(tag)) and (at := _instant(match["at"])) is not None:
            found[match["what"]].append(at)
    if not found[_LEFT]:
        return None
    departure = Departure(since=min(found[_LEFT]))
    return replace(departure, recycled_at=min(found[_RECYCLED])) if found[_RECYCLED] else departure


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
