"""What a reading would change: who leaves, joins, is renamed or has moved. Pure."""

import enum
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from provisioner.model.ids import AgentId
from provisioner.model.people.agents import AccountStatus, Agent, Roster
from provisioner.model.rules import Rules
from provisioner.planning.roster.entitlement import AgentPlace, places_of


class DepartureCause(enum.StrEnum):
    """How an entitled agent leaves."""

    GONE = "gone"
    DISABLED = "disabled"
    EXPIRED = "expired"
    UNENTITLED = "no longer entitled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaver:
    """An agent who was to have a desktop, of their own or by half-days, and no longer is."""

    agent_id: AgentId
    why: DepartureCause
    before: Agent | None
    """As last accepted; None: only the owner's id is known, from a desktop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedAgent:
    """An agent who is entitled before and after."""

    before: Agent
    after: Agent


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterChanges:
    """Differences between the accepted roster and a reading, among agents entitled in either; each sorted by login."""

    entitled_before: int
    entitled_after: int
    before: Set[AgentId] = frozenset()
    """Agents who were entitled."""
    left: tuple[Leaver, ...] = ()
    joined: tuple[Agent, ...] = ()
    called: Set[AgentId] = frozenset()
    """Of the joining agents, those that only a change of scenario adds: they had a profile before, but no wave."""
    renamed: tuple[ChangedAgent, ...] = ()
    """Another login or name."""
    moved: tuple[ChangedAgent, ...] = ()
    """Another unit, department or site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedState:
    """What a reading is compared with."""

    accepted: Roster | None
    """None: no roster was ever accepted, or the store was lost."""
    rules: Rules
    owners: Set[AgentId] = frozenset()
    """Agents with desktops: they replace the accepted roster where there is none."""
    served: Set[AgentId] = frozenset()
    """Agents who have been given a desktop."""
    ids_are_made: bool = True
    """Whether the directory's server makes the ids, and never uses them again; otherwise people type them."""
    came: Set[AgentId] = frozenset()
    """Agents who joined a few days ago, within the guard's windows."""

    def entitled(self, agents: Mapping[AgentId, Agent]) -> set[AgentId]:
        """The agents among `agents` who are entitled by the rules in force."""
        return {key for key, place in places_of(agents.values(), self.rules, self.served).items() if place.takes_part}


def changes_between(now: AcceptedState, reading: Roster, rules: Rules) -> RosterChanges:
    """What this reading under these rules would change."""
    after = places_of(reading.agents.values(), rules, now.served)
    entitled = {key for key, place in after.items() if place.takes_part}
    known = now.accepted.agents if now.accepted is not None else {}
    altered = {key: agent for key, agent in known.items() if reading.agents.get(key) != agent}
    if now.accepted is None:
        before = set(now.owners)
    elif rules == now.rules:  # nearly all of 50,000 are unchanged: their entitlement is known from `after`
        before = now.entitled(altered) | (entitled & known.keys() - altered.keys())
    else:
        before = now.entitled(known)
    called = _called(now, rules, {key: known[key] for key in (entitled - before) & known.keys()})
    stayed = [ChangedAgent(before=altered[key], after=reading.agents[key]) for key in before & entitled & altered.keys()]
    return RosterChanges(
        entitled_before=len(before),
        entitled_after=len(entitled),
        before=before,
        called=called,
        left=_by_login(_leaver(key, known.get(key), after.get(key)) for key in before - entitled),
        joined=tuple(
            sorted((reading.agents[key] for key in entitled - before), key=lambda agent: (agent.login, agent.agent_id))
        ),
        renamed=_sorted(agent for agent in stayed if _names(agent.before) != _names(agent.after)),
        moved=_sorted(agent for agent in stayed if _whereabouts(agent.before) != _whereabouts(agent.after)),
    )


def _called(now: AcceptedState, rules: Rules, joined: Mapping[AgentId, Agent]) -> set[AgentId]:
    if rules.scenario == now.rules.scenario:
        return set()
    return {key for key, place in places_of(joined.values(), now.rules).items() if place.profile is not None}


def _leaver(key: AgentId, before: Agent | None, place: AgentPlace | None) -> Leaver:
    if place is None:
        return Leaver(agent_id=key, why=DepartureCause.GONE, before=before)
    why = {AccountStatus.DISABLED: DepartureCause.DISABLED, AccountStatus.EXPIRED: DepartureCause.EXPIRED}.get(
        place.agent.standing, DepartureCause.UNENTITLED
    )
    return Leaver(agent_id=key, why=why, before=before or place.agent)


def _by_login(leavers: Iterable[Leaver]) -> tuple[Leaver, ...]:
    return tuple(sorted(leavers, key=lambda leaver: (leaver.before.login if leaver.before else "", leaver.agent_id)))


def _sorted(changed: Iterable[ChangedAgent]) -> tuple[ChangedAgent, ...]:
    return tuple(sorted(changed, key=lambda agent: (agent.after.login, agent.after.agent_id)))


def _names(agent: Agent) -> tuple[str, ...]:
    return agent.login, agent.display_name


def _whereabouts(agent: Agent) -> tuple[str, ...]:
    return agent.unit, agent.department, agent.site
