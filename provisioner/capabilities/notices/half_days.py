"""Whom a rotation wants to be told what: the half-days of a published week, and a wait. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from provisioner.capabilities.notices.model import Notice, NoticeKind
from provisioner.model.agents import Agent
from provisioner.model.ids import AgentId, Instant
from provisioner.model.rotation import PersonWeek, RotationState
from provisioner.model.status import Status
from provisioner.model.surges import SurgeRun


def of_rotation(run: SurgeRun, agents: Mapping[AgentId, Agent], status: Status) -> Iterator[Notice]:
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
            yield notice_to(agent, NoticeKind.HALF_DAYS, f"{run.number}/{int(newest // 60)}", half_days=coming)


def _of_waits(
    run: SurgeRun, agents: Mapping[AgentId, Agent], rotation: RotationState, now: Instant
) -> Iterator[Notice]:  # fmt: skip
    """One letter for a half-day that has begun, however often the expected time changes."""
    for waiting in rotation.waiting:
        if (agent := agents.get(waiting.agent_id)) is not None and waiting.slot.begins <= now:
            about = f"{run.number}/{int(waiting.slot.begins // 60)}"
            yield notice_to(agent, NoticeKind.WAIT, about, waiting.expected_at, because=waiting.why.code)


def notice_to(
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


__all__ = ["notice_to", "of_rotation"]
