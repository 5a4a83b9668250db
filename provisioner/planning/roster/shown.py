"""Whom an operator was shown when an order said who is listed under an id: the order is about nobody else. Pure.

Kept as digests of what identifies people: an order holds no name, and says nothing that the roster beside it does not.
"""

import hashlib
import json
from dataclasses import replace

from provisioner.model.ids import AgentId
from provisioner.model.people.agents import Agent
from provisioner.planning.roster.traits import traits_of

_LENGTH = 32
"""Hexadecimal digits of a digest."""
_BETWEEN = "."


def shown_as(entry: Agent, owner: Agent | None = None) -> str:
    """The entry as listed, and whoever has had the desktop under its id; None: nobody. Alike: an entry put right again."""
    before = "" if owner is None else _digest(owner, entry.agent_id)
    return _digest(entry, entry.agent_id) + _BETWEEN + before


def is_entry(shown: str, agent: Agent | None, under: AgentId) -> bool:
    """Whether this is the entry that was shown under the id."""
    return agent is not None and shown.partition(_BETWEEN)[0] == _digest(agent, under)


def is_owner(shown: str, agent: Agent | None, under: AgentId) -> bool:
    """Whether this is the owner who was shown, whatever id the owner has by now."""
    return agent is not None and has_owner(shown) and shown.partition(_BETWEEN)[2] == _digest(agent, under)


def has_owner(shown: str) -> bool:
    """Whether an owner was shown, from whom the entry was told apart."""
    return bool(shown.partition(_BETWEEN)[2])


def without_owner(shown: str) -> str:
    """The entry alone: nothing of the owner's is under the id any more."""
    return shown.partition(_BETWEEN)[0] + _BETWEEN


def _digest(agent: Agent, under: AgentId) -> str:
    traits = sorted(traits_of(replace(agent, agent_id=under)))
    return hashlib.sha256(json.dumps(traits).encode()).hexdigest()[:_LENGTH]


__all__ = ["has_owner", "is_entry", "is_owner", "shown_as", "without_owner"]
