"""How many half-days everybody is planned with, if they do not suffice: what the scenario's `shortage` says, in its order."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from provisioner.model.ids import AgentId
from provisioner.model.rotation import Share
from provisioner.model.scenarios import share_of
from provisioner.planning.rotation.slots import Assignment, Person, assign, assign_whole
from provisioner.planning.rotation.together import patterns_of

PeopleWith = Callable[[Share], Sequence[Person]]
"""The people of a week, and what each wants, if whoever is new has this share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedOut:
    """A week's slots."""

    people: Sequence[Person]
    assignment: Assignment
    share: Share
    """Of whoever is new."""
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


__all__ = ["SharedOut", "share_out"]
