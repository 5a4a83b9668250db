"""Who is who: what a reading shows under each id is compared with the people in force, by everything known of them. Pure.

A directory's id is one trait among several. An id that its server makes (entryUUID, objectGUID) is never used again; any other
is typed, and an import that slips by a row moves it to the next person. `Case` says what follows from each answer, `SUFFICES`
what is proof enough. Only owners of desktops are compared: nobody else has anything to lose.
"""

import enum
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

from provisioner.model.agents import AccountStatus, Agent, Rejected, Roster
from provisioner.model.ids import AgentId
from provisioner.planning.roster.changes import AcceptedState
from provisioner.planning.roster.departed import known_in
from provisioner.planning.roster.recreated import (
    Recreations,
    best_of_each,
    by_traits,
    keep_accepted,
    missing_in,
    pair_recreated,
)
from provisioner.planning.roster.traits import Likeness, TraitIndex, compare_entries, name_of, traits_of
from provisioner.reasons.directory import OTHER_PERSON, OTHER_PERSON_KNOWN, PERSON_UNCLEAR, SECOND_ENTRY

_Sides = tuple[Mapping[AgentId, Agent], Mapping[AgentId, Agent]]


class Case(enum.StrEnum):
    """Every answer. What is not `SAME` or `RENAMED` is held until an operator says who is who."""

    SAME = "same"
    """The same id, and nothing that identifies a person has changed."""
    RENAMED = "renamed"
    """The same id, and enough is as before: a marriage, another form of logins, another mail domain. It is taken up."""
    ANOTHER = "another person"
    """The same id, and too little is as before: a number that was given to somebody else."""
    SWAPPED = "swapped"
    """The same id, and what it shows was known under another id, or its person is listed under another: an import that slipped
    by a row, two numbers exchanged."""
    UNCLEAR = "unclear"
    """The same id, and what is as before (a part of the name, the unit) is true of many: a marriage that changed all else."""
    RECREATED = "re-created"
    """A new id and a person who is gone, one of each: an account made anew, a batch of a migration."""
    MERGED = "merged"
    """A new id, and several people who are gone: two trees become one."""
    TWICE = "twice"
    """A new id, beside an owner who is listed too and seems to be the same person: two trees, an account for other work."""
    SPLIT = "split"
    """Several new ids, and a person who is gone: whoever of them it is, the others are somebody else."""


SUFFICES = (
    # equal traits of two entries      under the same typed id    under a new id
    ({"made"}, True, True),
    ({"number"}, True, True),
    ({"login", "name"}, True, True),
    ({"login", "mail"}, True, True),
    ({"name", "mail"}, True, True),
    ({"rare name", "place"}, True, False),
    ({"name alone"}, False, True),
    ({"login", "nothing against"}, True, True),
    ({"login", "part of name"}, True, False),
    ({"own mailbox", "part of name"}, True, False),
    ({"nothing against"}, True, False),
)
"""Each line is enough to be the same person. `rare name`: nobody else has it, before and now, and no number says that they are
two; `place`: the unit or the department; `name alone`: whoever has the name too makes it unclear; `nothing against`: no trait
that both entries have differs; `part of name`: a word of it; `own mailbox`: nobody else has it, before and now.
A login or mailbox that is made of the id says no more than it."""
_MOVED = 2
"""Equal traits with the entry of another id, if more than with the own: a name that two people share moves nobody. All of them,
where a directory has fewer."""
_SHORT = 3
"""Letters: `de` and `le` are in many names."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoIsWho:
    """Everybody in a reading who waits for an operator."""

    others: tuple[OtherPerson, ...] = ()
    """By login."""
    recreated: Recreations = Recreations()
    elsewhere: tuple[Agent, ...] = ()
    """Agents in force who are not listed under their own id, but under another owner's."""
    twice: tuple[Likeness, ...] = ()
    """Owners, and newcomers who seem to be the same people, both as listed; by login."""

    def __bool__(self) -> bool:
        return bool(self.others or self.recreated or self.twice)

    def kept(self, reading: Roster) -> Roster:
        """The reading with each of these people as last accepted."""
        left_out = {other.agent_id for other in self.others} | {pair.new.agent_id for pair in self.twice}
        agents = {key: agent for key, agent in reading.agents.items() if key not in left_out}
        agents |= {agent.agent_id: agent for agent in self.elsewhere}
        rejected = (*reading.rejected, *map(_refusal, self.others), *map(_refusal_of_second, self.twice))
        return keep_accepted(replace(reading, agents=agents, rejected=rejected), self.recreated)


