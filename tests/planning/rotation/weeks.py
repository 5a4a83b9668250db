"""`python -m tests.planning.rotation.weeks --weeks 10000`: random weeks, planned, and judged by what knows no planner."""

import argparse
import sys
from collections.abc import Callable
from random import Random

from provisioner.model.ids import AgentId
from provisioner.planning.rotation.shares import patterns_of
from provisioner.planning.rotation.slots import Assignment, Person, assign
from tests.planning.rotation import checker

Planner = Callable[..., Assignment]
"""As `assign`; a test gives a worse one, to see that it is found out."""
SMALL = (4, 4, 3)
"""People, slots, and the most desktops of a week that is also searched through."""


def a_week(random: Random, *, people: int, slots: int, most: int) -> tuple[list[Person], list[int]]:
    """People who want, miss and have waited for what they like, and capacities that may be too small."""
    crowd = [
        Person(
            agent_id=AgentId(f"p{number:03}"),
            wants=random.randint(0, slots),
            department=random.choice("abc"),
            obliged=random.random() < 0.1,
            absent=frozenset(slot for slot in range(slots) if random.random() < 0.2),
            waited=random.choice((0, 0, 0, 1, 2)),
        )
        for number in range(people)
    ]
    return crowd, [random.randint(0, most) for _ in range(slots)]


def wrong_in(seed: int, *, planner: Planner = assign) -> list[str]:
    """What the checker finds in the plan of a random week."""
    random = Random(seed)
    people, capacity = a_week(random, people=random.randint(1, 30), slots=random.randint(1, 7), most=random.randint(1, 25))
    return _judged(people, capacity, planner(people, capacity, patterns_of(people, capacity)))


def wrong_in_small(seed: int, *, planner: Planner = assign) -> list[str]:
    """The same, against every assignment that there is; nobody has an obligation."""
    count, slots, most = SMALL
    people, capacity = a_week(Random(seed), people=count, slots=slots, most=most)
    people = [Person(agent_id=each.agent_id, wants=each.wants, absent=each.absent, waited=each.waited) for each in people]
    found = planner(people, capacity, patterns_of(people, capacity))
    wants, absent, waited = _plain(people)
    waits = sorted((waited[who] + wants[who] - len(slots) for who, slots in found.slots.items()), reverse=True)
    best = checker.best_waits(wants, absent, capacity, waited)
    return [] if tuple(waits) == best else [f"waits {waits}, and {best} can be"]


def _plain(people: list[Person]) -> tuple[dict[str, int], dict[str, frozenset[int]], dict[str, int]]:
    return (
        {each.agent_id: each.wants for each in people},
        {each.agent_id: each.absent for each in people},
        {each.agent_id: each.waited for each in people},
    )


def _judged(people: list[Person], capacity: list[int], found: Assignment) -> list[str]:
    wants, absent, waited = _plain(people)
    given = {who: len(slots) for who, slots in found.slots.items()}
    wrong = checker.violations(wants, absent, capacity, found.slots)
    if sum(given.values()) != (most := checker.most_given(wants, absent, capacity)):
        wrong.append(f"{sum(given.values())} slots are given, and {most} can be")
    obliged = {each.agent_id for each in people if each.obliged}
    first = {who: count for who, count in wants.items() if who in obliged}
    if sum(given[who] for who in obliged) != checker.most_given(first, absent, capacity):
        wrong.append("somebody without an obligation has a slot that somebody with one could have")
    return wrong + _larger_than_need_be(wants, absent, waited, capacity, given, obliged)


def _larger_than_need_be(
    wants: dict[str, int],
    absent: dict[str, frozenset[int]],
    waited: dict[str, int],
    capacity: list[int],
    given: dict[str, int],
    obliged: set[AgentId],
) -> list[str]:
    """Whether the largest wait of those who wait for more could be one less, with what people with an obligation have."""
    waits = {who: waited[who] + wants[who] - count for who, count in given.items() if who not in obliged}
    largest = max((wait for who, wait in waits.items() if given[who] < wants[who]), default=0)
    if largest == 0:
        return []
    kept = {who: given[who] for who in obliged}
    needs = {who: min(wants[who], max(0, waited[who] + wants[who] - (largest - 1))) for who in waits}
    if checker.can_be_given({**kept, **needs}, absent, capacity):
        return [f"the largest wait is {largest}, and could be {largest - 1}"]
    return []


def main(arguments: list[str] | None = None) -> int:
    """The command; exit code 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description="Random weeks of a rotation, planned and checked.")
    parser.add_argument("--weeks", type=int, default=10_000)
    parser.add_argument("--small", type=int, default=1_000, help="weeks that are searched through")
    options = parser.parse_args(arguments)
    wrong = [f"week {seed}: {what}" for seed in range(options.weeks) for what in wrong_in(seed)]
    wrong += [f"small week {seed}: {what}" for seed in range(options.small) for what in wrong_in_small(seed)]
    print(f"{options.weeks} weeks and {options.small} small ones: {len(wrong)} wrong", *wrong[:20], sep="\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
