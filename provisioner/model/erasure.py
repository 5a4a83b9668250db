"""One person's history: who it is about, and what is left of a text or a roster without it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from provisioner.model.agents import Agent, Rejected, Roster
from provisioner.model.ids import AgentId, Instant
from provisioner.model.names import NameTable, folded
from provisioner.reasons.reason import rename_in_reason


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRequest:
    """An order to erase whom it names from what is kept. It says nothing itself of who that is."""

    pseudonym: str
    """What stands in the person's place from now on."""
    agent_id: AgentId | None
    names: NameTable
    """Every name of the person."""
    by: str
    at: Instant
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureResult:
    """How much was found and erased."""

    lines: int = 0
    """Of the journal."""
    rosters: int = 0
    orders: int = 0
    """Standing orders whose words named the person."""

    def __bool__(self) -> bool:
        return self != ErasureResult()


def people_called(who: str, rosters: Iterable[Roster]) -> tuple[Agent, ...]:
    """Everyone in these rosters with that id or login, as found first; the same login may have been several people's."""
    found: dict[AgentId, Agent] = {}
    for roster in rosters:
        for agent in everyone_in(roster).values():
            if folded(who) in (folded(agent.agent_id), folded(agent.login)):
                found.setdefault(agent.agent_id, agent)
    return tuple(found.values())


def everyone_in(roster: Roster) -> Mapping[AgentId, Agent]:
    """Those who have departed too."""
    return {**roster.departed, **roster.agents}


def names_of(agent: Agent) -> tuple[str, ...]:
    """All that an agent is called by."""
    return (agent.agent_id, agent.login, agent.display_name, agent.mail)


def forms_of(agent: Agent) -> frozenset[str]:
    """All that an agent is called by, as texts may write it: the name in either order, and escaped as in a DN."""
    names = {*names_of(agent), *_orders(agent.display_name)}
    return frozenset(form for name in names if name for form in (name, *_as_in_dn(name)))


def _orders(name: str) -> Iterator[str]:
    """`Zoé DURAND`, `DURAND Zoé` and `DURAND, Zoé`: where the surname begins is not said."""
    words = name.replace(",", " ").split()[:_MOST_WORDS]
    for at in range(1, len(words)):
        before, after = " ".join(words[:at]), " ".join(words[at:])
        yield from (f"{before} {after}", f"{before}, {after}", f"{after} {before}", f"{after}, {before}")


def _as_in_dn(name: str) -> Iterator[str]:
    """RFC 4514, 2.4: Active Directory writes a comma as `\\,`, OpenLDAP as `\\2C`, and some write letters with accents so."""
    for escaped in (_SPECIAL.sub(r"\\\g<0>", name), _SPECIAL.sub(_in_hex, name)):
        yield escaped
        yield _NOT_ASCII.sub(_in_hex, escaped)


def _in_hex(found: re.Match[str]) -> str:
    return "".join(f"\\{byte:02x}" for byte in found[0].encode())


_MOST_WORDS = 8
_SPECIAL = re.compile(r'[,+"\\<>;=]')
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def without(roster: Roster, order: ErasureRequest) -> Roster:
    """The roster as if the person had never been in it; it is the same one if so."""
    agents, departed = (
        {key: one for key, one in ones.items() if key != order.agent_id} for ones in (roster.agents, roster.departed)
    )
    rejected = tuple(_reworded(one, order) for one in roster.rejected if not _is_about(one, order))
    left = replace(roster, agents=agents, departed=departed, rejected=rejected)
    return roster if left == roster else left


def _is_about(one: Rejected, order: ErasureRequest) -> bool:
    return (one.agent_id is not None and one.agent_id == order.agent_id) or order.names.replace(one.entry) != one.entry


def _reworded(one: Rejected, order: ErasureRequest) -> Rejected:
    return replace(one, reason=rename_in_reason(one.reason, order.names.replace))