def who_is_who(
    reading: Roster,
    basis: AcceptedState,
    *,
    distinct: Set[AgentId] = frozenset(),
    renamed: Set[AgentId] = frozenset(),
    everybody: bool = False,
) -> WhoIsWho:
    """Compare a reading with the people in force.

    `distinct` are ids that an operator has declared to be new people, `renamed` ids that an operator has declared to be the
    same person as before; with `everybody` accepted agents without a desktop are looked for under new ids, too.
    """
    people = _People(reading, basis)
    others = tuple(sorted(people.others(renamed), key=lambda other: (other.entries.old.login, other.agent_id)))
    gone = _gone(reading, basis, others, everybody=everybody)
    recreated = _recreated(gone, people, distinct) if gone else Recreations()
    missing = gone.keys() & (basis.accepted.agents.keys() if basis.accepted is not None else ())
    known_as = (other.known_as for other in others if other.known_as is not None)
    elsewhere = tuple(agent for agent in known_as if agent.agent_id in missing)
    matched = {agent.agent_id for agent in recreated.newcomers}
    twice = tuple(_twice(people, gone, distinct | matched))
    return WhoIsWho(others=others, recreated=recreated, elsewhere=elsewhere, twice=twice)


def case_of_group(old: int, new: int) -> Case:
    """Of people under new ids: how many are gone, and how many entries are like them."""
    if old == new == 1:
        return Case.RECREATED
    return Case.MERGED if new == 1 else Case.SPLIT if old == 1 else Case.UNCLEAR


class _People:
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
        if self.basis.ids_are_made or _is_enough(self.evidence(own), new_id=False):
            return None
        return OtherPerson(case=Case.UNCLEAR if _is_like(old, new) else Case.ANOTHER, entries=own)

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
        if _is_of_one_place(pair.old, pair.new):
            found.add("place")
        if not pair.differs:
            found.add("nothing against")
        if "name" in pair.differs and _shares_a_word(pair.old, pair.new):
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


def _recreated(gone: Mapping[AgentId, Agent], people: _People, distinct: Set[AgentId]) -> Recreations:
    """Those who are gone and are the same person as a listed agent without a desktop, or with one made just now."""
    basis, index = people.basis, TraitIndex(gone.values())
    in_force = basis.accepted.agents if basis.accepted is not None else {}
    matches: list[Likeness] = []
    for key, agent in people.reading.agents.items():
        if key in distinct or key in gone or (key in basis.owners and key not in basis.came):
            continue
        for pair in (compare_entries(gone[old], agent) for old in index.alike(agent)):
            if _is_news(pair, in_force, basis.came) and _is_enough(people.evidence(pair), new_id=True):
                matches.append(pair)
    return pair_recreated(best_of_each(best_of_each(matches, new=False), new=True))


def _twice(people: _People, gone: Mapping[AgentId, Agent], others: Set[AgentId]) -> Iterator[Likeness]:
    """Newcomers beside an owner who seems to be the same person; `others` are left out.

    A name alone says so only of two in one unit or department, or of an owner who is gone. Who is held already as such an owner
    stays held, whatever becomes of the owner's entry.
    """
    reading, basis = people.reading, people.basis
    in_force = basis.accepted.agents.keys() if basis.accepted is not None else set[AgentId]()
    newcomers = sorted(reading.agents.keys() - in_force - basis.owners - others)
    if not in_force or not newcomers:
        return
    there = [
        *reading.agents.values(),
        *(agent for key, agent in people.known.items() if key in gone or key not in reading.agents),
    ]
    there = [agent for agent in there if agent.agent_id in basis.owners]
    index, of_id = TraitIndex(there), defaultdict[AgentId, list[Agent]](list)
    for agent in there:
        of_id[agent.agent_id].append(agent)
    for new in (reading.agents[key] for key in newcomers):
        held = [agent for key in people.held_as(new) for agent in of_id.get(key, ())]
        alike = (agent for key in sorted(index.alike(new)) for agent in of_id[key])
        pairs = (compare_entries(agent, new) for agent in alike)
        found = (pair for pair in pairs if _is_second(pair, people.evidence(pair), name_alone=pair.old.agent_id in gone))
        if pair := next(chain((compare_entries(agent, new) for agent in held), found), None):
            yield pair


