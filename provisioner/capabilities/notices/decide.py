"""Whom a status wants to be told what. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from provisioner.capabilities.notices.model import Notice, NoticeKind
from provisioner.model.demand import Want
from provisioner.model.ids import AgentId, Instant
from provisioner.model.people.agents import Agent
from provisioner.model.scenario.half_days import PersonWeek
from provisioner.model.scenario.rotation import RotationState
from provisioner.model.scenario.surges import SurgeRun, SurgeState
from provisioner.model.status import DesktopState, Status

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
    found = [*_of_ready(run, agents, ready), *_of_slots(run, agents, status, ready), *_of_rotation(run, agents, status)]
    return {notice.key: notice for notice in found}


def _ready(status: Status) -> dict[AgentId, str]:
    """The desktop of each agent that is ready, and meant to be; one that rests was announced already."""
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
            yield _notice(agent, NoticeKind.READY, f"{run.number}/{desktop}")


def _of_slots(run: SurgeRun, agents: Mapping[AgentId, Agent], status: Status, ready: Mapping[AgentId, str]) -> Iterator[Notice]:
    later = (entry.then for entry in status.demand.not_wanted)
    for want in (*status.demand.wants.values(), *status.demand.ahead.values(), *later):
        if want is None or want.agent_id is None or want.agent_id in ready:
            continue
        agent, at = agents.get(want.agent_id), _slot(want)
        if agent is not None and status.at < at < float("inf"):
            yield _notice(agent, NoticeKind.SLOT, f"{run.number}/{int(at // 60)}", at)


def _slot(want: Want) -> Instant:
    """By when; without a deadline, from when on."""
    return want.opens_at if want.due_at is None else want.due_at


def _of_rotation(run: SurgeRun, agents: Mapping[AgentId, Agent], status: Status) -> Iterator[Notice]:
    """Nothing without a rotation."""
    if status.rotation is not None:
        yield from _of_weeks(run, agents, status.rotation, status.at)
        yield from _of_waits(run, agents, status.rotation, status.at)


def _of_weeks(
    run: SurgeRun, agents: Mapping[AgentId, Agent], rotation: RotationState, now: Instant
) -> Iterator[Notice]:  # fmt: skip
    """The newest week is the change; the letter has everything that is to come."""
    weeks: defaultdict[AgentId, list[PersonWeek]] = defaultdict(list)
    for week in rotation.weeks:
        weeks[week.agent_id].append(week)
    for agent_id, published in weeks.items():
        coming = tuple(sorted(slot.begins for week in published for slot in week.slots if slot.begins > now))
        if (agent := agents.get(agent_id)) is not None and coming:
            newest = max(week.week for week in published)
            yield _notice(agent, NoticeKind.HALF_DAYS, f"{run.number}/{int(newest // 60)}", half_days=coming)


def _of_waits(
    run: SurgeRun, agents: Mapping[AgentId, Agent], rotation: RotationState, now: Instant
) -> Iterator[Notice]:  # fmt: skip
    """One letter for a half-day that has begun, however often the expected time changes."""
    for waiting in rotation.waiting:
        if (agent := agents.get(waiting.agent_id)) is not None and waiting.slot.begins <= now:
            about = f"{run.number}/{int(waiting.slot.begins // 60)}"
            yield _notice(agent, NoticeKind.WAIT, about, waiting.expected_at, because=waiting.why.code)


def _notice(
    agent: Agent,
    kind: NoticeKind,
    about: str,
    at: Instant | None = None,
    *,
    half_days: tuple[Instant, ...] = (),
    because: str = "",
) -> Notice:
    """The notice to this person."""
    return Notice(
        agent_id=agent.agent_id,
        kind=kind,
        about=about,
        login=agent.login,
        name=agent.display_name,
        mail=agent.mail,
        at=at,
        half_days=half_days,
        because=because,
    )


__all__ = ["Notices", "desired_notices"]
