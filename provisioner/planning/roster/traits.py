"""What identifies a person in an entry, and how two entries compare. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from provisioner.model.ids import AgentId
from provisioner.model.people.agents import MADE_BY_SERVERS, Agent

NUMBERS = frozenset({"employeenumber", "employeeid", "supannempid", "workforceid"})
"""Attributes with the number that an administration gives a person, in lower case. `attributes.extra` names them."""
MOST_ALIKE = 20
"""A name, mailbox or number that more people share identifies nobody: a whole list may have the same value by mistake."""

Trait = tuple[str, str]
"""`login`, `name`, `mail`, `number` or `made` (an id that the server makes), with the normalised value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Two entries that may be of one person."""

    old: Agent
    """The entry as last accepted."""
    new: Agent
    same: tuple[str, ...]
    """Equal traits: `login`, `name`, `mail`, `number`, `made`, or another attribute's name."""
    differs: tuple[str, ...] = ()
    """Traits that both have, with different values."""


def traits_of(agent: Agent) -> tuple[Trait, ...]:
    """What identifies a person, normalised: imports change the order and the case of names."""
    name = name_of(agent)
    named = (("name", name),) if name and name != agent.login.casefold() else ()
    mailed = (("mail", agent.mail.casefold()),) if agent.mail else ()
    logged = (("login", agent.login.casefold()),) if agent.login else ()
    return (*logged, *named, *mailed, *(_extra(agent) if agent.attributes else ()))


def name_of(agent: Agent) -> str:
    """The words of the name, in one order."""
    return " ".join(sorted(agent.display_name.replace(",", " ").casefold().split()))


def compare_entries(old: Agent, new: Agent) -> Likeness:
    """Which traits of two entries are equal and which differ."""
    before, after = dict(traits_of(old)), dict(traits_of(new))
    both = [name for name in before if name in after]
    same = tuple(name for name in both if before[name] == after[name])
    return Likeness(old=old, new=new, same=same, differs=tuple(name for name in both if name not in same))


class TraitIndex:
    """Who has which traits."""

    def __init__(self, agents: Iterable[Agent]) -> None:
        ids = defaultdict[Trait, list[AgentId]](list)
        for agent in agents:
            for trait in traits_of(agent):
                ids[trait].append(agent.agent_id)
        self._ids: Mapping[Trait, Sequence[AgentId]] = ids

    def alike(self, agent: Agent) -> set[AgentId]:
        """Whoever shares a trait with this entry that not too many share."""
        return {key for trait in traits_of(agent) if len(ids := self._ids.get(trait, ())) <= MOST_ALIKE for key in ids}

    def count(self, trait: str, value: str) -> int:
        """How many have it."""
        return len(self._ids.get((trait, value), ()))


def _extra(agent: Agent) -> Iterable[Trait]:
    """A number that is the id itself says nothing more."""
    for word, names in (("number", NUMBERS), ("made", MADE_BY_SERVERS)):
        values = [agent.attributes[name] for name in sorted(names & agent.attributes.keys())]
        single = {each[0].casefold() for each in values if len(each) == 1} - {agent.agent_id}
        if len(single) == 1:
            yield word, single.pop()


__all__ = ["MOST_ALIKE", "NUMBERS", "Likeness", "Trait", "TraitIndex", "compare_entries", "name_of", "traits_of"]
