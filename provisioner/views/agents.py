"""Agents: for each the desktop, or why there is none yet."""

from collections.abc import Iterator
from dataclasses import dataclass

from provisioner.model.actions import Clone
from provisioner.model.ids import Instant
from provisioner.model.kept.erasure import everyone_in
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.seats import seat_of
from provisioner.model.people.agents import Agent
from provisioner.model.status import DesktopState, Status
from provisioner.reasons.reason import NONE, Reason, as_reason
from provisioner.reasons.views import CLONE_NEXT, MADE_AHEAD
from provisioner.views.clusters import unseen_since
from provisioner.views.desktops import is_made_ahead, leaving_remark, remark_on
from provisioner.views.lent import Lent, LentDocument
from provisioner.views.published import Published
from provisioner.views.reasons import ReasonDocument, reason_documents, reason_or_none
from provisioner.views.times import stamp, stamp_or_none


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentStanding:
    """One agent, with what is shown of the desktop."""

    agent: Agent
    wave: str
    """Empty: in no wave."""
    desktop: str
    """Empty: none yet."""
    phase: Phase | None
    unseen_since: Instant | None
    """When its cluster was seen last, if that is too long ago: the phase is as it was then. None: it is seen."""
    because: Reason
    """Why there is no ready desktop; empty: there is one, and it is well."""
    lent: LentDocument | None = None
    """The desktop of a pool that is lent to the agent, or kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentDocument:
    """One agent of the roster in force."""

    id: str
    """The id in the directory."""
    login: str
    name: str
    department: str | None
    site: str | None
    wave: str | None
    """None: in no wave now."""
    desktop: str | None
    """None: there is none yet."""
    phase: str | None
    unseen_since: str | None
    """When the desktop's cluster was seen last, if that is too long ago: the phase is as it was then. None: it is seen."""
    because: ReasonDocument | None
    """Why there is no ready desktop; None: there is one, and it is well."""
    lent: LentDocument | None = None
    """The desktop of a pool that is lent to the agent, or kept; None: there is none. `desktop` is the agent's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentsDocument:
    """Every agent of the roster in force, by login."""

    at: str
    agents: tuple[AgentDocument, ...] | None
    """None: no roster has been accepted yet."""
    rejected: tuple[ReasonDocument, ...]
    """Directory entries that are not agents, and why."""


def agents_document(published: Published) -> AgentsDocument:
    """Every agent, by login."""
    status, agents = published.status, tuple(map(agent_document, agents_in(published)))
    rejected = status.roster.rejected if status.roster is not None else ()
    return AgentsDocument(
        at=stamp(status.at),
        agents=agents if status.roster is not None else None,
        rejected=reason_documents(entry.reason for entry in rejected),
    )


def agents_in(published: Published) -> Iterator[AgentStanding]:
    """Every agent of the roster, by login. People who have left are left out once their desktop is gone."""
    status, lent, listed = published.status, Lent.of(published), published.listed
    of_agent = {state.reservation.agent_id: state for state in status.desktops.values() if not state.unused}
    why = _Reasons(status)
    for agent in sorted(everyone_in(status.roster).values() if status.roster else (), key=lambda agent: agent.login):
        key, state = agent.agent_id, of_agent.get(agent.agent_id)
        if status.roster and key in status.roster.departed and state is None:
            continue  # the next reading drops the name too
        want = status.demand.want_of(seat_of(key))
        yield AgentStanding(
            agent=agent,
            wave=want.wave if want else "",
            desktop=state.reservation.name if state else "",
            phase=state.phase if state else None,
            unseen_since=unseen_since(listed, status.at, state.reservation.cluster) if state else None,
            because=why.of(agent, state),
            lent=lent.to(key),
        )


def agent_document(standing: AgentStanding) -> AgentDocument:
    """One agent."""
    agent = standing.agent
    return AgentDocument(
        id=agent.agent_id,
        login=agent.login,
        name=agent.display_name,
        department=agent.department or None,
        site=agent.site or None,
        wave=standing.wave or None,
        desktop=standing.desktop or None,
        phase=standing.phase.value if standing.phase else None,
        unseen_since=stamp_or_none(standing.unseen_since),
        because=reason_or_none(standing.because),
        lent=standing.lent,
    )


class _Reasons:
    """Why an agent has no ready desktop. Built once for all agents."""

    def __init__(self, status: Status) -> None:
        self._ordered = {action.reservation.agent_id for action in status.plan.actions if isinstance(action, Clone)}
        self._waiting = {deferral.agent_id: deferral.reason for deferral in status.plan.deferred}
        self._demand = status.demand
        self._left_out = {agent.agent_id: agent.reason for agent in status.demand.not_wanted}

    def _why_ahead(self, state: DesktopState) -> Reason:
        want = self._demand.want_of(state.reservation.seat)
        return MADE_AHEAD() if want is None or want.rest is None else want.rest.because

    def of(self, agent: Agent, state: DesktopState | None) -> Reason:
        """The most telling reason comes first."""
        key = agent.agent_id
        concluded = remark_on(state) if state else CLONE_NEXT() if key in self._ordered else NONE
        return as_reason(
            (leaving_remark(state.leaving) if state and state.leaving else NONE)
            or self._left_out.get(key)
            or self._waiting.get(key)
            or (self._why_ahead(state) if state and is_made_ahead(state) else NONE)
            or concluded
        )
