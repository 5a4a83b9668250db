"""A scenario's rotation in sentences."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from provisioner.cli.scenario_dates import Dates
from provisioner.cli.scenario_handover import SharedPool, end_lines, pool_lines
from provisioner.cli.scenario_people import criteria, people_selected
from provisioner.model.agents import Roster
from provisioner.model.pools import DesktopPool
from provisioner.model.rotation import PersonWeek, Rotation, Share
from provisioner.model.scenarios import Scenario
from provisioner.model.surges import SurgeRun
from provisioner.planning.rotation.weeks import Week, desktops_planned, planned_week, weeks_of
from provisioner.texts.translate import _, plural


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationSums:
    """What the plan of the first week comes to."""

    people: int
    wanted: int
    """Half-days."""
    given: int
    most: int
    """Half-days that one person wants and is not given."""
    desktops: int
    """That the plan uses at a time."""
    less: Share | None = None
    """What people are planned with, where the rotation's own share does not suffice for all; None: with that."""
    refused: int = 0
    """People who get none."""


def first_weeks(scenario: Scenario, run: SurgeRun) -> tuple[Week, Week] | None:
    """The first two weeks; None: there is no rotation."""
    rotation, calendar = scenario.rotation, scenario.calendar
    if rotation is None or calendar is None:
        return None
    first, second = islice(weeks_of(rotation, calendar, run.day_1 or calendar.day_1(run.started_at)), 2)
    return first, second


def sums_of(scenario: Scenario, run: SurgeRun, roster: Roster, pool: DesktopPool) -> RotationSums | None:
    """For the people of a roster; None: there is no rotation."""
    rotation, calendar, weeks = scenario.rotation, scenario.calendar, first_weeks(scenario, run)
    if rotation is None or calendar is None or weeks is None:
        return None
    desktops = desktops_planned(scenario, pool)
    agents = [agent for agent in roster.agents.values() if scenario.rotates(agent)]
    plan = planned_week(
        rotation, calendar, weeks[0], agents, run=run.number, desktops=desktops, fixed={}, waited={}, now=run.started_at,
        shortage=scenario.shortage,
    )  # fmt: skip
    less = None if plan.share == rotation.share else plan.share
    return replace(_sums(plan.weeks, desktops), less=less, refused=len(plan.refused))


def _sums(plan: tuple[PersonWeek, ...], desktops: int) -> RotationSums:
    return RotationSums(
        people=len(plan),
        wanted=sum(week.wants for week in plan),
        given=sum(len(week.slots) for week in plan),
        most=max((week.waits for week in plan), default=0),
        desktops=desktops,
    )


def rotation_lines(
    scenario: Scenario, run: SurgeRun, dates: Dates, sums: RotationSums | None, shared: SharedPool | None = None
) -> Iterator[str]:
    """Who, when it is published, the sums, and what happens at a half-day's change."""
    rotation, weeks = scenario.rotation, first_weeks(scenario, run)
    if rotation is None or weeks is None:
        return
    yield _(
        "By half-days on the desktops of pool {pool}: {who} Each wants {slots} of {of} half-days of a week.",
        pool=rotation.pool,
        who=people_selected(rotation.who, rotation.excepted),
        slots=rotation.share.slots,
        of=rotation.share.of,
    )
    if rotation.obliged is not None:
        yield _("First, with every half-day: {who}.", who=criteria(rotation.obliged))
    if rotation.by_department:
        yield _("Colleagues of a department have the same half-days where the sums allow it.")
    yield from _published(rotation, weeks, dates)
    if sums is not None:
        yield from _counted(sums)
    yield from _handover(rotation)
    if shared is not None:
        yield from pool_lines(shared)


def _published(rotation: Rotation, weeks: tuple[Week, Week], dates: Dates) -> Iterator[str]:
    first, second = weeks
    yield _(
        "The first week, {first} to {last}, is published {published}, and fixed from then on.",
        first=dates.text(first.begins),
        last=dates.text(first.slots[-1].ends),
        published=dates.text(first.published_at),
    )
    yield plural(
        "Each later week is published {count} working day before it: that from {week} on {published}.",
        "Each later week is published {count} working days before it: that from {week} on {published}.",
        rotation.published_days,
        week=dates.text(second.begins),
        published=dates.text(second.published_at),
    )


def _counted(sums: RotationSums) -> Iterator[str]:
    if sums.less is not None:
        yield _(
            "More than {slots} of {of} half-days do not suffice for all: people are planned with these.",
            slots=sums.less.slots,
            of=sums.less.of,
        )
    yield _(
        "In the first week {people} people want {wanted} half-days. With {desktops} desktops at a time, {given} are given.",
        people=sums.people,
        wanted=sums.wanted,
        desktops=sums.desktops,
        given=sums.given,
    )
    if sums.refused:
        yield plural(
            "{count} person gets none: the half-days do not suffice.",
            "{count} people get none: the half-days do not suffice.",
            sums.refused,
        )
    if missing := sums.wanted - sums.given:
        yield _("{missing} half-days are wanted and not given, {most} at most for one person.", missing=missing, most=sums.most)


def _handover(rotation: Rotation) -> Iterator[str]:
    minutes = round(rotation.ready_before_s / 60)
    yield _("Desktops are handed over {minutes} min before a half-day, as far as they are free.", minutes=minutes)
    yield from end_lines(rotation.handover)
    yield plural(
        "Whoever is still logged on at its end keeps the desktop. Who comes next gets the desktop in reserve; if it is not "
        "free, they wait, and are told why and until when.",
        "Whoever is still logged on at its end keeps the desktop. Who comes next gets one of {count} in reserve; if none is "
        "left, they wait, and are told why and until when.",
        rotation.reserve,
    )


__all__ = ["RotationSums", "first_weeks", "rotation_lines", "sums_of"]
