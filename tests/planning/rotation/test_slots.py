"""The assignment of half-days; the checker knows nothing of how it is made."""

from collections import Counter
from collections.abc import Sequence
from random import Random

import pytest

from provisioner.model.ids import AgentId
from provisioner.planning.rotation.shares import patterns_of
from provisioner.planning.rotation.slots import Assignment, Person, assign
from tests.planning.rotation import checker


def assigned(people: Sequence[Person], capacity: Sequence[int]) -> Assignment:
    """With the patterns that belong to them."""
    return assign(people, capacity, patterns_of(people, capacity))


def a_week(random: Random, *, people: int, slots: int, most: int) -> tuple[list[Person], list[int]]:
    """People who want and miss what they like, and capacities that may be too small."""
    crowd = [
        Person(
            agent_id=AgentId(f"p{number:03}"),
            wants=random.randint(0, slots),
            department=random.choice("abc"),
            absent=frozenset(slot for slot in range(slots) if random.random() < 0.2),
        )
        for number in range(people)
    ]
    return crowd, [random.randint(0, most) for _ in range(slots)]


def asked(people: Sequence[Person]) -> tuple[dict[str, int], dict[str, frozenset[int]]]:
    """What the checker is given."""
    return {person.agent_id: person.wants for person in people}, {person.agent_id: person.absent for person in people}


def value(found: Assignment) -> tuple[int, int]:
    """The largest wait, and all waits."""
    return max(found.waits.values(), default=0), sum(found.waits.values())


@pytest.mark.parametrize("seed", range(40))
def test_no_assignment_of_a_small_week_is_better(seed: int) -> None:
    people, capacity = a_week(Random(seed), people=4, slots=4, most=3)
    wants, absent = asked(people)
    found = assigned(people, capacity)
    assert checker.violations(wants, absent, capacity, found.slots) == []
    assert value(found) == checker.best_by_search(wants, absent, capacity)


@pytest.mark.parametrize("seed", range(60))
def test_nobody_waits_more_than_has_to_be_in_a_random_week(seed: int) -> None:
    people, capacity = a_week(Random(seed), people=25, slots=6, most=25)
    wants, absent = asked(people)
    found = assigned(people, capacity)
    assert checker.violations(wants, absent, capacity, found.slots) == []
    assert sum(wants.values()) - sum(found.waits.values()) == checker.most_given(wants, absent, capacity)
    assert value(found)[0] == checker.least_largest_wait(wants, absent, capacity)


def the_example() -> list[Person]:
    """1,660 people for five half-days, 40 for all ten."""
    many = [
        Person(agent_id=AgentId(f"p{number:04}"), wants=5, department=f"d{number % 23:02}") for number in range(1660)
    ]  # fmt: skip
    return [
        *many,
        *(Person(agent_id=AgentId(f"o{number:02}"), wants=10, department="protection", obliged=True) for number in range(40)),
    ]


def test_1700_people_on_870_desktops_all_get_their_half_days_and_colleagues_come_together() -> None:
    people = the_example()
    found = assigned(people, [870] * 10)
    wants, absent = asked(people)
    assert checker.violations(wants, absent, [870] * 10, found.slots) == []
    assert found.waits == {}
    members = [found.slots[person.agent_id] for person in people if not person.obliged]
    departments = {person.department for person in people if not person.obliged}
    together = sum(
        max(Counter(found.slots[person.agent_id] for person in people if person.department == name).values())
        for name in departments
    )
    assert together >= 0.8 * len(members)


def test_with_too_few_desktops_the_obliged_wait_for_nothing_and_the_others_for_one_at_most() -> None:
    found = assigned(the_example(), [800] * 10)
    assert {agent_id[0] for agent_id in found.waits} == {"p"}
    assert value(found) == (1, 1660 * 5 + 400 - 8000)


def test_the_result_does_not_depend_on_the_order_of_the_people() -> None:
    people, capacity = a_week(Random(3), people=20, slots=6, most=12)
    assert assigned(people, capacity) == assigned(people[::-1], capacity)


def test_an_absent_person_gets_another_half_day_by_an_exchange() -> None:
    first = Person(agent_id=AgentId("a"), wants=1)
    second = Person(agent_id=AgentId("b"), wants=1, absent=frozenset({1}))
    found = assigned([first, second], [1, 1])
    assert found.slots == {"a": {1}, "b": {0}}


def test_nobody_and_nothing_is_no_error() -> None:
    assert assigned([], [3, 3]) == Assignment(slots={}, waits={})
    lonely = Person(agent_id=AgentId("a"), wants=2)
    assert assigned([lonely], []).waits == {"a": 2}
