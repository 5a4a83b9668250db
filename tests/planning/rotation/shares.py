"""Random weeks whose half-days may not suffice, with what a scenario's `shortage` says: judged by what knows no planner."""

from collections.abc import Callable
from random import Random

from provisioner.model.ids import AgentId
from provisioner.model.scenario.half_days import Share
from provisioner.planning.rotation.shares import SharedOut, share_out
from provisioner.planning.rotation.slots import Person
from tests.planning.rotation import checker
from tests.planning.rotation.weeks import a_week

Planner = Callable[..., SharedOut]
SLOTS = 5
SHARES = tuple(Share(slots=count, of=SLOTS) for count in (4, 2, 1))


def wrong_in(seed: int, *, refuses: bool, planner: Planner = share_out) -> list[str]:
    """What the checker finds in the plan of a random week; every second person had half-days before."""
    random = Random(seed)
    crowd, capacity = a_week(random, people=random.randint(2, 20), slots=SLOTS, most=random.randint(1, 20))
    before = {person.agent_id: random.choice(SHARES) for person in crowd if random.random() < 0.5}
    wants = {share: {person.agent_id: _wanted(person, share, before) for person in crowd} for share in SHARES}

    def people_with(share: Share) -> list[Person]:
        return [_wanting(person, wants[share][person.agent_id]) for person in crowd]

    found = planner(people_with, SHARES, capacity, certain=before.keys(), refuses=refuses)
    absent = {person.agent_id: person.absent for person in crowd}
    given = found.assignment.slots
    wanted = {who: count for who, count in wants[found.share].items() if who not in found.refused}
    wrong = checker.violations(wanted, absent, capacity, given)
    larger = SHARES[: SHARES.index(found.share)]
    wrong += [f"{share} suffices for all" for share in larger if checker.can_be_given(wants[share], absent, capacity)]
    if checker.can_be_given(wants[found.share], absent, capacity):
        return wrong + ["somebody waits"] * bool(found.assignment.waits) + ["somebody is refused"] * bool(found.refused)
    if found.share != SHARES[-1]:
        wrong.append(f"{found.share} does not suffice, and less was not tried")
    sure = {person.agent_id for person in crowd if person.obliged} | before.keys()
    return wrong + _wrongly_refused(found, sure, wanted, wants[found.share], absent, capacity, refuses=refuses)


def _wrongly_refused(
    found: SharedOut,
    sure: set[AgentId],
    wanted: dict[AgentId, int],
    wants: dict[AgentId, int],
    absent: dict[AgentId, frozenset[int]],
    capacity: list[int],
    *,
    refuses: bool,
) -> list[str]:
    """Nobody who is sure; whoever else is served has everything; and for nobody who is refused there would have been room."""
    if not refuses:
        return ["somebody is refused"] if found.refused else []
    given = {who: len(slots) for who, slots in found.assignment.slots.items()}
    wrong = [f"{who} is refused" for who in sorted(found.refused & sure)]
    wrong += [f"{who} has only a part" for who, count in given.items() if who not in sure and count < wanted[who]]
    for who in sorted(found.refused):
        if checker.can_be_given({**given, who: wants[who]}, absent, capacity):
            wrong.append(f"there is room for {who}")
    return wrong


def _wanted(person: Person, share: Share, before: dict[AgentId, Share]) -> int:
    there = SLOTS - len(person.absent)
    if person.obliged:
        return there
    mine = max(share, before.get(person.agent_id, share), key=lambda each: each.part)
    return min(there, mine.wanted(SLOTS))


def _wanting(person: Person, wants: int) -> Person:
    return Person(
        agent_id=person.agent_id,
        wants=wants,
        department=person.department,
        obliged=person.obliged,
        absent=person.absent,
        waited=person.waited,
    )
