"""Trials that are over: their desktops are shut down and deleted, whatever has become of the order and of the daemon.

Nobody was given such a desktop. Unknown sessions count as none, since one that never reported would stay for ever; with a
session that is known it stays.
"""

from collections.abc import Iterable

from provisioner.model.intents import Terms
from provisioner.model.machines.desktops import Reservation
from provisioner.model.words import WaitsFor
from provisioner.planning.targets.facts import TargetFacts
from provisioner.planning.targets.leavers import NOT_RUNNING
from provisioner.planning.targets.source import Source
from provisioner.planning.targets.target import Target, TargetLevel
from provisioner.reasons.trials import OVER

_TERMS = Terms(by_force=True)
"""A desktop that failed to boot does not shut down by itself."""


def _among(facts: TargetFacts) -> Iterable[Reservation]:
    return facts.trials_over.values()


def _target(facts: TargetFacts, desktop: Reservation) -> Target | None:
    if desktop.name not in facts.trials_over:
        return None
    level = TargetLevel.ABSENT if facts.phase(desktop) in NOT_RUNNING else TargetLevel.OFF
    return Target(level=level, because=OVER(), binds=WaitsFor.SAFETY, insists=True, terms=_TERMS)


TRIALS = Source(name="trials", target=_target, among=_among)