def _is_second(pair: Likeness, evidence: set[str], *, name_alone: bool) -> bool:
    if not _is_enough(evidence, new_id=True):
        return False
    return name_alone or _is_enough(evidence - {"name alone"}, new_id=True) or _is_of_one_place(pair.old, pair.new)


def _gone(
    reading: Roster, basis: AcceptedState, others: Iterable[OtherPerson], *, everybody: bool
) -> dict[AgentId, Agent]:  # fmt: skip
    """Who may be listed under a new id: not listed any more, disabled, or with somebody else under the own id."""
    ids = basis.owners | basis.accepted.agents.keys() if everybody and basis.accepted is not None else basis.owners
    gone = missing_in(reading, basis.accepted, ids)
    known = known_in(basis.accepted)
    for key in sorted(basis.owners & reading.agents.keys() & known.keys()):
        if not reading.agents[key].enabled:
            gone[key] = replace(known[key], standing=AccountStatus.ACTIVE)
    return gone | {other.agent_id: other.entries.old for other in others}


def _is_news(pair: Likeness, in_force: Mapping[AgentId, Agent], came: Set[AgentId]) -> bool:
    """Whether the match is new: agents listed side by side are two people, unless the login has just been handed over, or the
    new one came a few days before the other went."""
    before = in_force.get(pair.new.agent_id)
    if before is None or ("login" in pair.same and before.login.casefold() != pair.new.login.casefold()):
        return True
    old = in_force.get(pair.old.agent_id)
    return pair.new.agent_id in came and old is not None and old.enabled


def _is_enough(evidence: Set[str], *, new_id: bool) -> bool:
    return any(needed <= evidence for needed, same_id, under_new in SUFFICES if (under_new if new_id else same_id))


def _independent(pair: Likeness) -> Likeness:
    """Without equal traits that are made of the id: they came with it."""
    made_of_id = {trait for trait, value in traits_of(pair.new) if trait in ("login", "mail") and _is_made_of(value, pair.new)}
    return replace(pair, same=tuple(trait for trait in pair.same if trait not in made_of_id))


def _is_made_of(value: str, agent: Agent) -> bool:
    digits = "".join(filter(str.isdigit, agent.agent_id)).lstrip("0")
    return agent.agent_id in value or value in agent.agent_id or (len(digits) >= _SHORT and digits in value)


def _is_like(old: Agent, new: Agent) -> bool:
    return _shares_a_word(old, new) or (bool(old.unit) and old.unit == new.unit and old.department == new.department)


def _is_of_one_place(old: Agent, new: Agent) -> bool:
    same = (before == now for before, now in ((old.unit, new.unit), (old.department, new.department)) if before)
    return any(same)


def _shares_a_word(old: Agent, new: Agent) -> bool:
    words = {word for word in name_of(old).replace("-", " ").split() if len(word) >= _SHORT}
    return bool(words & set(name_of(new).replace("-", " ").split()))


def _identity(agent: Agent) -> tuple[object, ...]:
    """What is compared at all: nearly everybody is as before."""
    return agent.login, agent.display_name, agent.mail, agent.attributes


def _refusal(other: OtherPerson) -> Rejected:
    old, new = other.entries.old, other.entries.new
    if other.known_as is not None:
        reason = OTHER_PERSON_KNOWN(id=old.agent_id, old=old.login, new=new.login, known=other.known_as.agent_id)
    else:
        reason = (PERSON_UNCLEAR if other.case is Case.UNCLEAR else OTHER_PERSON)(id=old.agent_id, old=old.login, new=new.login)
    return Rejected(entry=new.agent_id, reason=reason, agent_id=new.agent_id, login=new.login, same_as=(new.agent_id,))


def _refusal_of_second(pair: Likeness) -> Rejected:
    key = pair.new.agent_id
    reason = SECOND_ENTRY(login=pair.new.login, old=pair.old.agent_id, by=by_traits(pair.same), id=key)
    return Rejected(entry=key, reason=reason, agent_id=key, login=pair.new.login, same_as=(pair.old.agent_id,))


__all__ = ["SUFFICES", "Case", "OtherPerson", "WhoIsWho", "case_of_group", "who_is_who"]
