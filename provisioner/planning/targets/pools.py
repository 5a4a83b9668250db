"""Desktops of pools that go down: those that are reset after a person, and those that their pool has no use for.

What a pool has no use for is shut down once nobody is logged on, and kept: a pool that was made smaller, or is no longer
configured, may be so by a mistake.
"""

from collections.abc import Iterator

from provisioner.model.machines.desktops import Reservation
from provisioner.model.machines.seats import pool_of
from provisioner.model.pools import AfterPerson, DesktopPool
from provisioner.model.words import WaitsFor
from provisioner.planning.targets.facts import TargetFacts
from provisioner.planning.targets.leavers import NOT_RUNNING
from provisioner.planning.targets.source import Source
from provisioner.planning.targets.target import Target, TargetLevel
from provisioner.reasons.pools import RESET, SURPLUS


def _among(facts: TargetFacts) -> Iterator[Reservation]:
    yield from facts.to_reset.values()
    yield from facts.surplus.values()


def _target(facts: TargetFacts, desktop: Reservation) -> Target | None:
    pool = pool_configured(facts, desktop)
    if pool is not None and desktop.name in facts.to_reset:
        return _reset(facts, desktop, pool)
    if desktop.name not in facts.surplus or not facts.is_running(desktop):
        return None
    return Target(level=TargetLevel.OFF, because=SURPLUS(pool=pool_of(desktop.seat) or ""), binds=WaitsFor.SAFETY)


def _reset(facts: TargetFacts, desktop: Reservation, pool: DesktopPool) -> Target | None:
    """Off in any case: nothing of the last person goes on running."""
    after = pool.after(facts.now)
    because, off = RESET(pool=pool.name, after=after.value), facts.phase(desktop) in NOT_RUNNING
    if not off:
        return Target(level=TargetLevel.OFF, because=because, binds=WaitsFor.SAFETY)
    # A store that was lost does not know whose a kept desktop was: it is made anew.
    level = TargetLevel.AS_IS if after is AfterPerson.RESTART else TargetLevel.ABSENT
    return Target(level=level, because=because, binds=WaitsFor.SAFETY)


def pool_configured(facts: TargetFacts, desktop: Reservation) -> DesktopPool | None:
    """The desktop's pool, if it is configured."""
    name = pool_of(desktop.seat)
    return None if name is None else facts.situation.config.desktop_pools.get(name)


POOLS = Source(name="pools", target=_target, among=_among)
