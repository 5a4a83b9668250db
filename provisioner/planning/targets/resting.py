"""Desktops that rest: shut down once nobody is logged on, and kept.

People's by a policy (`planning/rests`); and free ones of a pool that follows its people, beyond those that it needs.
"""

from collections.abc import Iterator

from provisioner.model.machines.desktops import Reservation
from provisioner.model.words import WaitsFor
from provisioner.planning.targets.facts import TargetFacts
from provisioner.planning.targets.source import Source
from provisioner.planning.targets.target import Target, TargetLevel


def _among(facts: TargetFacts) -> Iterator[Reservation]:
    of_seat = facts.survey.of_seat
    rest = sorted(seat for seat, want in facts.situation.demand.ahead.items() if want.rest is not None)
    return (of_seat[seat] for seat in rest if seat in of_seat)


def _target(facts: TargetFacts, desktop: Reservation) -> Target | None:
    want = None if desktop.seat is None else facts.situation.demand.ahead.get(desktop.seat)
    if want is None or want.rest is None or facts.survey.of_seat.get(want.seat) is not desktop or not facts.is_running(desktop):
        return None
    view = facts.situation.snapshot.clusters.get(desktop.cluster)
    if view is not None and view.booted_at(desktop.vmid) > want.rest.since:
        return None  # started by hand, or by HA: it stays on until the next rest
    return Target(level=TargetLevel.OFF, because=want.rest.because, binds=WaitsFor.SAFETY)


RESTING = Source(name="resting", target=_target, among=_among)
