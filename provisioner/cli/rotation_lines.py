"""A scenario's rotation in sentences."""

from collections.abc import Iterator

from provisioner.cli.scenario_dates import Dates
from provisioner.cli.scenario_handover import SharedPool, end_lines, pool_lines
from provisioner.cli.scenario_people import criteria, people_selected
from provisioner.model.rotation import Rotation
from provisioner.model.scenarios import Scenario
from provisioner.model.surges import SurgeRun
from provisioner.planning.rotation.weeks import FirstWeek, Week, first_weeks
from provisioner.texts.translate import _, plural


def rotation_lines(
    scenario: Scenario, run: SurgeRun, dates: Dates, sums: FirstWeek | None, shared: SharedPool | None = None
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


def _counted(sums: FirstWeek) -> Iterator[str]:
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


__all__ = ["rotation_lines"]
