"""Desktops that an operator has deleted and made anew. Deleted only once they are off; the new one comes before bulk work."""

from collections.abc import Iterator

from provisioner.model.demand import Want
from provisioner.model.machines.desktops import Reservation
from provisioner.model.words import WaitsFor
from provisioner.planning.targets.facts import TargetFacts
from provisioner.planning.targets.leavers import NOT_RUNNING
from provisioner.planning.targets.source import Source
from provisioner.planning.targets.stop_orders import because_of
from provisioner.planning.targets.target import Target, TargetLevel
from provisioner.reasons.reason import Reason


def _among(facts: TargetFacts) -> Iterator[Reservation]:
    records = facts.situation.records.desktops
    return (records[name].reservation for name in facts.rebuild_orders)


def _target(facts: TargetFacts, desktop: Reservation) -> Target | None:
    order = facts.rebuild_orders.get(desktop.name)
    if order is None or facts.phase(desktop) not in NOT_RUNNING:
        return None
    return Target(level=TargetLevel.ABSENT, because=because_of(order), binds=WaitsFor.SAFETY)


def waiting_wants(facts: TargetFacts) -> Iterator[tuple[Want, Reason]]:
    """Wants whose desktop is to be deleted first, and why."""
    demand, records = facts.situation.demand, facts.situation.records.desktops
    for name, order in facts.rebuild_orders.items():
        seat = records[name].reservation.seat
        want = demand.want_of(seat)
        if want is not None and facts.survey.of_seat.get(want.seat) is records[name].reservation:
            yield want, because_of(order)


def rebuilt_wants(facts: TargetFacts) -> tuple[Want, ...]:
    """Wants whose desktop was deleted by order: they wait for the new one, the oldest order first."""
    wants = facts.situation.demand.wants
    return tuple(wants[seat] for seat in facts.rebuilt_seats if seat in wants)


REBUILD_ORDERS = Source(name="rebuild_orders", target=_target, among=_among)
