"""Random weeks, with obligations and earlier waits, judged by a program that does not know the planner."""

import pytest

from provisioner.model.ids import AgentId
from provisioner.planning.rotation.slots import Assignment, Person, assign
from tests.planning.rotation import weeks


@pytest.mark.parametrize("first", range(0, 300, 50))
def test_no_plan_of_a_random_week_is_worse_than_need_be(first: int) -> None:
    assert [what for seed in range(first, first + 50) for what in weeks.wrong_in(seed)] == []


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_of_a_small_week_every_other_assignment_was_tried(first: int) -> None:
    assert [what for seed in range(first, first + 20) for what in weeks.wrong_in_small(seed)] == []


def test_a_planner_that_takes_people_as_they_come_is_found_out() -> None:
    """Each gets all that is left, instead of one slot in each round."""

    def greedy(people, capacity, patterns):
        room, given, waits = list(capacity), {}, {}
        for person in people:
            free = [slot for slot in range(len(room)) if room[slot] > 0 and slot not in person.absent][: person.wants]
            given[AgentId(person.agent_id)] = frozenset(free)
            for slot in free:
                room[slot] -= 1
        return Assignment(slots=given, waits=waits)

    assert sum(bool(weeks.wrong_in(seed, planner=greedy)) for seed in range(50)) > 10
    assert sum(bool(weeks.wrong_in_small(seed, planner=greedy)) for seed in range(50)) > 10


def test_a_person_who_has_waited_before_is_served_first() -> None:
    first, second = (Person(agent_id=AgentId(name), wants=1, waited=waited) for name, waited in (("a", 0), ("b", 1)))

    assert assign([first, second], [1], {"": [0]}).waits == {"a": 1}
