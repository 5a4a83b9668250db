"""Who is who: what a reading shows under each id is compared with the people in force, by everything known of them. Pure.

A directory's id is one trait among several. An id that its server makes (entryUUID, objectGUID) is never used again; any other
is typed, and an import that slips by a row moves it to the next person. `Case` says what follows from each answer, `SUFFICES`
what is proof enough (`cases`). Only owners of desktops are compared: nobody else has anything to lose.

Who is who under new ids: people who are gone and are there again, and second entries of people who are there. Pure.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from itertools import chain

from provisioner.model.ids import AgentId
from provisioner.model.people.agents import AccountStatus, Agent, Rejected, Roster
from provisioner.planning.roster.cases import Case, is_enough, is_of_one_place
from provisioner.planning.roster.changes import AcceptedState
from provisioner.planning.roster.departed import known_in
from provisioner.planning.roster.owners import OtherPerson, RosterPair
from provisioner.planning.roster.recreated import (
    Recreations,
    best_of_each,
    by_traits,
    keep_accepted,
    missing_in,
    pair_recreated,
)
from provisioner.planning.roster.traits import Likeness, TraitIndex, compare_entries
from provisioner.reasons.directory import OTHER_PERSON, OTHER_PERSON_KNOWN, PERSON_UNCLEAR, SECOND_ENTRY


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoIsWho:
    """Everybody in a reading who waits for an operator."""

    others: tuple[OtherPerson, ...] = ()
    """The others, by login."""
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
    people = RosterPair(reading, basis)
    others = tuple(sorted(people.others(renamed), key=lambda other: (other.entries.old.login, other.agent_id)))
    gone = gone_in(reading, basis, others, everybody=everybody)
    recreated = recreated_in(gone, people, distinct) if gone else Recreations()
    missing = gone.keys() & (basis.accepted.agents.keys() if basis.accepted is not None else ())
    known_as = (other.known_as for other in others if other.known_as is not None)
    elsewhere = tuple(agent for agent in known_as if agent.agent_id in missing)
    matched = {agent.agent_id for agent in recreated.newcomers}
    twice = tuple(second_entries(people, gone, distinct | matched))
    return WhoIsWho(others=others, recreated=recreated, elsewhere=elsewhere, twice=twice)


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


def gone_in(
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


def recreated_in(gone: Mapping[AgentId, Agent], people: RosterPair, distinct: Set[AgentId]) -> Recreations:
    """Those who are gone and are the same person as a listed agent without a desktop, or with one made just now."""
    basis, index = people.basis, TraitIndex(gone.values())
    in_force = basis.accepted.agents if basis.accepted is not None else {}
    matches: list[Likeness] = []
    for key, agent in people.reading.agents.items():
        if key in distinct or key in gone or (key in basis.owners and key not in basis.came):
            continue
        for pair in (compare_entries(gone[old], agent) for old in index.alike(agent)):
            if _is_news(pair, in_force, basis.came) and is_enough(people.evidence(pair), new_id=True):
                matches.append(pair)
    return pair_recreated(best_of_each(best_of_each(matches, new=False), new=True))


def second_entries(people: RosterPair, gone: Mapping[AgentId, Agent], others: Set[AgentId]) -> Iterator[Likeness]:
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
    if not is_enough(evidence, new_id=True):
        return False
    return name_alone or is_enough(evidence - {"name alone"}, new_id=True) or is_of_one_place(pair.old, pair.new)


def _is_news(pair: Likeness, in_force: Mapping[AgentId, Agent], came: Set[AgentId]) -> bool:
    """Whether the match is new: agents listed side by side are two people, unless the login has just been handed over, or the
    new one came a few days before the other went."""
    before = in_force.get(pair.new.agent_id)
    if before is None or ("login" in pair.same and before.login.casefold() != pair.new.login.casefold()):
        return True
    old = in_force.get(pair.old.agent_id)
    return pair.new.agent_id in came and old is not None and old.enabled


__all__ = ["WhoIsWho", "gone_in", "recreated_in", "second_entries", "who_is_who"]
