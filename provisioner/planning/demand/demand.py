"""Who gets a desktop now or ahead of need: roster × entitlements × the scenario's waves."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from itertools import groupby
from math import inf

from provisioner.model.demand import BatchState, Demand, NotWanted, Want
from provisioner.model.ids import AgentId, Instant, Seat, WaveName
from provisioner.model.machines.seats import seat_of
from provisioner.model.people.agents import Roster
from provisioner.model.people.profiles import Selection
from provisioner.model.rules import Rules
from provisioner.model.scenario.ceilings import CeilingState
from provisioner.model.scenario.scenarios import Scenario, Wave
from provisioner.model.scenario.surges import SurgeRun
from provisioner.planning.demand.ceilings import ceilings_now, within_ceilings
from provisioner.planning.demand.gates import Gatekeeper, Phases
from provisioner.planning.demand.waves import BatchTimes, Timetable
from provisioner.planning.roster.entitlement import AgentPlace
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.targets import NOT_STARTED, NOT_YET

_SERVED = Wave(name=WaveName("served"), who=Selection())
"""The wave of people who have been given a desktop and are no longer selected by any wave."""


def demand_of(
    roster: Roster | None,
    rules: Rules,
    *,
    run: SurgeRun | None,
    now: Instant,
    served: Set[AgentId] = frozenset(),
    phases: Phases | None = None,
    halted: Reason = NONE,
    ceilings: Sequence[CeilingState] | None = None,
    owners: Set[AgentId] = frozenset(),
) -> Demand:
    """Every agent is wanted, wanted ahead of need, or not wanted with a reason; no agent is dropped.

    `run`: the scenario's run; None: it was not started, so that no wave opens. `served` agents stay wanted as long as they are
    entitled: a scenario says when desktops are given, and never takes one back. `phases`: of the desktops, for the gates; None:
    all gates count as open. `halted`: why no gate opens at present. `ceilings`: how it stands with the scenario's; None: as it
    states them. `owners`: agents who have a desktop in any state: it is not taken back when others use more of a ceiling.
    """
    if roster is None:
        return Demand()
    scenario, timetable, gates = rules.scenario, Timetable(rules.scenario, run), Gatekeeper(run, phases, halted)
    builder = _DemandBuilder(scenario, now)
    placed = sorted((AgentPlace.of(agent, rules, served) for agent in roster.agents.values()), key=AgentPlace.rank)
    of_wave = {index: list(places) for index, places in groupby(placed, key=lambda place: place.wave_index)}
    for place in of_wave.get(-1, ()):
        builder.outside(place, timetable.begins_at)
    for index, wave in enumerate(scenario.waves):
        places = of_wave.get(index, [])
        batches = timetable.batches(wave, len(places)) if places else []
        for position, (batch, members) in enumerate(zip(batches, _parts(wave, places), strict=True)):
            seats = [seat_of(place.agent.agent_id) for place in members]
            held = gates.holds(wave, position, seats, is_due=batch.opens_at <= now)
            builder.note(wave, position, seats, batch, held)
            for place in members:
                builder.take(place, wave, batch, held)
    demand = Demand(
        wants=builder.wants,
        ahead=builder.ahead,
        not_wanted=tuple(builder.not_wanted),
        gates=tuple(gates.states),
        batches=tuple(builder.batches),
        next_change=min(builder.changes, default=None),
    )
    states = ceilings_now(scenario, {}) if ceilings is None else ceilings
    return within_ceilings(demand, states, served | owners if any(state.ceiling.in_use for state in states) else served)


class _DemandBuilder:
    """Collects the demand, and the times when it changes."""

    def __init__(self, scenario: Scenario, now: Instant) -> None:
        self.scenario = scenario
        self.now = now
        self.wants: dict[Seat, Want] = {}
        self.ahead: dict[Seat, Want] = {}
        self.not_wanted: list[NotWanted] = []
        self.changes: set[Instant] = set()
        self.batches: list[BatchState] = []

    def note(self, wave: Wave, number: int, seats: Sequence[Seat], batch: BatchTimes, held: Reason) -> None:
        """Keep what is planned of a batch."""
        is_open = batch.opens_at <= self.now and not held
        self.batches.append(
            BatchState(
                wave=wave.name,
                number=number,
                seats=tuple(seats),
                opens_at=batch.opens_at,
                due_at=batch.due_at,
                is_open=is_open,
            )
        )

    def outside(self, place: AgentPlace, begins: Instant) -> None:
        """Add an agent without a wave."""
        if place.entitled:
            batch = BatchTimes(opens_at=min(begins, self.now))
            self.wants[seat_of(place.agent.agent_id)] = _want(place, _SERVED, batch, opens_at=batch.opens_at)
        else:
            self.not_wanted.append(_never(place))

    def take(self, place: AgentPlace, wave: Wave, batch: BatchTimes, held: Reason = NONE) -> None:
        """Add an agent of a wave. `held`: why the gate of the batch is shut."""
        opens_at, seat = batch.opens_at, seat_of(place.agent.agent_id)
        # The batch is open, or the agent has a desktop already.
        if (opens_at <= self.now and not held) or place.served:
            self.wants[seat] = _want(place, wave, batch, opens_at=min(opens_at, self.now))
            return
        if opens_at == inf:
            self.not_wanted.append(_unstarted(place, self.scenario))
            return
        if not held:
            self.changes.add(opens_at)
        # The batch opens later: prepared ahead from now on, from a later time, or not at all.
        if batch.prepares_from <= self.now:
            self.ahead[seat] = _ahead(place, wave, batch)
            return
        if held:
            self.not_wanted.append(replace(_later(place, wave, batch), reason=held, opens_at=None, begins_at=None))
            return
        if batch.prepares_from < opens_at:
            self.changes.add(batch.prepares_from)
        self.not_wanted.append(_later(place, wave, batch))


def _parts(wave: Wave, places: Sequence[AgentPlace]) -> Iterator[Sequence[AgentPlace]]:
    """The agents of each batch."""
    size = wave.size or max(1, len(places))
    return (places[start : start + size] for start in range(0, len(places), size))


def _never(place: AgentPlace) -> NotWanted:
    entitled = place.profile is not None
    return NotWanted(agent_id=place.agent.agent_id, login=place.agent.login, reason=place.reason, entitled=entitled)


def _unstarted(place: AgentPlace, scenario: Scenario) -> NotWanted:
    reason = NOT_STARTED(scenario=scenario.name)
    return NotWanted(agent_id=place.agent.agent_id, login=place.agent.login, reason=reason, entitled=True)


def _later(place: AgentPlace, wave: Wave, batch: BatchTimes) -> NotWanted:
    return NotWanted(
        agent_id=place.agent.agent_id,
        login=place.agent.login,
        reason=NOT_YET(wave=wave.name),
        opens_at=batch.opens_at,
        begins_at=min(batch.prepares_from, batch.opens_at),
        then=_want(place, wave, batch, opens_at=batch.opens_at),
        entitled=True,
    )


def _ahead(place: AgentPlace, wave: Wave, batch: BatchTimes) -> Want:
    return replace(_want(place, wave, batch, opens_at=batch.opens_at), level=wave.prepare)


def _want(place: AgentPlace, wave: Wave, batch: BatchTimes, *, opens_at: Instant) -> Want:
    assert place.profile is not None  # a place in a wave has a profile
    return Want(
        seat=seat_of(place.agent.agent_id),
        login=place.agent.login,
        profile=place.profile,
        wave=wave.name,
        rank=(wave.priority, opens_at if batch.due_at is None else batch.due_at, place.agent.login),
        due_at=batch.due_at,
        begins_at=None if batch.due_at is None else opens_at,
    )
