"""The demand under a run of the scenario: paused, aborted, going back, or over. What the waves ask for is in `demand`."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from itertools import islice
from math import ceil, inf

from provisioner.model.bounds import never_beyond
from provisioner.model.demand import Demand, NotWanted, Want
from provisioner.model.ids import AgentId, Instant, Seat
from provisioner.model.kept.records import Records
from provisioner.model.people.agents import Roster
from provisioner.model.rules import Rules
from provisioner.model.scenario.calendars import Calendar
from provisioner.model.scenario.ceilings import CeilingState
from provisioner.model.scenario.surges import ReturnRules, SurgeRun, SurgeState
from provisioner.planning.demand.demand import demand_of
from provisioner.planning.demand.gates import Phases
from provisioner.reasons.reason import Reason
from provisioner.reasons.surges import (
    SURGE_ABORTED,
    SURGE_OVER,
    SURGE_PAUSED,
    SURGE_PAUSED_WHY,
    SURGE_RETURNED,
    SURGE_RETURNS,
)
from provisioner.reasons.targets import NOT_STARTED

_HALTED = (SurgeState.PAUSED, SurgeState.ABORTING)
_CLOSED = (SurgeState.RETURNING, SurgeState.ENDED)


def demand_under(
    records: Records,
    rules: Rules,
    *,
    now: Instant,
    roster: Roster | None = None,
    running: Set[AgentId] = frozenset(),
    phases: Phases | None = None,
    ceilings: Sequence[CeilingState] | None = None,
) -> Demand:
    """The demand of the stored run.

    `running`: agents whose desktop is on: of a run that is known from notes alone, they are all who is served, and of people
    whose desktop an earlier run gave back. Without a run, or once it is over, who was served stays served, unless the desktop
    has gone back. `phases`: as for `demand_of`.
    """
    run, roster = records.surge, records.roster if roster is None else roster
    served = records.kept_under(rules)
    if run is None:
        return demand_of(roster, rules, run=None, now=now, served=served)
    if run.state in _CLOSED:
        closed = demand_of(roster, rules, run=None, now=now, served=served | _owners_back(run, records))
        return _going_back(_said(closed, _over(run)), run, records, rules, now)
    served = served - (_asleep(run, records) - running)
    if run.state not in _HALTED:
        return demand_of(
            roster, rules, run=run, now=now, served=served, phases=phases, ceilings=ceilings, owners=records.owners
        )
    # Time stands still for the waves: what opens meanwhile opens when it goes on.
    # Of a run that is known from notes alone, who has a desktop that is on counts as served.
    served = served | running if run.rebuilt else served
    begun = served if run.rebuilt else served | records.owners
    why = _halted(run)
    halted = demand_of(
        roster, rules, run=run, now=min(now, run.since), served=served, halted=why, ceilings=ceilings, owners=records.owners
    )
    return _only(halted, lambda want: want.agent_id in begun, why)


def _asleep(run: SurgeRun, records: Records) -> frozenset[AgentId]:
    """Agents whose desktop an earlier run gave back: they had been served, and wait for their batch as everybody does."""
    made = (desktop for desktop in records.reservations if desktop.run in run.wakes)
    return frozenset(desktop.agent_id for desktop in made if desktop.agent_id is not None)


def _over(run: SurgeRun) -> Reason:
    return SURGE_OVER(number=run.number, scenario=run.scenario)


def _halted(run: SurgeRun) -> Reason:
    if run.state is SurgeState.ABORTING:
        return SURGE_ABORTED(by=run.by)
    return SURGE_PAUSED_WHY(by=run.by, why=run.reason) if run.reason else SURGE_PAUSED(by=run.by)


def _said(demand: Demand, reason: Reason) -> Demand:
    """With this reason for everybody whose wave waits for a start."""
    waits = (replace(agent, reason=reason) if agent.reason.code == NOT_STARTED.code else agent for agent in demand.not_wanted)
    return replace(demand, not_wanted=tuple(waits))


def _only(demand: Demand, stays: Callable[[Want], bool], reason: Reason) -> Demand:
    """The wants that stay; nothing changes by itself."""
    out = [want for want in (*demand.wants.values(), *demand.ahead.values()) if not stays(want)]
    later = (
        replace(agent, reason=reason, opens_at=None, begins_at=None) if agent.then is not None else agent
        for agent in demand.not_wanted
    )
    return Demand(
        wants={seat: want for seat, want in demand.wants.items() if stays(want)},
        ahead={seat: want for seat, want in demand.ahead.items() if stays(want)},
        not_wanted=(*later, *(_unwanted(want, reason, entitled=True) for want in out)),
        batches=demand.batches,
    )


def _unwanted(want: Want, reason: Reason, *, entitled: bool) -> NotWanted:
    assert want.agent_id is not None  # a wave's seats are agents'
    return NotWanted(
        agent_id=want.agent_id, login=want.login, reason=reason, then=want if entitled else None, entitled=entitled
    )


# -- the return ------------------------------------------------------------------------------------------------------


def _owners_back(run: SurgeRun, records: Records) -> frozenset[AgentId]:
    """Agents whose desktop goes back, also if it was never given to them."""
    if run.returned_at is None:
        return frozenset()
    made = (desktop for desktop in records.reservations if desktop.run in run.takes_back)
    return frozenset(desktop.agent_id for desktop in made if desktop.agent_id is not None)


def _going_back(demand: Demand, run: SurgeRun, records: Records, rules: Rules, now: Instant) -> Demand:
    """Without the agents whose desktop goes back by now: they keep it, switched off, until its time is over."""
    if run.returned_at is None or run.kept_until is None:
        return demand
    turns = turns_of(demand.wants, run, records, rules)
    back = {seat: demand.wants[seat] for seat, turn in turns.items() if turn <= now}
    kept = now < run.kept_until
    reason = SURGE_RETURNS() if kept else SURGE_RETURNED()
    changes = {*(turn for turn in turns.values() if turn > now), *({run.kept_until} if kept else ())}
    return replace(
        demand,
        wants={seat: want for seat, want in demand.wants.items() if seat not in back},
        not_wanted=(*demand.not_wanted, *(_unwanted(want, reason, entitled=kept) for want in back.values())),
        next_change=min(changes, default=None),
    )


def turns_of(wants: Mapping[Seat, Want], run: SurgeRun, records: Records, rules: Rules) -> dict[Seat, Instant]:
    """When each desktop that the run made goes back: the last wave's first, in batches."""
    made = {desktop.seat for desktop in records.reservations if desktop.run in run.takes_back}
    waves = {wave.name: index for index, wave in enumerate(rules.scenario.waves)}
    # Nobody's wave any more: before the last.
    going = sorted(
        (want for seat, want in wants.items() if seat in made),
        key=lambda want: (-waves.get(want.wave, len(waves)), want.login),
    )
    began = inf if run.returned_at is None else run.returned_at
    size = run.goes_back.size or max(1, len(going))
    turns = _turns(run.goes_back, rules.scenario.calendar, began, ceil(len(going) / size))
    return {want.seat: turns[index // size] for index, want in enumerate(going)}


def _turns(rules: ReturnRules, calendar: Calendar | None, began: Instant, count: int) -> list[Instant]:
    """When each batch goes back."""
    if rules.every_half_day and calendar is not None and began < inf:
        return [began, *islice(calendar.half_days_after(began), max(0, count - 1))]
    return [never_beyond(began + batch * rules.interval_s) for batch in range(count)]


__all__ = ["demand_under", "turns_of"]
