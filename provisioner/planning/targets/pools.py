"""Desktops that their pool has no use for any more: shut down once nobody is logged on, and kept.

A pool that was made smaller, or is no longer configured, may be so by a mistake: nothing is deleted.
"""

from collections.abc import Iterable

from provisioner.model.desktops import Reservation
from provisioner.model.seats import pool_of
from provisioner.model.words import WaitsFor
from provisioner.planning.targets.facts import TargetFacts
from provisioner.planning.targets.source import Source
from provisioner.planning.targets.target import Target, TargetLevel
from provisioner.reasons.pools import SURPLUS


def _among(facts: TargetFacts) -> Iterable[Reservation]:
    return facts.surplus.values()


def _target(facts: TargetFacts, desktop: Reservation) -> Target | None:
    if desktop.name not in facts.surplus or not facts.is_running(desktop):
        return None
    return Target(level=TargetLevel.OFF, because=SURPLUS(pool=pool_of(desktop.seat) or ""), binds=WaitsFor.SAFETY)


POOLS = Source(name="pools", target=_target, among=_among)
