"""Desktops that an operator has ordered to be shut down, once: for good, or to be started again."""

from collections.abc import Iterator

from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.desktops import Reservation
from provisioner.model.words import WaitsFor
from provisioner.planning.targets.facts import TargetFacts
from provisioner.planning.targets.source import Source
from provisioner.planning.targets.target import Target, TargetLevel
from provisioner.reasons.reason import Reason
from provisioner.reasons.targets import (
    REBUILD_ORDERED,
    REBUILD_ORDERED_WHY,
    RESTART_ORDERED,
    RESTART_ORDERED_WHY,
    STOP_ORDERED,
    STOP_ORDERED_WHY,
)

_BECAUSE = {
    IntentKind.STOP: (STOP_ORDERED, STOP_ORDERED_WHY),
    IntentKind.REBUILD: (REBUILD_ORDERED, REBUILD_ORDERED_WHY),
    IntentKind.RESTART: (RESTART_ORDERED, RESTART_ORDERED_WHY),
}


def _among(facts: TargetFacts) -> Iterator[Reservation]:
    records = facts.situation.records.desktops
    return (records[name].reservation for name in facts.stop_orders if name in records)


def _target(facts: TargetFacts, desktop: Reservation) -> Target | None:
    order = facts.stop_orders.get(desktop.name)
    if order is None or not facts.is_running(desktop):
        return None
    because = because_of(order)
    return Target(level=TargetLevel.OFF, because=because, binds=WaitsFor.OPERATOR, insists=True, terms=order.terms)


def because_of(order: Intent) -> Reason:
    """Who ordered what, and why."""
    plain, with_reason = _BECAUSE[order.kind]
    return with_reason(by=order.by, why=order.reason) if order.reason else plain(by=order.by)


STOP_ORDERS = Source(name="stop_orders", target=_target, among=_among)
