"""Free desktops of a pool that follows its people, beyond those that it needs: shut down once nobody is logged on, and kept."""

from collections.abc import Iterator

from provisioner.model.desktops import Reservation
from provisioner.model.words import WaitsFor
from provisioner.planning.targets.facts import TargetFacts
from provisioner.planning.targets.source import Source
from provisioner.planning.targets.target import Target, TargetLevel


def _among(facts: TargetFacts) -> Iterator[Reservation]:
    of_seat = facts.survey.of_seat
    return (of_seat[seat] for seat in sorted(facts.situation.demand.idle) if seat in of_seat)


def _target(facts: TargetFacts, desktop: Reservation) -> Target | None:
    seat = desktop.seat
    because = None if seat is None else facts.situation.demand.idle.get(seat)
    if seat is None or because is None or facts.survey.of_seat.get(seat) is not desktop or not facts.is_running(desktop):
        return None
    return Target(level=TargetLevel.OFF, because=because, binds=WaitsFor.SAFETY)


AUTOSCALE = Source(name="autoscale", target=_target, among=_among)
