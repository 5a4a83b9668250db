"""A freeze: nothing is started or shut down. Clones are held by the safety gate."""

from provisioner.model.intents import IntentKind
from provisioner.model.machines.desktops import Reservation
from provisioner.model.words import WaitsFor
from provisioner.planning.targets.facts import TargetFacts
from provisioner.planning.targets.source import Source
from provisioner.planning.targets.target import Target, TargetLevel
from provisioner.reasons.targets import FROZEN


def _target(facts: TargetFacts, _: Reservation) -> Target | None:
    if IntentKind.FREEZE not in facts.ordered:
        return None
    return Target(level=TargetLevel.AS_IS, because=FROZEN(), binds=WaitsFor.OPERATOR)


FREEZE = Source(name="freeze", target=_target)
