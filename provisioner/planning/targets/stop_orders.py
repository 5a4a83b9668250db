"""Desktops that an operator has ordered to be shut down, once."""

from collections.abc import Iterator

from provisioner.model.desktops import Reservation
from provisioner.model.words import WaitsFor
from provisioner.planning.targets.facts import TargetFacts
from provisioner.planning.targets.source import Source
from provisioner.planning.targets.target import Target, TargetLevel
from provisioner.reasons.targets import STOP_ORDERED, STOP_ORDERED_WHY


def _among(facts: TargetFacts) -> Iterator[Reservation]:
    records = facts.situation.records.desktops
    return (records[name].reservation for name in facts.stop_orders if name in records)


def _target(facts: TargetFacts, desktop: Reservation) -> Target | None:
    order = facts.stop_orders.get(desktop.name)
    if order is None or not facts.is_running(desktop):
        return None
    why = STOP_ORDERED_WHY(by=order.by, why=order.reason) if order.reason else STOP_ORDERED(by=order.by)
    return Target(level=TargetLevel.OFF, because=why, binds=WaitsFor.OPERATOR, insists=True)


STOP_ORDERS = Source(name="stop_orders", target=_target, among=_among)
