"""`rotation:` of a scenario's file: what it may hold, the value that it becomes, and whether it fits the pools of
bascule.yaml."""

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path as FilePath
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from provisioner.model.ids import DesktopPoolName
from provisioner.model.pools import AfterPerson, Lend
from provisioner.model.scenario.half_days import Share
from provisioner.model.scenario.rotation import Absence, Rotation
from provisioner.model.session_rules import HandoverRules
from provisioner.reasons.reason import reason_of
from provisioner.reasons.rotation import (
    ABSENCE_LINE,
    MUST_BE_DAYS_AHEAD,
    MUST_BE_SLOTS,
    ROTATION_ALL_RESERVE,
    ROTATION_NO_CALENDAR,
    ROTATION_POOL_ASKED,
    ROTATION_POOL_KEPT,
    ROTATION_POOL_UNKNOWN,
)
from provisioner.reasons.settings import LOGINS_FILE
from provisioner.reasons.targets import SESSION_RULES_RECEIVER
from provisioner.settings.checking import Document
from provisioner.settings.fields import SomeSeconds, Text, like
from provisioner.settings.pool_documents import PoolKeys
from provisioner.settings.problems import Path
from provisioner.settings.profile import RuleSeconds, WarnMinutes
from provisioner.settings.reading import Section
from provisioner.settings.scenario_people import ExceptKeys, WhoOfWave, excepted, read_table, selected
from provisioner.settings.who import SelectionKeys, selection_of
from provisioner.settings.wording import did_you_mean

_SLOTS = re.compile(r"([1-9]\d?) of ([1-9]\d?)", re.ASCII)
_DAYS = re.compile(r"(\d|1\d|20) working days? ahead", re.ASCII)
_COLUMNS = ("login", "from", "until")
"""Of the table of absences."""


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
    """What happens to sessions around a half-day's end (docs/en/rotation.md)."""

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

    def criteria(self) -> Iterator[tuple[Path, object]]:
        """All by which it selects people, and where."""
        yield ("people", "who"), self.people.who
        yield ("people", "except"), self.people.except_
        yield ("every_slot",), self.every_slot


def rotation_of(section: Section, document: RotationKeys | None, *, has_calendar: bool) -> Rotation | None:
    """The rotation, without what is not usable, which is reported. None: there is none."""
    if document is None:
        return None
    if not has_calendar:
        section.complain(ROTATION_NO_CALENDAR(), at_key=True)
    people = document.people
    return Rotation(
        pool=DesktopPoolName(document.pool),
        share=people.slots,
        who=selected(section.part("people", "who"), people.who),
        excepted=excepted(section.part("people", "except"), people.except_),
        obliged=None if document.every_slot is None else selection_of(document.every_slot),
        by_department=document.together is not None,
        published_days=document.published,
        reserve=document.reserve,
        ready_before_s=document.ready_before,
        handover=HandoverRules(warn_minutes=tuple(document.handover.warn), disconnected_s=document.handover.disconnected),
        absences=_absences(section, document.absences_from),
    )


def read_absences(file: FilePath) -> tuple[Absence, ...]:
    """Every line of the table; raises ValueError and csv.Error."""
    return tuple(_absence(line, *row) for line, row in read_table(file, _COLUMNS))


def _absence(line: int, login: str, first: str, last: str) -> Absence:
    try:
        is_span = bool(login) and date.fromisoformat(first) <= date.fromisoformat(last)
    except ValueError:
        is_span = False
    if not is_span:
        raise ValueError(ABSENCE_LINE(line=line))
    return Absence(login=login, first=first, last=last)


def _absences(section: Section, name: str | None) -> tuple[Absence, ...]:
    file = section.file(name, "absences_from")
    if file is None:
        return ()
    try:
        return read_absences(file)
    except (ValueError, csv.Error) as error:
        section.complain(LOGINS_FILE(file=str(file), said=reason_of(error)), "absences_from")
        return ()


def check_rotation(section: Section, rotation: RotationKeys, pools: Mapping[str, PoolKeys], *, has_receiver: bool) -> None:
    """The pool of a rotation is there, lends by plan, and is larger than the reserve; and desktops can be told what to do."""
    pool, handover = pools.get(rotation.pool), rotation.handover
    if pool is None:
        unknown = ROTATION_POOL_UNKNOWN(pool=rotation.pool)
        section.complain(did_you_mean(unknown, rotation.pool, tuple(pools)), "pool")
    else:
        _check_pool(section, rotation, pool)
    if not has_receiver and (handover.warn or handover.disconnected is not None):
        section.complain(SESSION_RULES_RECEIVER(), "handover", at_key=True)


def _check_pool(section: Section, rotation: RotationKeys, pool: PoolKeys) -> None:
    if pool.lend is not Lend.BY_PLAN:
        section.complain(ROTATION_POOL_ASKED(pool=rotation.pool), "pool")
    if pool.after is AfterPerson.KEPT:
        section.complain(ROTATION_POOL_KEPT(pool=rotation.pool), "pool")
    if rotation.reserve >= pool.size:
        section.complain(ROTATION_ALL_RESERVE(pool=rotation.pool, size=pool.size), "reserve")
