"""How many half-days everybody is planned with, if they do not suffice: what the scenario's `shortage` says, in its order. And
colleagues in the same half-days: each department has the slots that it tries first."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from provisioner.model.ids import AgentId
from provisioner.model.scenario.half_days import Share
from provisioner.model.scenario.scenarios import share_of
from provisioner.planning.rotation.slots import Assignment, Person, assign, assign_whole

PeopleWith = Callable[[Share], Sequence[Person]]
"""The people of a week, and what each wants, if whoever is new has this share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedOut:
    """A week's slots."""

    people: Sequence[Person]
    assignment: Assignment
    share: Share
    """The share of people who are new."""
    refused: frozenset[AgentId] = frozenset()
    """Who gets none."""


def share_out(
    people_with: PeopleWith, shares: Sequence[Share], capacity: Sequence[int], *, certain: Collection[AgentId], refuses: bool
) -> SharedOut:
    """The first share that suffices for all. If none does: the last, as evenly as can be; or if the scenario refuses, in full
    for as many people as it suffices for. People with an obligation, and who is `certain`, are never refused.

    Who comes first of the others follows from a hash of the person: no letter of a name and no department comes first.
    """
    for share in shares:
        people = people_with(share)
        patterns = patterns_of(people, capacity)
        found = SharedOut(people=people, assignment=assign(people, capacity, patterns), share=share)
        if not found.assignment.waits:
            return found
    if not refuses:
        return found
    sure = [person for person in people if person.obliged or person.agent_id in certain]
    others = [person for person in people if not person.obliged and person.agent_id not in certain]
    turn = sorted(others, key=lambda person: share_of(person.agent_id))
    assignment, refused = assign_whole(sure, turn, capacity, patterns)
    admitted = [person for person in people if person.agent_id not in refused]
    return SharedOut(people=admitted, assignment=assignment, share=share, refused=refused)


def patterns_of(people: Iterable[Person], capacity: Sequence[int]) -> Mapping[str, Sequence[int]]:
    """All slots for each department, in the order in which its people try them.

    The largest departments choose first, each the slots with most room left, and take as much of it as their people want.
    """
    departments: defaultdict[str, list[Person]] = defaultdict(list)
    for person in people:
        departments[person.department].append(person)
    room, patterns = [float(count) for count in capacity], dict[str, Sequence[int]]()
    for name, members in sorted(departments.items(), key=lambda item: (-len(item[1]), item[0])):
        patterns[name] = pattern = sorted(range(len(room)), key=lambda slot: (-room[slot], slot))
        for place, slot in enumerate(pattern):
            room[slot] -= sum(place < person.wants for person in members)
    return patterns


__all__ = ["SharedOut", "patterns_of", "share_out"]
