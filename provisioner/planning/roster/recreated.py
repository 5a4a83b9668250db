"""The same person under a new id: an account deleted and created again, or a directory imported again. Pure.

Such a pair is held back until an operator has confirmed it: the owner of the desktop stays as last accepted, and the new entry
is left out. So no second desktop is made, and none is released.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from provisioner.model.agents import Agent, Rejected, Roster
from provisioner.model.ids import AgentId
from provisioner.planning.roster.changes import AcceptedState
from provisioner.planning.roster.departed import known_in
from provisioner.reasons.directory import BY_LOGIN, BY_MAIL, BY_NAME, MAYBE_SAME_PERSON, SAME_PERSON
from provisioner.reasons.reason import ALL, ALSO, ANY, Reason, join_reasons

_IdsByTrait = Mapping[tuple[str, str], Sequence[AgentId]]


MOST_ALIKE = 20
"""A name, mailbox or number that more people share identifies nobody: a whole list may have the same value by mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecreatedAgent:
    """An agent who owns a desktop and is no longer listed, and the new entry of the same person."""

    old: Agent
    """As last accepted."""
    new: Agent
    same: tuple[str, ...]
    """Equal traits: `login`, `name`, `mail`, or another attribute's name."""
    differs: tuple[str, ...] = ()
    """Traits that both have, with different values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnclearMatch:
    """People whom only an operator can match."""

    old: tuple[Agent, ...]
    new: tuple[Agent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recreations:
    """Everything that a reading shows of such people; each sorted by login."""

    pairs: tuple[RecreatedAgent, ...] = ()
    unclear: tuple[UnclearMatch, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.pairs or self.unclear)

    @property
    def count(self) -> int:
        """How many old entries are concerned."""
        return len(self.pairs) + sum(len(group.old) for group in self.unclear)


def recreated_in(
    reading: Roster, basis: AcceptedState, *, distinct: Set[AgentId] = frozenset(), everybody: bool = False
) -> Recreations:
    """Unlisted owners of desktops who are the same person as a listed agent without a desktop.

    The same person: two of login, name and mail are equal, or the login is and nothing differs. `distinct` are ids that an
    operator has declared to be other people; with `everybody` accepted agents without a desktop are compared, too.
    """
    gone = missing_in(reading, basis.accepted, _of_interest(basis, everybody=everybody))
    if not gone:
        return Recreations()
    known = basis.accepted.agents if basis.accepted is not None else {}
    alike = _by_trait(gone.values())
    matches: list[RecreatedAgent] = []
    for key, agent in reading.agents.items():
        if key in basis.owners or key in distinct:
            continue
        olds = {old for trait in _traits(agent) for old in alike.get(trait, ())}
        pairs = (compare_entries(gone[old], agent) for old in olds)
        matches += [pair for pair in pairs if _is_same(pair) and _is_news(pair, known.get(key))]
    return pair_recreated(_best_of_each(_best_of_each(matches, new=False), new=True))


def _of_interest(basis: AcceptedState, *, everybody: bool) -> Set[AgentId]:
    return basis.owners | basis.accepted.agents.keys() if everybody and basis.accepted is not None else basis.owners


def missing_in(reading: Roster, accepted: Roster | None, ids: Set[AgentId]) -> dict[AgentId, Agent]:
    """The agents among `ids` who are no longer listed, as last accepted; without agents of whom only the id is known."""
    known = known_in(accepted)
    listed = reading.agents.keys() | {entry.agent_id for entry in reading.rejected}
    return {key: known[key] for key in sorted(ids & known.keys() - listed)}


def compare_entries(old: Agent, new: Agent) -> RecreatedAgent:
    """Which traits of two entries are equal and which differ."""
    before, after = dict(_traits(old)), dict(_traits(new))
    both = [name for name in before if name in after]
    same = tuple(name for name in both if before[name] == after[name])
    return RecreatedAgent(old=old, new=new, same=same, differs=tuple(name for name in both if name not in same))


def pair_recreated(matches: Iterable[RecreatedAgent]) -> Recreations:
    """Pairs whose two entries match nobody else; the rest is unclear."""
    matches = tuple(matches)
    olds, news = Counter(pair.old.agent_id for pair in matches), Counter(pair.new.agent_id for pair in matches)
    pairs, unclear = list[RecreatedAgent](), list[RecreatedAgent]()
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


def _is_same(pair: RecreatedAgent) -> bool:
    return len(pair.same) > 1 or (pair.same == ("login",) and not pair.differs)


def _is_news(pair: RecreatedAgent, before: Agent | None) -> bool:
    """Whether the match is new: agents listed side by side are two people, unless the login has just been handed over."""
    return before is None or ("login" in pair.same and before.login.casefold() != pair.new.login.casefold())


def _traits(agent: Agent) -> tuple[tuple[str, str], ...]:
    """What identifies a person, normalised: imports change the order and the case of names."""
    name = " ".join(sorted(agent.display_name.replace(",", " ").casefold().split()))
    named = (("name", name),) if name and name != agent.login.casefold() else ()
    mailed = (("mail", agent.mail.casefold()),) if agent.mail else ()
    return (("login", agent.login.casefold()), *named, *mailed)


def _by_trait(agents: Iterable[Agent]) -> _IdsByTrait:
    ids_by_trait = defaultdict[tuple[str, str], list[AgentId]](list)
    for agent in agents:
        for trait in _traits(agent):
            ids_by_trait[trait].append(agent.agent_id)
    return {trait: ids for trait, ids in ids_by_trait.items() if len(ids) <= MOST_ALIKE}


def _best_of_each(pairs: list[RecreatedAgent], *, new: bool) -> list[RecreatedAgent]:
    """Of each person's pairs, those with the most equal traits."""
    most: dict[AgentId, int] = {}
    for pair in pairs:
        key = (pair.new if new else pair.old).agent_id
        most[key] = max(most.get(key, 0), len(pair.same))
    return [pair for pair in pairs if len(pair.same) == most[(pair.new if new else pair.old).agent_id]]


