"""What a scenario means in dates: the batches of each wave, with how many people, and when."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from provisioner.model.ids import ProfileName, WaveName
from provisioner.model.people.agents import Roster
from provisioner.model.rules import Rules
from provisioner.model.scenario.scenarios import Scenario, Wave
from provisioner.model.scenario.surges import SurgeRun
from provisioner.planning.demand.waves import BatchTimes, Timetable
from provisioner.planning.roster.entitlement import AgentPlace

_SAMPLE = 3
"""Batches that are shown of a wave whose people are not known: the first, and how it goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveAgenda:
    """One wave in dates."""

    wave: Wave
    people: int | None
    """None: not known."""
    batches: tuple[BatchTimes, ...]
    """Of people who are not known, the first ones."""

    def span(self, index: int) -> tuple[int, int]:
        """The first and the last person of a batch, from 1; the last batch may be smaller."""
        size = self.wave.size or self.people or 0
        first = index * size + 1
        return first, first + size - 1 if self.people is None else min(self.people, first + size - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleCount:
    """How many people of a roster go where."""

    of_wave: Mapping[WaveName, int]
    of_profile: Mapping[tuple[WaveName, ProfileName], int]
    """Of each wave, how many have which profile."""
    in_no_wave: int
    """Entitled, and selected by no wave. Who comes by half-days is not among these, nor among the next."""
    not_entitled: int


def people_of(roster: Roster, rules: Rules) -> PeopleCount:
    """Count the people of a roster by wave."""
    places = [AgentPlace.of(agent, rules) for agent in roster.agents.values()]
    others = [place for place in places if place.wave_index < 0 and not place.by_half_days]
    waves = rules.scenario.waves
    selected = [(waves[place.wave_index].name, place.profile) for place in places if place.wave_index >= 0]
    return PeopleCount(
        of_wave=Counter(wave for wave, _ in selected),
        of_profile=Counter((wave, profile) for wave, profile in selected if profile is not None),
        in_no_wave=sum(place.profile is not None for place in others),
        not_entitled=sum(place.profile is None for place in others),
    )


def agenda_of(scenario: Scenario, run: SurgeRun, people: PeopleCount | None) -> tuple[WaveAgenda, ...]:
    """Every wave in dates, for a run; without people, a sample of its batches. A date of the scenario's own does not count."""
    timetable = Timetable(replace(scenario, starts_at=None), run)
    return tuple(_wave(wave, timetable, people) for wave in scenario.waves)


def _wave(wave: Wave, timetable: Timetable, people: PeopleCount | None) -> WaveAgenda:
    if people is None:
        batches = timetable.batches(wave, _SAMPLE * (wave.size or 1))
        return WaveAgenda(wave=wave, people=None, batches=tuple(batches))
    count = people.of_wave.get(wave.name, 0)
    batches = timetable.batches(wave, count) if count else []
    return WaveAgenda(wave=wave, people=count, batches=tuple(batches))
