"""The section `pools` of bascule.yaml, and its values: desktops that are lent, and how a pool follows its people."""

from typing import Annotated, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from provisioner.model.autoscale import AutoscaleMode, AutoscaleRules, OutsideHours, PoolAutoscale
from provisioner.model.ids import DesktopPoolName, ProfileName
from provisioner.model.pools import MOST_SEATS, AfterPerson, DesktopPool, Lend, ResetRules
from provisioner.model.scenario.calendars import DailyHours
from provisioner.reasons.settings import AUTOSCALE_MIN, BOTH_OR_NEITHER, OVERNIGHT_WHEN, POOL_PLANNED, POOL_SPARE
from provisioner.settings.calendar import CalendarKeys, ClockTime, Zone, calendar_of
from provisioner.settings.checking import CheckedDocument, Document
from provisioner.settings.fields import SpareShare, Text, as_value, like


class ResetsKeys(Document, of=ResetRules):
    """When and how fast desktops are deleted after a person, to be made anew."""

    begins: ClockTime | None = Field(default=None, alias="from")
    """A time such as 20:00; left out, with `until`: at any time."""
    ends: ClockTime | None = Field(default=None, alias="until")
    """A time such as 06:00, of the next day if it is before `from`."""
    zone: Zone = Field(default="UTC")
    """The time zone of both, such as Europe/Paris."""

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.begins is None) != (self.ends is None) or (self.begins is not None and self.begins == self.ends):
            raise ValueError(BOTH_OR_NEITHER(first="from", second="until"))
        return self


class OutsideHoursKeys(Document):
    """What holds outside the calendar's half-days."""

    running: int = Field(default=0, ge=0, le=MOST_SEATS)
    """Desktops that run at least, in use or free."""
    spare: SpareShare | None = Field(default=None)
    """Free desktops: a number, or a share of those in use such as `20 %`. Left out: as within the half-days."""


class AutoscaleKeys(Document, of=AutoscaleRules):
    """How a pool follows its people."""

    mode: Annotated[AutoscaleMode, Field(strict=False)] = like(PoolAutoscale, "mode")
    calendar: Text
    """The name of a calendar (`departement` is `calendars/departement.yaml`, in this folder or beside it), or its path."""
    min: int = like(AutoscaleRules, "min")
    max: int | None = Field(default=None, ge=1, le=MOST_SEATS)
    """Desktops that exist at most; left out: the pool's `size`."""
    spare: SpareShare | None = Field(default=None)
    """Free desktops: a number, or a share of those in use such as `20 %`. Left out: as many as keep the share of people who
    wait below `waits_percent`."""
    outside_hours: OutsideHoursKeys = Field(default=OutsideHoursKeys())
    """What holds outside the calendar's half-days."""


class AfterPersonKeys(Document):
    """Something else by day than at night."""

    within_a_day: Literal["restart"]
    """`restart`: shut down, and free for the next person of the day with its disk as it is."""
    overnight: Literal["rebuild"]
    """`rebuild`: within the hours of `resets`, whatever was used is deleted and made anew."""


def _after_form(value: object) -> str:
    return "parts" if isinstance(value, dict | AfterPersonKeys) else "word"


AfterWord = Literal["restart", "rebuild", "kept"]


class PoolKeys(Document, of=DesktopPool):
    """Desktops of one profile that are lent, to one person after the other."""

    profile: Text = like(DesktopPool, "profile")
    lend: Annotated[Lend, Field(strict=False)] = like(DesktopPool, "lend")
    after_person: Annotated[
        Annotated[AfterWord, Tag("word")] | Annotated[AfterPersonKeys, Tag("parts")], Discriminator(_after_form)
    ] = like(DesktopPool, "after_person", default=AfterPerson.REBUILD.value)
    size: int = like(DesktopPool, "size")
    spare: int | None = like(DesktopPool, "spare")
    resets: ResetsKeys = Field(default=ResetsKeys())
    """Of a pool whose desktops are made anew: when and how fast."""
    autoscale: AutoscaleKeys | None = Field(default=None)
    """How the pool follows its people. Left out: it has `size` and `spare`, always."""

    @property
    def after(self) -> AfterPerson:
        """What becomes of a desktop after a person."""
        return AfterPerson.OVERNIGHT if isinstance(self.after_person, AfterPersonKeys) else AfterPerson(self.after_person)

    @model_validator(mode="after")
    def _night(self) -> Self:
        if self.after is AfterPerson.OVERNIGHT and self.resets.begins is None:
            raise ValueError(OVERNIGHT_WHEN())
        return self

    @model_validator(mode="after")
    def _spare(self) -> Self:
        if self.spare is not None and self.spare > self.size:
            raise ValueError(POOL_SPARE(size=self.size))
        return self

    @model_validator(mode="after")
    def _least(self) -> Self:
        rules = self.autoscale
        if rules is not None and self.lend is Lend.BY_PLAN:
            raise ValueError(POOL_PLANNED())
        most = self.size if rules is None or rules.max is None else rules.max
        if rules is not None and rules.min > most:
            raise ValueError(AUTOSCALE_MIN(least=rules.min, most=most))
        return self


def pool_of_document(
    name: str, document: PoolKeys, calendar: CheckedDocument[CalendarKeys] | None
) -> DesktopPool:  # fmt: skip
    """The pool; without rules to follow its people if its calendar is not usable, which is reported."""
    begins, ends = document.resets.begins, document.resets.ends
    hours = None if begins is None or ends is None else DailyHours(begins=begins, ends=ends, zone=document.resets.zone)
    resets = as_value(ResetRules, document.resets, hours=hours)
    return as_value(
        DesktopPool,
        document,
        name=DesktopPoolName(name),
        profile=ProfileName(document.profile),
        resets=resets,
        after_person=document.after,
        autoscale=_autoscale(document, calendar),
    )


def _autoscale(document: PoolKeys, calendar: CheckedDocument[CalendarKeys] | None) -> PoolAutoscale | None:
    rules = document.autoscale
    if rules is None or calendar is None or calendar.document is None:
        return None
    outside = OutsideHours(running=rules.outside_hours.running, spare=rules.outside_hours.spare)
    most = document.size if rules.max is None else rules.max
    return PoolAutoscale(
        mode=rules.mode,
        rules=as_value(AutoscaleRules, rules, max=most, spare=rules.spare, outside_hours=outside),
        calendar=calendar_of(calendar.document),
    )
