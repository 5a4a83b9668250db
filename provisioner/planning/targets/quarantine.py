"""Quarantined desktops: an operator keeps each as it is, for somebody to look at it."""

from provisioner.model.machines.desktops import Reservation
from provisioner.model.words import WaitsFor
from provisioner.planning.inputs import why_quarantined
from provisioner.planning.targets.facts import TargetFacts
from provisioner.planning.targets.source import Source
from provisioner.planning.targets.target import Target, TargetLevel


def _target(facts: TargetFacts, desktop: Reservation) -> Target | None:
    order = facts.quarantines.get(desktop.name)
    if order is None:
        return None
    return Target(level=TargetLevel.AS_IS, because=why_quarantined(order), binds=WaitsFor.OPERATOR)


QUARANTINE = Source(name="quarantine", target=_target)
