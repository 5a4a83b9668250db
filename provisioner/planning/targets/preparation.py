"""Agents whose batch opens later: their desktops are made ahead of need, up to the level set in the wave."""

from provisioner.model.machines.desktops import Reservation
from provisioner.planning.targets.facts import TargetFacts
from provisioner.planning.targets.source import Source
from provisioner.planning.targets.target import Target
from provisioner.planning.targets.waves import of_seat


def _target(facts: TargetFacts, desktop: Reservation) -> Target | None:
    return of_seat(facts, desktop, facts.situation.demand.ahead)


PREPARATION = Source(name="preparation", target=_target)