def _groups(pairs: Iterable[RecreatedAgent]) -> Iterable[UnclearMatch]:
    """Pairs that share a person, grouped."""
    of_person = defaultdict[tuple[str, AgentId], list[RecreatedAgent]](list)
    for pair in sorted(pairs, key=_login):
        for person in _people(pair):
            of_person[person].append(pair)
    while of_person:
        group, reached = list[RecreatedAgent](), [next(iter(of_person))]
        while reached:
            pairs_of = of_person.pop(reached.pop(), [])
            group += pairs_of
            reached += [person for pair in pairs_of for person in _people(pair) if person in of_person]
        old, new = (
            {agent.agent_id: agent for agent in side} for side in zip(*((pair.old, pair.new) for pair in group), strict=True)
        )
        yield UnclearMatch(old=tuple(sorted(old.values(), key=_name)), new=tuple(sorted(new.values(), key=_name)))


def _people(pair: RecreatedAgent) -> tuple[tuple[str, AgentId], tuple[str, AgentId]]:
    return ("old", pair.old.agent_id), ("new", pair.new.agent_id)


def _refusal(pair: RecreatedAgent) -> Rejected:
    reason = SAME_PERSON(login=pair.new.login, old=pair.old.agent_id, by=_by(pair.same))
    return Rejected(entry=pair.new.agent_id, reason=reason, agent_id=pair.new.agent_id, same_as=(pair.old.agent_id,))


def _unclear(new: Agent, group: UnclearMatch) -> Rejected:
    old = tuple(agent.agent_id for agent in group.old)
    reason = MAYBE_SAME_PERSON(login=new.login, old=join_reasons(old, ANY))
    return Rejected(entry=new.agent_id, reason=reason, agent_id=new.agent_id, same_as=old)


def _by(same: Sequence[str]) -> Reason:
    *others, last = (_BY[trait]() for trait in same)
    return join_reasons((join_reasons(others, ALSO), last), ALL) if others else last


_BY = {"login": BY_LOGIN, "name": BY_NAME, "mail": BY_MAIL}


def _login(pair: RecreatedAgent) -> tuple[str, AgentId, AgentId]:
    return pair.old.login, pair.old.agent_id, pair.new.agent_id


def _name(agent: Agent) -> tuple[str, AgentId]:
    return agent.login, agent.agent_id
