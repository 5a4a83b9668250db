"""What a reading would change: who leaves, who joins, who is called otherwise or has moved. Pure."""

import enum
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from provisioner.model.agents import AccountStatus, Agent, Roster
from provisioner.model.ids import AgentId
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
    """An agent who was entitled and is so no longer."""

    agent_id: AgentId
    why: DepartureCause
    before: Agent | None
    """As last accepted; None: all that is known is whose desktop there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedAgent:
    """An agent who is entitled before and after."""

    before: Agent
    after: Agent


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterChanges:
    """From the roster in force to a reading, among those who are entitled in one of them; each by login."""

    entitled_before: int
    entitled_after: int
    before: Set[AgentId] = frozenset()
    """Who was entitled."""
    left: tuple[Leaver, ...] = ()
    joined: tuple[Agent, ...] = ()
    called: Set[AgentId] = frozenset()
    """Of those who join, whom another scenario calls: entitled before, and in no wave. That is what scenarios are for."""
    renamed: tuple[ChangedAgent, ...] = ()
    """Another login or name."""
    moved: tuple[ChangedAgent, ...] = ()
    """Another unit, department or site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedState:
    """What is compared with."""

    accepted: Roster | None
    """None: none was ever accepted, or the store was lost."""
    rules: Rules
    owners: Set[AgentId] = frozenset()
    """Whose desktops there are: they stand for the accepted roster where there is none."""
    served: Set[AgentId] = frozenset()
    """Who has been given a desktop."""

    def entitled(self, agents: Mapping[AgentId, Agent]) -> set[AgentId]:
        """Those of these agents who are entitled by the rules in force."""
        return {key for key, place in places_of(agents.values(), self.rules, self.served).items() if place.entitled}


def changes_between(now: AcceptedState, reading: Roster, rules: Rules) -> RosterChanges:
    """What this reading under these rules would change."""
    after = places_of(reading.agents.values(), rules, now.served)
    entitled = {key for key, place in after.items() if place.entitled}
    known = now.accepted.agents if now.accepted is not None else {}
    otherwise = {key: one for key, one in known.items() if reading.agents.get(key) != one}
    if now.accepted is None:
        before = set(now.owners)
    elif rules == now.rules:  # of 50,000 nearly all are as they were: where those stand is known already
        before = now.entitled(otherwise) | (entitled & known.keys() - otherwise.keys())
    else:
        before = now.entitled(known)
    called = _called(now, rules, {key: known[key] for key in (entitled - before) & known.keys()})
    stayed = [ChangedAgent(before=otherwise[key], after=reading.agents[key]) for key in before & entitled & otherwise.keys()]
    return RosterChanges(
        entitled_before=len(before),
        entitled_after=len(entitled),
        before=before,
        called=called,
        left=_by_login(_leaver(key, known.get(key), after.get(key)) for key in before - entitled),
        joined=tuple(sorted((reading.agents[key] for key in entitled - before), key=lambda one: (one.login, one.agent_id))),
        renamed=_sorted(one for one in stayed if _names(one.before) != _names(one.after)),
        moved=_sorted(one for one in stayed if _whereabouts(one.before) != _whereabouts(one.after)),
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
    return tuple(sorted(leavers, key=lambda one: (one.before.login if one.before else "", one.agent_id)))


def _sorted(changed: Iterable[ChangedAgent]) -> tuple[ChangedAgent, ...]:
    return tuple(sorted(changed, key=lambda one: (one.after.login, one.after.agent_id)))


def _names(agent: Agent) -> tuple[str, ...]:
    return agent.login, agent.display_name


def _whereabouts(agent: Agent) -> tuple[str, ...]:
    return agent.unit, agent.department, agent.site
