"""Who is who: what a reading shows under each id is compared with the people in force, by everything known of them. Pure.

A directory's id is one trait among several. An id that its server makes (entryUUID, objectGUID) is never used again; any other
is typed, and an import that slips by a row moves it to the next person. `Case` says what follows from each answer, `SUFFICES`
what is proof enough (`cases`). Only owners of desktops are compared: nobody else has anything to lose.
"""

from collections.abc import Set
from dataclasses import dataclass, replace

from provisioner.model.agents import Agent, Rejected, Roster
from provisioner.model.ids import AgentId
from provisioner.planning.roster.cases import Case
from provisioner.planning.roster.changes import AcceptedState
from provisioner.planning.roster.newcomers import gone_in, recreated_in, second_entries
from provisioner.planning.roster.owners import OtherPerson, RosterPair
from provisioner.planning.roster.recreated import Recreations, by_traits, keep_accepted
from provisioner.planning.roster.traits import Likeness
from provisioner.reasons.directory import OTHER_PERSON, OTHER_PERSON_KNOWN, PERSON_UNCLEAR, SECOND_ENTRY


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


__all__ = ["WhoIsWho", "who_is_who"]
