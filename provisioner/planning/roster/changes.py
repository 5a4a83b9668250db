"""What a reading would change: who leaves, who joins, who is called otherwise or has moved. Pure."""

import enum
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from provisioner.model.agents import Agent, Roster, Standing
from provisioner.model.ids import AgentId
from provisioner.model.profiles import Entitlement
from provisioner.model.scenarios import Scenario
from provisioner.planning.roster.entitlement import Place, places_of


class Why(enum.StrEnum):
    """How an entitled agent leaves."""

    GONE = "gone"
    DISABLED = "disabled"
    EXPIRED = "expired"
    UNENTITLED = "no longer entitled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaver:
    """An agent who was entitled and is so no longer."""

    agent_id: AgentId
    why: Why
    before: Agent | None
    """As last accepted; None: all that is known is whose desktop there is."""
    reason: str
    """In words, as the demand says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """An agent who is entitled before and after."""

    before: Agent
    after: Agent


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterChanges:
    """From the roster in force to a reading, among those who are entitled in one of them; each by login."""

    entitled_before: int
    entitled_after: int
    left: tuple[Leaver, ...] = ()
    joined: tuple[Agent, ...] = ()
    renamed: tuple[Changed, ...] = ()
    """Another login or name."""
    moved: tuple[Changed, ...] = ()
    """Another unit, department or site."""


def changes_between(
    accepted: Roster | None,
    owners: Set[AgentId],
    reading: Roster,
    entitlements: Sequence[Entitlement],
    scenario: Scenario,
) -> RosterChanges:
    """Without an accepted roster those are entitled who own a desktop."""
    after = places_of(reading.agents.values(), entitlements, scenario)
    entitled = {key for key, place in after.items() if place.entitled}
    known = accepted.agents if accepted is not None else {}
    # Of 50,000 nearly all are as they were: where those stand is known already.
    otherwise = {key: one for key, one in known.items() if reading.agents.get(key) != one}
    before = _entitled(otherwise, entitlements, scenario) | (entitled & known.keys() - otherwise.keys())
    if accepted is None:
        before = set(owners)
    stayed = [Changed(before=otherwise[key], after=reading.agents[key]) for key in before & entitled & otherwise.keys()]
    return RosterChanges(
        entitled_before=len(before),
        entitled_after=len(entitled),
        left=_by_login(_leaver(key, known.get(key), after.get(key)) for key in before - entitled),
        joined=tuple(sorted((reading.agents[key] for key in entitled - before), key=lambda one: (one.login, one.agent_id))),
        renamed=_sorted(one for one in stayed if _names(one.before) != _names(one.after)),
        moved=_sorted(one for one in stayed if _whereabouts(one.before) != _whereabouts(one.after)),
    )


def _entitled(agents: Mapping[AgentId, Agent], entitlements: Sequence[Entitlement], scenario: Scenario) -> set[AgentId]:
    return {key for key, place in places_of(agents.values(), entitlements, scenario).items() if place.entitled}


def _leaver(key: AgentId, before: Agent | None, place: Place | None) -> Leaver:
    if place is None:
        return Leaver(agent_id=key, why=Why.GONE, before=before, reason="the directory does not list this agent any more")
    why = {Standing.DISABLED: Why.DISABLED, Standing.EXPIRED: Why.EXPIRED}.get(place.agent.standing, Why.UNENTITLED)
    return Leaver(agent_id=key, why=why, before=before or place.agent, reason=place.reason)


def _by_login(leavers: Iterable[Leaver]) -> tuple[Leaver, ...]:
    return tuple(sorted(leavers, key=lambda one: (one.before.login if one.before else "", one.agent_id)))


def _sorted(changed: Iterable[Changed]) -> tuple[Changed, ...]:
    return tuple(sorted(changed, key=lambda one: (one.after.login, one.after.agent_id)))


def _names(agent: Agent) -> tuple[str, ...]:
    return agent.login, agent.display_name


def _whereabouts(agent: Agent) -> tuple[str, ...]:
    return agent.unit, agent.department, agent.site
