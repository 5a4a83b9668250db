"""Match people under another id by what an operator names: the login, the mail address, or any attribute. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import replace

from provisioner.model.ids import AgentId
from provisioner.model.intents import Rekey
from provisioner.model.people.agents import Agent, Roster
from provisioner.planning.roster.departed import known_in
from provisioner.planning.roster.recreated import Recreations, UnclearMatch, pair_recreated
from provisioner.planning.roster.traits import MOST_ALIKE, Likeness, compare_entries

LOGIN, MAIL = "login", "mail"


def match_recreated(reading: Roster, accepted: Roster | None, owners: Set[AgentId], *, by: str) -> Recreations:
    """Unlisted agents, accepted or with a desktop, matched with listed agents without a desktop who have the same `by`.

    An attribute other than login and mail is compared with its last accepted value and with the old id, which entries may
    carry there after `agent_id` was changed. This also finds people of whom a lost store has left only the id.
    """
    of_value = defaultdict[str, list[Agent]](list)
    for agent in gone_from(reading, accepted, owners):
        for value in {*_values(agent, by), *(() if by in (LOGIN, MAIL) else (agent.agent_id,))}:
            of_value[value.casefold()].append(agent)
    of_new = defaultdict[str, list[Agent]](list)
    for key, agent in reading.agents.items():
        for value in () if key in owners else _values(agent, by):
            of_new[value.casefold()].append(agent)
    shared = sorted(of_value.keys() & of_new.keys())
    # A value that too many people share pairs nobody: an operator has to say who is who.
    many = [value for value in shared if max(len(of_value[value]), len(of_new[value])) > MOST_ALIKE]
    few = [value for value in shared if value not in set(many)]
    paired = pair_recreated(_by(by, old, new) for value in few for old in of_value[value] for new in of_new[value])
    crowds = (UnclearMatch(old=tuple(of_value[value]), new=tuple(of_new[value])) for value in many)
    return replace(paired, unclear=(*paired.unclear, *crowds))


def listed_as(
    pairs: Iterable[Rekey],
    reading: Roster,
    accepted: Roster | None,
    owners: Set[AgentId],
    *,
    taken: Set[AgentId],
    others: Iterable[Agent] = (),
) -> Recreations:
    """An operator's list of pairs, as far as the old id is gone and the new id is listed and owns no desktop that was used.

    `others` are owners whose id shows somebody else: they may go on under each other's id.
    """
    pairs = tuple(pair for pair in pairs if pair.old != pair.new)
    gone = {agent.agent_id: agent for agent in (*gone_from(reading, accepted, owners), *others)}
    passed_on = gone.keys() & {pair.old for pair in pairs}
    known = ((gone[pair.old], reading.agents[pair.new]) for pair in pairs if pair.old in gone and pair.new in reading.agents)
    free = (each for each in known if each[1].agent_id not in taken or each[1].agent_id in passed_on)
    return pair_recreated(_by("as listed", old, new) for old, new in free)


def gone_from(reading: Roster, accepted: Roster | None, owners: Set[AgentId]) -> Iterator[Agent]:
    """Unlisted agents who are accepted or have a desktop; with the id alone where nothing else is known."""
    known: Mapping[AgentId, Agent] = known_in(accepted)
    listed = reading.agents.keys() | {entry.agent_id for entry in reading.rejected}
    in_force = accepted.agents.keys() if accepted is not None else set[AgentId]()
    for key in sorted((owners | in_force) - listed):
        yield known.get(key) or Agent(agent_id=key, login="", display_name="")


def _values(agent: Agent, by: str) -> Iterable[str]:
    if by in (LOGIN, MAIL):
        return [value for value in (agent.login if by == LOGIN else agent.mail,) if value]
    return agent.attributes.get(by.lower(), ())


def _by(what: str, old: Agent, new: Agent) -> Likeness:
    pair = compare_entries(old, new)
    return Likeness(old=old, new=new, same=(what, *(trait for trait in pair.same if trait != what)), differs=pair.differs)
