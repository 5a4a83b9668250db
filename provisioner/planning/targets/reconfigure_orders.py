"""Running desktops that an operator has ordered to be configured again: off first, once nobody is logged on."""

from collections.abc import Iterator

from provisioner.model.actions import Reconfigure
from provisioner.model.machines.desktops import Reservation
from provisioner.model.words import WaitsFor
from provisioner.planning.targets.facts import TargetFacts
from provisioner.planning.targets.source import Source
from provisioner.planning.targets.target import Target, TargetLevel


def _among(facts: TargetFacts) -> Iterator[Reservation]:
    records = facts.situation.records.desktops
    return (records[name].reservation for name in facts.reconfigure_orders if name in records)


def _target(facts: TargetFacts, desktop: Reservation) -> Target | None:
    because = facts.why_reconfigured(desktop)
    if not because or not facts.is_running(desktop) or _fails_for_all(facts, desktop):
        return None
    return Target(level=TargetLevel.OFF, because=because, binds=WaitsFor.OPERATOR)


def _fails_for_all(facts: TargetFacts, desktop: Reservation) -> bool:
    """Whether no desktop of the profile can be configured again now: it would be shut down in vain."""
    what = (desktop.cluster, Reconfigure.word, desktop.profile)
    return any((cause.cluster, cause.word, cause.profile) == what for cause in facts.situation.causes)


RECONFIGURE_ORDERS = Source(name="reconfigure_orders", target=_target, among=_among)
