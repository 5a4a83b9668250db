"""A scenario's rotation in sentences: who comes when, and what happens to sessions and desktops between two people."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provisioner.cli.scenario.dates import Dates
from provisioner.cli.scenario.people import criteria, people_selected
from provisioner.cli.times import duration
from provisioner.model.ids import ProfileName
from provisioner.model.people.profiles import Profile
from provisioner.model.pools import AfterPerson, DesktopPool
from provisioner.model.scenario.rotation import Rotation
from provisioner.model.scenario.scenarios import Scenario
from provisioner.model.scenario.surges import SurgeRun
from provisioner.model.session_rules import HandoverRules, SessionRules
from provisioner.planning.rotation.weeks import FirstWeek, Week, first_weeks
from provisioner.texts.translate import _, plural


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPool:
    """The pool whose desktops are shared, and what holds for its sessions."""

    pool: DesktopPool
    rules: SessionRules
    """The rules of the pool's profile."""

    @classmethod
    def of(cls, pool: DesktopPool | None, profiles: Mapping[ProfileName, Profile]) -> "SharedPool | None":
        """None: there is no such pool, or its profile is not configured."""
        profile = None if pool is None else profiles.get(pool.profile)
        return None if pool is None or profile is None else cls(pool=pool, rules=profile.session_rules)


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
        yield from _pool_lines(shared)


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
    yield from _end_lines(rotation.handover)
    yield plural(
        "Whoever is still logged on at its end keeps the desktop. Who comes next gets the desktop in reserve; if it is not "
        "free, they wait, and are told why and until when.",
        "Whoever is still logged on at its end keeps the desktop. Who comes next gets one of {count} in reserve; if none is "
        "left, they wait, and are told why and until when.",
        rotation.reserve,
    )


def _end_lines(rules: HandoverRules) -> Iterator[str]:
    """What `handover` does at the end of a half-day."""
    if rules.warn_minutes:
        yield _(
            "Whoever is connected gets a message in the desktop {minutes} min before the half-day ends, unless the next one of "
            "the day is theirs, too.",
            minutes=_minutes(rules.warn_minutes),
        )
    if rules.disconnected_s is not None:
        yield _(
            "Once it has been over for {time}, a session that has been disconnected for as long is logged off, with what was "
            "not saved; whoever is connected is not.",
            time=duration(rules.disconnected_s),
        )
    if not rules.apply:
        yield _("Nobody gets a message before a half-day ends, and nobody is logged off by its end.")


def _pool_lines(shared: SharedPool) -> Iterator[str]:
    """What the pool does with a desktop after a person, and what its profile says of sessions."""
    yield _AFTER[shared.pool.after_person](shared.pool)
    rules, profile = shared.rules, shared.pool.profile
    if rules.disconnected_s is not None:
        yield _(
            "At any time a session that has been disconnected for {time} is logged off, with what was not saved (session_rules "
            "of profile {profile}).",
            time=duration(rules.disconnected_s),
            profile=profile,
        )
    if rules.maximum_s is not None:
        yield _(
            "A session is logged off {time} after its log-on, even if it is connected, with a message {minutes} min before "
            "(session_rules of profile {profile}).",
            time=duration(rules.maximum_s),
            minutes=_minutes(rules.warn_minutes),
            profile=profile,
        )


def _minutes(minutes: tuple[int, ...]) -> str:
    return ", ".join(map(str, minutes))


def _restarted(_pool: DesktopPool) -> str:
    return _("After a person a desktop is shut down, and free with its disk as it is.")


def _rebuilt(pool: DesktopPool) -> str:
    if pool.resets.hours is None:
        return _("After a person a desktop is deleted with all that is on its disk, and made anew: then it is free.")
    return _(
        "After a person a desktop is deleted with all that is on its disk, and made anew from {at} on ({zone}): then it is "
        "free.",
        at=pool.resets.hours.words,
        zone=pool.resets.hours.zone,
    )


def _overnight(pool: DesktopPool) -> str:
    assert pool.resets.hours is not None, "overnight has hours"
    return _(
        "After a person a desktop is shut down, and free with its disk as it is. From {at} on ({zone}), whatever was used is "
        "deleted and made anew.",
        at=pool.resets.hours.words,
        zone=pool.resets.hours.zone,
    )


def _kept(_pool: DesktopPool) -> str:
    return _("After a person a desktop waits for the same person.")


_AFTER = {
    AfterPerson.RESTART: _restarted,
    AfterPerson.REBUILD: _rebuilt,
    AfterPerson.OVERNIGHT: _overnight,
    AfterPerson.KEPT: _kept,
}


__all__ = ["SharedPool", "rotation_lines"]
