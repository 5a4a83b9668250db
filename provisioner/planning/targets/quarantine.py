"""Quarantined desktops: an operator keeps each as it is, for somebody to look at it."""

from provisioner.model.intents import Intent
from provisioner.model.machines.desktops import Reservation
from provisioner.model.words import WaitsFor
from provisioner.planning.targets.facts import TargetFacts
from provisioner.planning.targets.source import Source
from provisioner.planning.targets.target import Target, TargetLevel
from provisioner.reasons.reason import Reason
from provisioner.reasons.targets import QUARANTINED, QUARANTINED_WHY


def _target(facts: TargetFacts, desktop: Reservation) -> Target | None:
    order = facts.quarantines.get(desktop.name)
    if order is None:
        return None
    return Target(level=TargetLevel.AS_IS, because=why_quarantined(order), binds=WaitsFor.OPERATOR)


def why_quarantined(order: Intent) -> Reason:
    """Who keeps it, and why."""
    name, by, why = order.target, order.by, order.reason
    return QUARANTINED_WHY(name=name, by=by, why=why) if why else QUARANTINED(name=name, by=by)


QUARANTINE = Source(name="quarantine", target=_target)
