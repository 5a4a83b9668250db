"""What `rotation:` of a scenario's file may hold."""

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from provisioner.model.rotation import Rotation, Share
from provisioner.model.session_rules import HandoverRules
from provisioner.reasons.pools import MUST_BE_DAYS_AHEAD, MUST_BE_SLOTS
from provisioner.settings.checking import Document
from provisioner.settings.fields import SomeSeconds, Text, like
from provisioner.settings.profile import RuleSeconds, WarnMinutes
from provisioner.settings.scenario_people import ExceptKeys, WhoOfWave
from provisioner.settings.who import SelectionKeys

_SLOTS = re.compile(r"([1-9]\d?) of ([1-9]\d?)", re.ASCII)
_DAYS = re.compile(r"(\d|1\d|20) working days? ahead", re.ASCII)


def _share(value: object) -> Share:
    """Parse `5 of 10`; raises ValueError."""
    match = _SLOTS.fullmatch(value) if isinstance(value, str) else None
    if match is None or int(match[1]) > int(match[2]):
        raise ValueError(MUST_BE_SLOTS())
    return Share(slots=int(match[1]), of=int(match[2]))


def _days_ahead(value: object) -> int:
    """Parse `3 working days ahead`; raises ValueError."""
    match = _DAYS.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(MUST_BE_DAYS_AHEAD())
    return int(match[1])


SharedSlots = Annotated[
    Share,
    BeforeValidator(_share),
    WithJsonSchema({"type": "string", "pattern": f"^{_SLOTS.pattern}$", "examples": ["5 of 10"]}),
]
DaysAhead = Annotated[
    int,
    BeforeValidator(_days_ahead),
    WithJsonSchema({"type": "string", "pattern": f"^{_DAYS.pattern}$", "examples": ["3 working days ahead"]}),
]


class RotatingKeys(Document):
    """The people who share, and how many half-days of a week each of them has."""

    who: WhoOfWave
    """`everyone`, or criteria: groups, departments, sites, logins, logins_from, units, attributes."""
    except_: ExceptKeys | None = Field(default=None, alias="except")
    """Who is left out, by the same criteria: one that matches is enough."""
    slots: SharedSlots
    """`5 of 10`: five half-days of a week that has ten. A shorter week has as large a part of it, rounded up."""


class HandoverKeys(Document):
    """What happens to sessions around a half-day's end (docs/rotation.md)."""

    warn: WarnMinutes = like(HandoverRules, "warn_minutes", default=[])
    disconnected: RuleSeconds | None = like(HandoverRules, "disconnected_s")


class RotationKeys(Document):
    """Who shares the desktops of a pool by half-days."""

    pool: Text = like(Rotation, "pool")
    slot: Literal["half-day"] = Field(default="half-day")
    """`half-day`: those of the calendar."""
    people: RotatingKeys
    every_slot: SelectionKeys | None = Field(default=None)
    """People who have every half-day, before all others: those with an obligation. Left out: nobody."""
    together: Literal["department"] | None = Field(default=None)
    """`department`: colleagues have the same half-days where the sums allow it. It costs nobody a half-day."""
    published: DaysAhead = like(Rotation, "published_days")
    reserve: int = like(Rotation, "reserve")
    ready_before: SomeSeconds = like(Rotation, "ready_before_s")
    handover: HandoverKeys = Field(default=HandoverKeys())
    """What happens to sessions around a half-day's end. Left out: nothing, whoever is logged on keeps the desktop."""
    absences_from: Text | None = Field(default=None)
    """A CSV file beside this one, in UTF-8, with the columns `login`, `from` and `until`: dates, both included. Left out:
    nobody is away."""
