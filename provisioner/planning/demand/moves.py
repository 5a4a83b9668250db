"""What another scenario would change for the people of each wave."""

from collections import Counter
from collections.abc import Set
from dataclasses import replace

from provisioner.model.ids import AgentId, WaveName
from provisioner.model.people.agents import Roster
from provisioner.model.rules import Rules
from provisioner.model.scenario.scenarios import Scenario
from provisioner.model.scenario.surges import WaveMove
from provisioner.planning.roster.entitlement import AgentPlace


def wave_moves(roster: Roster | None, rules: Rules, other: Scenario, *, served: Set[AgentId]) -> tuple[WaveMove, ...]:
    """For each wave of both scenarios in which something changes, in their order: those in force first."""
    pairs = Counter[tuple[WaveName | None, WaveName | None]]()
    without = Counter[WaveName | None]()
    for agent in roster.agents.values() if roster is not None else ():
        place = AgentPlace.of(agent, replace(rules, scenario=other))
        before, after = _wave(AgentPlace.of(agent, rules), rules.scenario), _wave(place, other)
        pairs[before, after] += 1
        without[before] += after is None and not place.by_half_days and agent.agent_id not in served
    names = dict.fromkeys(wave.name for scenario in (rules.scenario, other) for wave in scenario.waves)
    moves = (_move(name, pairs, without[name]) for name in names)
    return tuple(move for move in moves if move.joining or move.leaving)


def _wave(place: AgentPlace, scenario: Scenario) -> WaveName | None:
    return scenario.waves[place.wave_index].name if place.wave_index >= 0 else None


def _move(name: WaveName, pairs: Counter[tuple[WaveName | None, WaveName | None]], unselected: int) -> WaveMove:
    before = sum(count for (old, _), count in pairs.items() if old == name)
    after = sum(count for (_, new), count in pairs.items() if new == name)
    stay = pairs[name, name]
    return WaveMove(wave=name, before=before, after=after, joining=after - stay, leaving=before - stay, unselected=unselected)


__all__ = ["wave_moves"]
