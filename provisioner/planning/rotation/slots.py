"""Slots for people: as few waits as the desktops allow, for nobody more than needed.

A person waits for each slot that is wanted and not given; those of earlier weeks count as well. Round by round, whoever waits
for most gets one more: a free slot, or one that somebody exchanges for another. A person for whom there is no such chain of
exchanges never has one again, and nobody loses a slot by one. So the numbers of slots that can be given form a polymatroid: at
the end the largest number of waits is as small as it can be, and so is the sum (N. Megiddo, Optimal flows in networks with
multiple sources and sinks, Mathematical Programming 7, 1974). People with an obligation take their turns before all others.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from provisioner.model.ids import AgentId


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who shares the desktops."""

    agent_id: AgentId
    wants: int
    """Slots."""
    department: str = ""
    obliged: bool = False
    """Served before all others."""
    absent: frozenset[int] = field(default=frozenset())
    """Slots in which the person does not work."""
    waited: int = 0
    """Slots of earlier weeks that the person wanted and did not get: they count as well."""

    def waits(self, given: int) -> int:
        """All waits with so many slots given; 0: nothing more is wanted."""
        return self.waited + self.wants - given if given < self.wants else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """The slots of each person, by number from 0."""

    slots: Mapping[AgentId, frozenset[int]]
    waits: Mapping[AgentId, int]
    """Slots that a person wants and does not get; people who get all are left out."""


def assign(people: Iterable[Person], capacity: Sequence[int], patterns: Mapping[str, Sequence[int]]) -> Assignment:
    """Slots for everybody; `capacity`: desktops in each slot; `patterns`: the order in which a department tries the slots."""
    ordered = sorted(people, key=lambda person: (not person.obliged, person.department, person.agent_id))
    board = _Board(ordered, capacity, patterns)
    for obliged in (True, False):
        _serve([person for person in ordered if person.obliged is obliged], board)
    given = board.slots
    waits = {person.agent_id: person.wants - len(given[person.agent_id]) for person in ordered}
    return Assignment(
        slots={agent_id: frozenset(slots) for agent_id, slots in given.items()},
        waits={agent_id: count for agent_id, count in waits.items() if count > 0},
    )


def assign_whole(
    certain: Sequence[Person], others: Iterable[Person], capacity: Sequence[int], patterns: Mapping[str, Sequence[int]]
) -> tuple[Assignment, frozenset[AgentId]]:
    """Slots for people who are certain of them, as `assign` gives them; then, in their order, all that they want for as many of
    the others as these suffice for. Who gets none, too."""
    turn = list(others)
    board, given = _Board([*certain, *turn], capacity, patterns), assign(certain, capacity, patterns)
    board.start_from(given)
    refused = frozenset(person.agent_id for person in turn if not board.give_all(person))
    slots = {agent_id: frozenset(slots) for agent_id, slots in board.slots.items() if agent_id not in refused}
    return Assignment(slots=slots, waits=given.waits), refused


def _serve(people: Sequence[Person], board: "_Board") -> None:
    """Round by round, whoever waits for most; who cannot be given one more is not asked again."""
    open_people = list(people)
    for waits in range(max((person.waited + person.wants for person in people), default=0), 0, -1):
        turn = [person for person in open_people if person.waits(len(board.slots[person.agent_id])) >= waits]
        stuck = {person.agent_id for person in turn if not board.give(person)}
        open_people = [person for person in open_people if person.agent_id not in stuck]


class _Board:
    """Who has which slot, while it is made."""

    def __init__(self, people: Sequence[Person], capacity: Sequence[int], patterns: Mapping[str, Sequence[int]]) -> None:
        self._people = {person.agent_id: person for person in people}
        self._capacity, self._patterns = capacity, patterns
        self.slots: dict[AgentId, set[int]] = {person.agent_id: set() for person in people}
        self._holders: list[dict[AgentId, None]] = [{} for _ in capacity]
        """Of each slot, in the order in which they got it."""
        self._full_for_good: set[int] = set()
        """Slots from which no chain of exchanges ends in a free one: none will, since nobody in them moves any more."""

    def give(self, person: Person) -> bool:
        """One slot more for this person, others keep as many as they have; False: there is no way."""
        chain = self._chain(person)
        for agent_id, old, new in chain or ():
            if old is not None:
                self.slots[agent_id].discard(old)
                del self._holders[old][agent_id]
            self.slots[agent_id].add(new)
            self._holders[new][agent_id] = None
        return chain is not None

    def start_from(self, given: Assignment) -> None:
        """Begin with these slots taken."""
        for agent_id, slots in given.slots.items():
            self.slots[agent_id] |= slots
            for slot in slots:
                self._holders[slot][agent_id] = None

    def give_all(self, person: Person) -> bool:
        """All that the person wants, others keep as many as they have; False: there is no way, and the person has none."""
        if person.wants <= self._free and all(self.give(person) for _ in range(person.wants)):
            return True
        for slot in self.slots[person.agent_id]:
            del self._holders[slot][person.agent_id]
        self.slots[person.agent_id].clear()
        self._full_for_good.clear()  # what was taken back is free for who comes next
        return False

    @property
    def _free(self) -> int:
        return sum(self._capacity) - sum(len(holders) for holders in self._holders)

    def _chain(self, person: Person) -> list[tuple[AgentId, int | None, int]] | None:
        """The shortest chain of moves, the last one first: who leaves which slot for which. None: there is none."""
        reached: dict[int, tuple[AgentId, int | None]] = dict.fromkeys(self._open_to(person), (person.agent_id, None))
        if (free := next(filter(self._has_room, reached), None)) is not None:
            return _unwound(reached, free)
        queue = deque(reached)
        while queue and len(reached) < len(self._capacity):
            slot = queue.popleft()
            for holder, other in self._exchanges(slot):
                if other not in reached:
                    reached[other] = (holder, slot)
                    queue.append(other)
                    if self._has_room(other):
                        return _unwound(reached, other)
        self._full_for_good |= reached.keys()
        return None

    def _exchanges(self, slot: int) -> Iterator[tuple[AgentId, int]]:
        """Who could leave this slot for which other."""
        return ((holder, other) for holder in self._holders[slot] for other in self._open_to(self._people[holder]))

    def _has_room(self, slot: int) -> bool:
        return len(self._holders[slot]) < self._capacity[slot]

    def _open_to(self, person: Person) -> list[int]:
        """The slots that the person could have as well, in the order of the department."""
        taken = self.slots[person.agent_id] | person.absent | self._full_for_good
        return [slot for slot in self._patterns[person.department] if slot not in taken]


def _unwound(reached: Mapping[int, tuple[AgentId, int | None]], slot: int) -> list[tuple[AgentId, int | None, int]]:
    chain, new = list[tuple[AgentId, int | None, int]](), slot
    while True:
        agent_id, old = reached[new]
        chain.append((agent_id, old, new))
        if old is None:
            return chain
        new = old
