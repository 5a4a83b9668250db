"""Who is who under the same id: owners of desktops are compared with what a reading shows under their ids. Pure."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property

from provisioner.model.ids import AgentId
from provisioner.model.people.agents import Agent, Roster
from provisioner.planning.roster.cases import Case, is_enough, is_like, is_made_of, is_of_one_place, shares_a_word
from provisioner.planning.roster.changes import AcceptedState
from provisioner.planning.roster.departed import known_in
from provisioner.planning.roster.traits import Likeness, TraitIndex, compare_entries, traits_of

_Sides = tuple[Mapping[AgentId, Agent], Mapping[AgentId, Agent]]
_MOVED = 2
"""Equal traits with the entry of another id, if more than with the own: a name that two people share moves nobody. All of them,
where a directory has fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPerson:
    """An id that seems to show another person than the owner of the desktop."""

    case: Case
    entries: Likeness
    """As last accepted, and as listed now under this id."""
    known_as: Agent | None = None
    """Who was in force like this, under another id."""
    listed_as: Agent | None = None
    """How the owner seems to be listed now, under another id."""

    @property
    def agent_id(self) -> AgentId:
        """The id that both have."""
        return self.entries.old.agent_id


class RosterPair:
    """A reading beside the people in force. Indices are made when the first entry asks for them."""

    def __init__(self, reading: Roster, basis: AcceptedState) -> None:
        self.reading, self.basis = reading, basis
        self.known = known_in(basis.accepted)
        rejected = basis.accepted.rejected if basis.accepted is not None else ()
        self._held = {entry.agent_id: entry for entry in rejected if entry.agent_id is not None}

    @cached_property
    def before(self) -> TraitIndex:
        """Everybody in force, and who has left but for a desktop."""
        return TraitIndex(self.known.values())

    @cached_property
    def now(self) -> TraitIndex:
        """Everybody who is listed."""
        return TraitIndex(self.reading.agents.values())

    def held_as(self, new: Agent) -> Sequence[AgentId]:
        """As whom an entry with this login is held already."""
        entry = self._held.get(new.agent_id)
        return entry.same_as if entry is not None and entry.login == new.login else ()

    def others(self, renamed: Set[AgentId]) -> Iterator[OtherPerson]:
        """Owners whose id seems to show somebody else."""
        for key in self.basis.owners - renamed:
            old, new = self.known.get(key), self.reading.agents.get(key)
            if old is not None and new is not None and _identity(old) != _identity(new) and (other := self._other(old, new)):
                yield other

    def _other(self, old: Agent, new: Agent) -> OtherPerson | None:
        own = _independent(compare_entries(old, new))
        known_as = self._closer(new, self.before, (self.known, self.reading.agents), len(own.same))
        listed_as = self._closer(old, self.now, (self.reading.agents, self.known), len(own.same))
        if known_as is not None or listed_as is not None:
            return OtherPerson(case=Case.SWAPPED, entries=own, known_as=known_as, listed_as=listed_as)
        if self.basis.ids_are_made or is_enough(self.evidence(own), new_id=False):
            return None
        return OtherPerson(case=Case.UNCLEAR if is_like(old, new) else Case.ANOTHER, entries=own)

    def _closer(self, agent: Agent, among: TraitIndex, sides: _Sides, own: int) -> Agent | None:
        """Whoever has more in common with this entry than the entry before it, or after it, under the same id.

        `sides`: the people to look among, and the same ids at the other time: whoever was as like then is somebody beside.
        """
        people, other_time = sides
        pairs = [compare_entries(agent, people[key]) for key in among.alike(agent) - {agent.agent_id}]
        closest = max(pairs, key=lambda pair: (len(pair.same), pair.new.agent_id), default=None)
        if closest is None or len(closest.same) < max(min(_MOVED, len(traits_of(agent))), own + 1):
            return None
        then = other_time.get(closest.new.agent_id)
        stays = then is not None and len(compare_entries(agent, then).same) >= len(closest.same)
        return None if stays else closest.new

    def evidence(self, pair: Likeness) -> set[str]:
        """What speaks for one person, in the words of `SUFFICES`."""
        found = {trait for trait in pair.same if trait != "number" or self._is_rare(pair, trait)}
        if "name" in pair.same and "number" not in pair.differs:
            found |= {"name alone", "rare name"} if self._is_rare(pair, "name") else {"name alone"}
        if "mail" in pair.same and self._is_rare(pair, "mail"):
            found.add("own mailbox")
        if is_of_one_place(pair.old, pair.new):
            found.add("place")
        if not pair.differs:
            found.add("nothing against")
        if "name" in pair.differs and shares_a_word(pair.old, pair.new):
            found.add("part of name")
        return found

    def _is_rare(self, pair: Likeness, trait: str) -> bool:
        """Whether nobody but these two has this trait, neither before nor now."""
        value = dict(traits_of(pair.old))[trait]
        counts = ((self.before, self.known, pair.new), (self.now, self.reading.agents, pair.old))
        return all(
            index.count(trait, value) - _has(people.get(other.agent_id), pair, trait, value) <= 1
            for index, people, other in counts
        )


def _has(agent: Agent | None, pair: Likeness, trait: str, value: str) -> bool:
    """Whether the pair's other entry is there too: side by side for a while, it is still of one person."""
    if agent is None or pair.old.agent_id == pair.new.agent_id:
        return False
    return (trait, value) in traits_of(agent)


def _independent(pair: Likeness) -> Likeness:
    """Without equal traits that are made of the id: they came with it."""
    made_of_id = {trait for trait, value in traits_of(pair.new) if trait in ("login", "mail") and is_made_of(value, pair.new)}
    return replace(pair, same=tuple(trait for trait in pair.same if trait not in made_of_id))


def _identity(agent: Agent) -> tuple[object, ...]:
    """What is compared at all: nearly everybody is as before."""
    return agent.login, agent.display_name, agent.mail, agent.attributes


__all__ = ["OtherPerson", "RosterPair"]
