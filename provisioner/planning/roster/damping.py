"""People who come and go: two servers that do not say the same, a job that disables them each night. Pure.

Whoever has come and gone too often within the guard's longer window counts as there, which leaves the desktop alone. Who then
stays away for the guard's shorter window, without a break, has left.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace

from provisioner.model.guard import GuardRecord
from provisioner.model.ids import AgentId, Instant
from provisioner.model.people.agents import Rejected, Roster
from provisioner.model.rules import Rules
from provisioner.planning.roster.changes import AcceptedState
from provisioner.planning.roster.entitlement import AgentPlace
from provisioner.planning.roster.suspicion import GuardBasis
from provisioner.reasons.directory import COMES_AND_GOES

TURNS = 4
"""Gone and back twice: a contract that ends and is prolonged, an account that is disabled by mistake, are one time each."""
_KEPT = 16
"""Turns of one agent: more say nothing more."""

Turns = Mapping[AgentId, tuple[Instant, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Damped:
    """A reading in which those who come and go are there."""

    reading: Roster
    record: GuardRecord
    """With the turns that the reading shows of them."""
    agents: Set[AgentId] = field(default_factory=frozenset)
    """Who comes and goes."""


def damped(reading: Roster, rules: Rules, basis: GuardBasis, *, now: Instant) -> Damped:
    """Keep who comes and goes: the entry as last accepted, where the reading shows the agent as gone."""
    state, record, guard = basis.in_force, basis.record, basis.guard
    if state.accepted is None:
        return Damped(reading=reading, record=record)
    turns = recent_turns(record.turns, now, max(guard.window_s, guard.slow_window_s))
    often = {key for key, times in turns.items() if len(times) >= TURNS and key in state.owners & state.accepted.agents.keys()}
    before = {key: since for key, since in record.away.items() if key in often}
    away = {key: before.get(key, now) for key in often if not _is_there(key, reading, rules, state)}
    kept = often - {key for key, since in away.items() if now - since >= guard.window_s}
    after = replace(record, turns=turned(turns, before.keys() ^ away.keys(), now), away=away)
    return Damped(reading=_with(reading, kept, away.keys(), state), record=after, agents=kept)


def turned(turns: Turns, agents: Set[AgentId], now: Instant) -> Turns:
    """With one more turn of each of these agents."""
    return {**turns, **{key: (*turns.get(key, ()), now)[-_KEPT:] for key in agents}}


def recent_turns(turns: Turns, now: Instant, window_s: float) -> Turns:
    """The turns within the window."""
    recent = ((key, tuple(at for at in times if now - at < window_s)) for key, times in turns.items())
    return {key: times for key, times in recent if times}


def _is_there(key: AgentId, reading: Roster, rules: Rules, state: AcceptedState) -> bool:
    if (agent := reading.agents.get(key)) is not None:
        return AgentPlace.of(agent, rules, state.served).takes_part
    return any(entry.agent_id == key for entry in reading.rejected)


def _with(reading: Roster, kept: Set[AgentId], away: Set[AgentId], state: AcceptedState) -> Roster:
    """All of them are named, also in the moments when they are there."""
    if not kept or state.accepted is None:
        return reading
    agents = {**reading.agents, **{key: state.accepted.agents[key] for key in kept & away}}
    logins = {key: state.accepted.agents[key].login for key in kept}
    named = (
        Rejected(entry=key, reason=COMES_AND_GOES(login=logins[key], turns=TURNS), agent_id=key, login=logins[key])
        for key in sorted(kept)
    )
    return replace(reading, agents=agents, rejected=(*reading.rejected, *named))


__all__ = ["TURNS", "Damped", "damped", "recent_turns", "turned"]
