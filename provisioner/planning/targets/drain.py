"""Drained nodes: running desktops there are shut down, and desktops that are off are not started.

On evacuated nodes, too, nothing is started: what is off is moved first.
"""

from collections.abc import Iterable

from provisioner.model.machines.desktops import Reservation
from provisioner.model.words import WaitsFor
from provisioner.planning.inputs import where
from provisioner.planning.targets.facts import TargetFacts
from provisioner.planning.targets.source import Source
from provisioner.planning.targets.target import Target, TargetLevel


def _among(facts: TargetFacts) -> Iterable[Reservation]:
    if not facts.drained:
        return ()
    superseded = (facts.situation.records.desktops[name].reservation for name in facts.survey.superseded)
    return sorted([*facts.survey.of_seat.values(), *superseded], key=lambda desktop: desktop.name)


def _target(facts: TargetFacts, desktop: Reservation) -> Target | None:
    node = where(facts.situation, desktop) if facts.drained or facts.evacuated else None
    if node is None:
        return None
    if (evacuated := facts.evacuated.get(node)) is not None and not facts.is_running(desktop):
        return Target(level=TargetLevel.AS_IS, because=evacuated.reason, binds=WaitsFor.OPERATOR)
    cordon = facts.drained.get(node)
    if cordon is None:
        return None
    level = TargetLevel.OFF if facts.is_running(desktop) else TargetLevel.AS_IS
    return Target(level=level, because=cordon.reason, binds=WaitsFor.OPERATOR)


DRAIN = Source(name="drain", target=_target, among=_among)
