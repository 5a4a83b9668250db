"""Desktops that nobody needs at present: shut down once nobody is logged on, and kept.

Free ones of a pool that follows its people, beyond those that it needs; and people's, outside the hours of the scenario.
"""

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
    if _is_begun_since(facts, desktop):
        return None
    return Target(level=TargetLevel.OFF, because=because, binds=WaitsFor.SAFETY)


def _is_begun_since(facts: TargetFacts, desktop: Reservation) -> bool:
    """Whether it was started by hand, or by HA, after the hours had ended: then it stays on until they have ended again."""
    rest, view = facts.situation.demand.rest, facts.situation.snapshot.clusters.get(desktop.cluster)
    if rest is None or view is None or desktop.seat not in rest.seats:
        return False
    return view.booted_at(desktop.vmid) > rest.since


IDLE = Source(name="idle", target=_target, among=_among)
