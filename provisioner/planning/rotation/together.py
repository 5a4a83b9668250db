"""Colleagues in the same half-days: each department has the slots that it tries first."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from provisioner.planning.rotation.slots import Person


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
