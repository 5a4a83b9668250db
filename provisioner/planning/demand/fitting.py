"""Who fits under what a scenario, or an address range, gives: counted by wave, the most important first.

As if nobody had a desktop yet. Room on the clusters is another question, which a forecast answers.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from provisioner.model.ids import ProfileName, WaveName
from provisioner.model.people.profiles import Addressing, Profile
from provisioner.model.scenario.scenarios import Scenario
from provisioner.planning.demand.agenda import PeopleCount


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """For how many of the people there is enough of something."""

    name: str
    """The ceiling's, or the ends of the address range."""
    room: int
    people: int
    """Who needs it, in any wave."""
    left_out: tuple[tuple[WaveName, int], ...]
    """The waves for whose people there is not enough, and how many of each; the most important first."""
    profiles: tuple[ProfileName, ...] = ()
    """Of an address range: whose desktops have an address of it."""

    @property
    def fits(self) -> int:
        """People for whom there is enough."""
        return self.people - sum(count for _, count in self.left_out)


def under_ceilings(scenario: Scenario, people: PeopleCount) -> tuple[Fit, ...]:
    """By the limit of each ceiling; what others use of it is not known here."""
    return tuple(
        _fit(ceiling.name, ceiling.limit, scenario, lambda wave: people.of_wave.get(wave, 0)) for ceiling in scenario.ceilings
    )


def in_ranges(
    scenario: Scenario, people: PeopleCount, profiles: Mapping[ProfileName, Profile], size: Callable[[Addressing], int]
) -> Iterator[Fit]:
    """Of each address range; profiles with the same range share it. `size`: how many addresses it has."""
    ranges: dict[Addressing, list[ProfileName]] = {}
    for name in sorted(profiles):
        if profiles[name].addressing.first:
            ranges.setdefault(profiles[name].addressing, []).append(name)
    for addressing, names in ranges.items():
        fit = _fit(_ends(addressing), size(addressing), scenario, _of(people, names), tuple(names))
        if fit.people:
            yield fit


def _of(people: PeopleCount, names: Collection[ProfileName]) -> Callable[[WaveName], int]:
    return lambda wave: sum(people.of_profile.get((wave, name), 0) for name in names)


def _ends(addressing: Addressing) -> str:
    return f"{addressing.first}\N{EN DASH}{addressing.last}"


def _fit(
    name: str,
    room: int,
    scenario: Scenario,
    count: Callable[[WaveName], int],
    profiles: tuple[ProfileName, ...] = (),
) -> Fit:
    left, total, out = room, 0, []
    for wave in sorted(scenario.waves, key=lambda each: each.priority):
        people = count(wave.name)
        total, short, left = total + people, max(0, people - left), max(0, left - people)
        out += [(wave.name, short)] if short else []
    return Fit(name=name, room=room, people=total, left_out=tuple(out), profiles=profiles)


__all__ = ["Fit", "in_ranges", "under_ceilings"]
