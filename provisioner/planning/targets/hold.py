"""A hold: nothing is shut down; desktops that are off may be started."""

from provisioner.model.intents import IntentKind
from provisioner.model.machines.desktops import Reservation
from provisioner.model.words import WaitsFor
from provisioner.planning.targets.facts import TargetFacts
from provisioner.planning.targets.source import Source
from provisioner.planning.targets.target import Target, TargetLevel
from provisioner.reasons.targets import HELD


def _target(facts: TargetFacts, desktop: Reservation) -> Target | None:
    if IntentKind.HOLD not in facts.ordered or not facts.is_running(desktop):
        return None
    return Target(level=TargetLevel.AS_IS, because=HELD(), binds=WaitsFor.OPERATOR)


HOLD = Source(name="hold", target=_target)
