"""Whom a status wants to be told what. Pure."""

from collections.abc import Iterator, Mapping

from provisioner.capabilities.notices.half_days import notice_to, of_rotation
from provisioner.capabilities.notices.model import Notice, NoticeKind
from provisioner.model.agents import Agent
from provisioner.model.demand import Want
from provisioner.model.ids import AgentId, Instant
from provisioner.model.status import DesktopState, Status
from provisioner.model.surges import SurgeRun, SurgeState

_SERVING = (SurgeState.PENDING, SurgeState.RUNNING, SurgeState.GATED, SurgeState.PAUSED)
"""While people get desktops by this run. Nobody is told that a desktop goes back: who is at work keeps it."""
Notices = Mapping[tuple[AgentId, NoticeKind], Notice]


def desired_notices(status: Status) -> Notices:
    """Of the run that goes on; nobody else is told anything.

    A run that is known from notes alone tells nobody: who was told is lost with the store, and an operator has to resume it.
    """
    run = status.surge
    if run is None or run.state not in _SERVING or run.rebuilt or status.roster is None:
        return {}
    agents, ready = status.roster.agents, _ready(status)
    found = [*_of_ready(run, agents, ready), *_of_slots(run, agents, status, ready), *of_rotation(run, agents, status)]
    return {notice.key: notice for notice in found}


def _ready(status: Status) -> dict[AgentId, str]:
    """The desktop of each agent that is ready, and meant to be; one that rests outside the hours was announced already."""
    states = status.desktops.items()
    return {
        state.reservation.agent_id: name
        for name, state in states
        if state.reservation.agent_id is not None and _serves(status, state) and not state.unused
    }


def _serves(status: Status, state: DesktopState) -> bool:
    seat, demand = state.reservation.seat, status.demand
    return demand.serves(seat, state.phase) and (state.wanted or demand.rests(seat))


def _of_ready(run: SurgeRun, agents: Mapping[AgentId, Agent], ready: Mapping[AgentId, str]) -> Iterator[Notice]:
    for agent_id, desktop in ready.items():
        if (agent := agents.get(agent_id)) is not None:
            yield notice_to(agent, NoticeKind.READY, f"{run.number}/{desktop}")


def _of_slots(run: SurgeRun, agents: Mapping[AgentId, Agent], status: Status, ready: Mapping[AgentId, str]) -> Iterator[Notice]:
    later = (entry.then for entry in status.demand.not_wanted)
    for want in (*status.demand.wants.values(), *status.demand.ahead.values(), *later):
        if want is None or want.agent_id is None or want.agent_id in ready:
            continue
        agent, at = agents.get(want.agent_id), _slot(want)
        if agent is not None and status.at < at < float("inf"):
            yield notice_to(agent, NoticeKind.SLOT, f"{run.number}/{int(at // 60)}", at)


def _slot(want: Want) -> Instant:
    """By when; without a deadline, from when on."""
    return want.opens_at if want.due_at is None else want.due_at


__all__ = ["Notices", "desired_notices"]
