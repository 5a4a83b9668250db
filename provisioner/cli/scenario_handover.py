"""What happens to sessions and desktops between two people of a rotation, in sentences."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provisioner.cli.times import duration
from provisioner.model.ids import ProfileName
from provisioner.model.pools import AfterPerson, DesktopPool
from provisioner.model.profiles import Profile
from provisioner.model.session_rules import HandoverRules, SessionRules
from provisioner.texts.translate import _


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPool:
    """The pool whose desktops are shared, and what holds for its sessions."""

    pool: DesktopPool
    rules: SessionRules
    """Of the pool's profile."""

    @classmethod
    def of(cls, pool: DesktopPool | None, profiles: Mapping[ProfileName, Profile]) -> "SharedPool | None":
        """None: there is no such pool, or its profile is not configured."""
        profile = None if pool is None else profiles.get(pool.profile)
        return None if pool is None or profile is None else cls(pool=pool, rules=profile.session_rules)


def end_lines(rules: HandoverRules) -> Iterator[str]:
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


def pool_lines(shared: SharedPool) -> Iterator[str]:
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


__all__ = ["SharedPool", "end_lines", "pool_lines"]
