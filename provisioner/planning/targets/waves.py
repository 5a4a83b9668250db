"""Agents whose batch is open: each gets a ready desktop."""

from collections.abc import Mapping

from provisioner.model.demand import Want
from provisioner.model.ids import Seat
from provisioner.model.machines.desktops import Reservation
from provisioner.model.scenario.scenarios import PreparationLevel as Preparation
from provisioner.planning.targets.facts import TargetFacts
from provisioner.planning.targets.source import Source
from provisioner.planning.targets.target import Target, TargetLevel

_LEVELS = {None: TargetLevel.READY, Preparation.STOPPED: TargetLevel.MADE, Preparation.RUNNING: TargetLevel.RUNNING}


def of_seat(facts: TargetFacts, desktop: Reservation, wants: Mapping[Seat, Want]) -> Target | None:
    """The target of a seat's primary desktop; None: nobody wants the seat, or the desktop is not the primary."""
    want = wants.get(desktop.seat) if desktop.seat is not None else None
    if want is None or facts.survey.of_seat.get(want.seat) is not desktop:
        return None
    return Target(level=_LEVELS[want.level], because=want.because)


def _target(facts: TargetFacts, desktop: Reservation) -> Target | None:
    return of_seat(facts, desktop, facts.situation.demand.wants)


WAVES = Source(name="waves", target=_target)
