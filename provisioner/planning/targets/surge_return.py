"""Desktops that go back at a surge's end: those that it made, in their turn, shut down once nobody is logged on."""

from collections.abc import Iterator

from provisioner.model.machines.desktops import Reservation
from provisioner.model.scenario.surges import SurgeState
from provisioner.model.words import WaitsFor
from provisioner.planning.targets.facts import TargetFacts
from provisioner.planning.targets.source import Source
from provisioner.planning.targets.target import Target, TargetLevel
from provisioner.reasons.surges import SURGE_RETURNS


def _among(facts: TargetFacts) -> Iterator[Reservation]:
    """Desktops that nobody has first, then those in the order of their turns, which is that of the demand."""
    run, records = facts.situation.records.surge, facts.situation.records.desktops
    if run is None or run.state is not SurgeState.RETURNING:
        return
    turns = {entry.agent_id: turn for turn, entry in enumerate(facts.situation.demand.not_wanted)}
    made = [record.reservation for record in records.values() if record.reservation.run in run.takes_back]
    yield from sorted(made, key=lambda desktop: (turns.get(desktop.agent_id, -1) if desktop.agent_id else -1, desktop.name))


def _target(facts: TargetFacts, desktop: Reservation) -> Target | None:
    run, demand = facts.situation.records.surge, facts.situation.demand
    if run is None or run.state is not SurgeState.RETURNING or desktop.run not in run.takes_back:
        return None
    if desktop.seat in demand.wants or desktop.seat in demand.ahead or not facts.is_running(desktop):
        return None
    return Target(level=TargetLevel.OFF, because=SURGE_RETURNS(), binds=WaitsFor.SAFETY)


SURGE_RETURN = Source(name="surge_return", target=_target, among=_among)
