"""The same person under a new id: an account deleted and created again, or a directory imported again. Pure.

Such a pair is held back until an operator has confirmed it: the owner of the desktop stays as last accepted, and the new entry
is left out. So no second desktop is made, and none is released.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace

from provisioner.model.ids import AgentId
from provisioner.model.people.agents import Agent, Rejected, Roster
from provisioner.planning.roster.departed import known_in
from provisioner.planning.roster.traits import Likeness
from provisioner.reasons.directory import (
    BY_HELD,
    BY_LOGIN,
    BY_MADE,
    BY_MAIL,
    BY_NAME,
    BY_NUMBER,
    MAYBE_SAME_PERSON,
    SAME_PERSON,
)
from provisioner.reasons.reason import ALL, ALSO, ANY, Reason, join_reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class UnclearMatch:
    """People whom only an operator can match."""

    old: tuple[Agent, ...]
    new: tuple[Agent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recreations:
    """Everything that a reading shows of such people; each sorted by login."""

    pairs: tuple[Likeness, ...] = ()
    unclear: tuple[UnclearMatch, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.pairs or self.unclear)

    @property
    def count(self) -> int:
        """How many old entries are concerned."""
        return len(self.pairs) + sum(len(group.old) for group in self.unclear)

    @property
    def newcomers(self) -> tuple[Agent, ...]:
        """Everybody under a new id."""
        return (*(pair.new for pair in self.pairs), *(agent for group in self.unclear for agent in group.new))


def best_of_each(pairs: list[Likeness], *, new: bool) -> list[Likeness]:
    """Of each person's pairs, those with the most equal traits."""
    most: dict[AgentId, int] = {}
    for pair in pairs:
        key = (pair.new if new else pair.old).agent_id
        most[key] = max(most.get(key, 0), len(pair.same))
    return [pair for pair in pairs if len(pair.same) == most[(pair.new if new else pair.old).agent_id]]


def missing_in(reading: Roster, accepted: Roster | None, ids: Set[AgentId]) -> dict[AgentId, Agent]:
    """The agents among `ids` who are no longer listed, as last accepted; without agents of whom only the id is known."""
    known = known_in(accepted)
    listed = reading.agents.keys() | {entry.agent_id for entry in reading.rejected}
    return {key: known[key] for key in sorted(ids & known.keys() - listed)}


def pair_recreated(matches: Iterable[Likeness]) -> Recreations:
    """Pairs whose two entries match nobody else; the rest is unclear."""
    matches = tuple(matches)
    olds, news = Counter(pair.old.agent_id for pair in matches), Counter(pair.new.agent_id for pair in matches)
    pairs, unclear = list[Likeness](), list[Likeness]()
    for pair in matches:
        (pairs if olds[pair.old.agent_id] == news[pair.new.agent_id] == 1 else unclear).append(pair)
    return Recreations(pairs=tuple(sorted(pairs, key=_login)), unclear=tuple(_groups(unclear)))


def keep_accepted(reading: Roster, recreations: Recreations) -> Roster:
    """The reading with the old entries as last accepted in place of the new ones."""
    old = {pair.old.agent_id: pair.old for pair in recreations.pairs}
    old |= {agent.agent_id: agent for group in recreations.unclear for agent in group.old}
    unclear = (_unclear(agent, group) for group in recreations.unclear for agent in group.new)
    refused = [*map(_refusal, recreations.pairs), *unclear]
    left_out = {entry.agent_id for entry in refused}
    agents = {key: agent for key, agent in reading.agents.items() if key not in left_out} | old
    return replace(reading, agents=agents, rejected=(*reading.rejected, *refused))


def _groups(pairs: Iterable[Likeness]) -> Iterable[UnclearMatch]:
    """Pairs that share a person, grouped."""
    of_person = defaultdict[tuple[str, AgentId], list[Likeness]](list)
    for pair in sorted(pairs, key=_login):
        for person in _people(pair):
            of_person[person].append(pair)
    while of_person:
        group, reached = list[Likeness](), [next(iter(of_person))]
        while reached:
            pairs_of = of_person.pop(reached.pop(), [])
            group += pairs_of
            reached += [person for pair in pairs_of for person in _people(pair) if person in of_person]
        old, new = (
            {agent.agent_id: agent for agent in side} for side in zip(*((pair.old, pair.new) for pair in group), strict=True)
        )
        yield UnclearMatch(old=tuple(sorted(old.values(), key=_name)), new=tuple(sorted(new.values(), key=_name)))


def _people(pair: Likeness) -> tuple[tuple[str, AgentId], tuple[str, AgentId]]:
    return ("old", pair.old.agent_id), ("new", pair.new.agent_id)


def _refusal(pair: Likeness) -> Rejected:
    reason = SAME_PERSON(login=pair.new.login, old=pair.old.agent_id, by=by_traits(pair.same))
    new = pair.new
    return Rejected(entry=new.agent_id, reason=reason, agent_id=new.agent_id, login=new.login, same_as=(pair.old.agent_id,))


def _unclear(new: Agent, group: UnclearMatch) -> Rejected:
    old = tuple(agent.agent_id for agent in group.old)
    reason = MAYBE_SAME_PERSON(login=new.login, old=join_reasons(old, ANY))
    return Rejected(entry=new.agent_id, reason=reason, agent_id=new.agent_id, login=new.login, same_as=old)


def by_traits(same: Sequence[str]) -> Reason:
    """Equal traits, in words; none: the entries have been held as one person before."""
    *others, last = [_BY[trait]() for trait in same] or [BY_HELD()]
    return join_reasons((join_reasons(others, ALSO), last), ALL) if others else last


_BY = {"login": BY_LOGIN, "name": BY_NAME, "mail": BY_MAIL, "number": BY_NUMBER, "made": BY_MADE}


def _login(pair: Likeness) -> tuple[str, AgentId, AgentId]:
    return pair.old.login, pair.old.agent_id, pair.new.agent_id


def _name(agent: Agent) -> tuple[str, AgentId]:
    return agent.login, agent.agent_id
