"""Ceilings: the most desktops that may be given, because of something outside the cluster; how it stands with them from one
reading of their sources to the next."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from types import MappingProxyType

from provisioner.model.demand import Demand, NotWanted, Want
from provisioner.model.ids import AgentId, Seat
from provisioner.model.machines.desktops import ON, SessionState
from provisioner.model.scenario.ceilings import CeilingState, Counted, Reading, state_of
from provisioner.model.scenario.scenarios import Scenario
from provisioner.model.status import DesktopState, Status
from provisioner.reasons.reason import Reason
from provisioner.reasons.surges import CEILING, CEILING_OTHERS

NO_READINGS: Mapping[str, Reading] = MappingProxyType({})


def ceilings_now(scenario: Scenario, readings: Mapping[str, Reading], status: Status | None = None) -> tuple[CeilingState, ...]:
    """How it stands with the scenario's ceilings, from what their queries gave and the desktops of the last status."""
    desktops = tuple(status.desktops.values()) if status is not None else ()
    ours = {counted: sum(_counts(state, counted) for state in desktops) for counted in Counted}
    return tuple(state_of(each, readings.get(each.in_use), ours=ours[each.counts]) for each in scenario.ceilings)


def _counts(state: DesktopState, counted: Counted) -> bool:
    if state.phase not in ON:
        return False
    sessions = state.sessions or ()
    return counted is Counted.DESKTOPS or any(session.state is SessionState.CONNECTED for session in sessions)


def within_ceilings(demand: Demand, ceilings: Sequence[CeilingState], has: Set[AgentId]) -> Demand:
    """The demand without the agents for whom a ceiling leaves no desktop: the last in the order of rank.

    Who has a desktop (`has`), or gets one just now, keeps it and counts. Agents of batches that open later count, too: they
    keep their place.
    """
    if not ceilings:
        return demand
    state = min(ceilings, key=lambda each: (each.room, each.ceiling.name))
    later = {entry.then.seat: entry.then for entry in demand.not_wanted if entry.then is not None}
    everybody = {**demand.wants, **demand.ahead, **later}
    ranked = sorted(everybody.values(), key=lambda want: (want.agent_id not in has, want.rank))
    out = {want.seat: want for want in ranked[state.room :] if want.agent_id not in has}
    demand = replace(demand, ceilings=tuple(ceilings))
    return _without(demand, out, why_left_out(state)) if out else demand


def why_left_out(state: CeilingState) -> Reason:
    """Why whoever comes last has no desktop."""
    ceiling = state.ceiling
    if not state.others:
        return CEILING(name=ceiling.name, limit=ceiling.limit)
    return CEILING_OTHERS(name=ceiling.name, limit=ceiling.limit, others=state.others, room=state.room)


def _without(demand: Demand, out: dict[Seat, Want], reason: Reason) -> Demand:
    kept = tuple(entry for entry in demand.not_wanted if entry.then is None or entry.then.seat not in out)
    return replace(
        demand,
        wants={seat: want for seat, want in demand.wants.items() if seat not in out},
        ahead={seat: want for seat, want in demand.ahead.items() if seat not in out},
        not_wanted=(*kept, *(_not_wanted(want, reason) for want in out.values())),
    )


def _not_wanted(want: Want, reason: Reason) -> NotWanted:
    assert want.agent_id is not None, "a wave's seats are agents'"
    return NotWanted(agent_id=want.agent_id, login=want.login, reason=reason, refused=want, entitled=True)


class Ceilings:
    """The last states. What others use is reckoned once for each reading, by the desktops of that moment.

    Otherwise each of our people who logs on between two readings would count as somebody else's person less.
    """

    def __init__(self) -> None:
        self.states: tuple[CeilingState, ...] = ()
        self._of: tuple[Scenario | None, Mapping[str, Reading], bool] = (None, NO_READINGS, False)

    def look(self, scenario: Scenario, readings: Mapping[str, Reading], status: Status | None) -> bool:
        """Whether a ceiling leaves more or less than before."""
        of = (scenario, readings, status is not None)
        if of == self._of:
            return False
        self._of, before = of, self.states
        self.states = ceilings_now(scenario, readings, status)
        return self.states != before
