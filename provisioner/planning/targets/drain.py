"""Nodes that are emptied: what runs there is shut down, and what is off is not started."""

from collections.abc import Iterable

from provisioner.model.desktops import Reservation
from provisioner.model.words import WaitsFor
from provisioner.planning.inputs import where
from provisioner.planning.targets.facts import Facts
from provisioner.planning.targets.source import Source
from provisioner.planning.targets.target import Level, Target


def _among(facts: Facts) -> Iterable[Reservation]:
    if not facts.drained:
        return ()
    superseded = (facts.situation.memory.records[name].reservation for name in facts.seen.superseded)
    return sorted([*facts.seen.of_seat.values(), *superseded], key=lambda one: one.name)


def _target(facts: Facts, desktop: Reservation) -> Target | None:
    cordon = facts.drained.get(where(facts.situation, desktop)) if facts.drained else None
    if cordon is None:
        return None
    level = Level.OFF if facts.is_running(desktop) else Level.AS_IS
    return Target(level=level, because=cordon.reason, binds=WaitsFor.OPERATOR)


DRAIN = Source(name="drain", target=_target, among=_among)
