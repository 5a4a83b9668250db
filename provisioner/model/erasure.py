"""Erasure of a person: the request, and rosters without the person."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from provisioner.model.agents import Agent, Rejected, Roster
from provisioner.model.ids import AgentId, Instant
from provisioner.model.names import NameTable, folded
from provisioner.reasons.reason import rename_in_reason


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRequest:
    """A request to erase a person from the store."""

    pseudonym: str
    """Replaces the person's names from now on."""
    agent_id: AgentId | None
    names: NameTable
    """Every name of the person."""
    by: str
    at: Instant
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureResult:
    """How much was erased."""

    lines: int = 0
    """Lines of the journal."""
    rosters: int = 0
    orders: int = 0
    """Intents that named the person."""

    def __bool__(self) -> bool:
        return self != ErasureResult()


def people_called(who: str, rosters: Iterable[Roster]) -> tuple[Agent, ...]:
    """All people in these rosters with this id or login; several people may have had the same login."""
    agents: dict[AgentId, Agent] = {}
    for roster in rosters:
        for agent in everyone_in(roster).values():
            if folded(who) in (folded(agent.agent_id), folded(agent.login)):
                agents.setdefault(agent.agent_id, agent)
    return tuple(agents.values())


def everyone_in(roster: Roster) -> Mapping[AgentId, Agent]:
    """All agents of a roster, including departed ones."""
    return {**roster.departed, **roster.agents}


def names_of(agent: Agent) -> tuple[str, ...]:
    """All names of an agent."""
    return (agent.agent_id, agent.login, agent.display_name, agent.mail)


def forms_of(agent: Agent) -> frozenset[str]:
    """All names of an agent in all spellings: the display name in either order, and escaped as in a DN."""
    names = {*names_of(agent), *_orders(agent.display_name)}
    return frozenset(form for name in names if name for form in (name, *_as_in_dn(name)))


def _orders(name: str) -> Iterator[str]:
    """`Zoé DURAND`, `DURAND Zoé`, `DURAND, Zoé`, …: it is not known where the surname begins."""
    words = name.replace(",", " ").split()[:_MOST_WORDS]
    for at in range(1, len(words)):
        before, after = " ".join(words[:at]), " ".join(words[at:])
        yield from (f"{before} {after}", f"{before}, {after}", f"{after} {before}", f"{after}, {before}")


def _as_in_dn(name: str) -> Iterator[str]:
    """RFC 4514, 2.4: Active Directory writes a comma as `\\,`, OpenLDAP as `\\2C`; some escape accented letters too."""
    for escaped in (_SPECIAL.sub(r"\\\g<0>", name), _SPECIAL.sub(_in_hex, name)):
        yield escaped
        yield _NOT_ASCII.sub(_in_hex, escaped)


def _in_hex(found: re.Match[str]) -> str:
    return "".join(f"\\{byte:02x}" for byte in found[0].encode())


_MOST_WORDS = 8
_SPECIAL = re.compile(r'[,+"\\<>;=]')
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def without(roster: Roster, order: ErasureRequest) -> Roster:
    """The roster without the person; the same object if the person is not in it."""
    agents, departed = (
        {key: agent for key, agent in people.items() if key != order.agent_id} for people in (roster.agents, roster.departed)
    )
    rejected = tuple(_reworded(entry, order) for entry in roster.rejected if not _is_about(entry, order))
    after = replace(roster, agents=agents, departed=departed, rejected=rejected)
    return roster if after == roster else after


def _is_about(entry: Rejected, order: ErasureRequest) -> bool:
    is_same_id = entry.agent_id is not None and entry.agent_id == order.agent_id
    return is_same_id or order.names.replace(entry.entry) != entry.entry


def _reworded(entry: Rejected, order: ErasureRequest) -> Rejected:
    return replace(entry, reason=rename_in_reason(entry.reason, order.names.replace))
