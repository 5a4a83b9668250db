"""Leavers who belong together: a unit, group, department or site that empties is not ordinary turnover. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from provisioner.model.guard import Guard, RosterMove
from provisioner.model.ids import AgentId
from provisioner.model.people.agents import Agent
from provisioner.model.people.distinguished_names import parent_of
from provisioner.reasons.directory import IN_DEPARTMENT, IN_GROUP, IN_SITE, IN_UNIT
from provisioner.reasons.reason import Reason

_NAMED = 2
"""Places named at most. A unit empties together with its people's groups: of places with equal figures one is named."""


def places(agent: Agent) -> tuple[str, ...]:
    """Everything that an agent shares with others, as words: units up to the root, groups, department, site."""
    single = (("department", agent.department), ("site", agent.site))
    return (
        *(f"unit {unit}" for unit in _units(agent.unit)),
        *(f"group {group}" for group in sorted(agent.groups)),
        *(f"{word} {value}" for word, value in single if value),
    )


def concentrations(
    leaving: Iterable[Agent], earlier: Mapping[AgentId, RosterMove], staying: Iterable[Agent], guard: Guard
) -> tuple[Reason, ...]:
    """Places that too many agents leave, each with its arithmetic; the emptiest first.

    `earlier` are leavers within the same window, `staying` all agents who were entitled and still are.
    """
    now = Counter(place for agent in leaving for place in places(agent))
    gone = now + Counter(place for move in earlier.values() for place in move.places if place in now)
    many = {place: count for place, count in gone.items() if count >= guard.unit_leavers}
    if not many:
        return ()
    left_there = Counter(place for agent in staying for place in places(agent) if place in many)
    total = {place: count + left_there[place] for place, count in many.items()}
    emptied = [place for place in many if many[place] > total[place] * guard.unit_leavers_percent / 100]
    emptied.sort(key=lambda place: (-many[place] / total[place], total[place], -len(place), place))
    alike = {(many[place], total[place]): place for place in reversed(emptied)}
    return tuple(_within(alike[counts], *counts) for counts in [*reversed(alike)][:_NAMED])


_IN = {"unit": IN_UNIT, "group": IN_GROUP, "department": IN_DEPARTMENT, "site": IN_SITE}


def _within(place: str, count: int, of: int) -> Reason:
    word, _, name = place.partition(" ")
    return _IN[word](count=count, of=of, name=name)


def _units(unit: str) -> Iterator[str]:
    while unit:
        yield unit
        unit = parent_of(unit)
