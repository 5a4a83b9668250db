"""Outside the hours: desktops that people were given are shut down once nobody is logged on, and are up again before the hours.

* A desktop rests if it was given, and its boot began before the hours ended. What is started later stays on until the hours
  have ended again: a wave's new desktops, which have a deadline to meet, and what an operator starts.
* One whose batch is due before the hours begin does not rest before that.
* What rests is neither late, nor missing, nor short of anything: its people have it again when the hours begin, and until then
  a gate counts it as ready.
"""

from collections.abc import Mapping
from dataclasses import replace

from provisioner.model.demand import Demand, Rest, Want
from provisioner.model.ids import Instant, Seat
from provisioner.model.records import Records
from provisioner.model.rules import Rules
from provisioner.model.scenarios import PreparationLevel, Scenario
from provisioner.model.surges import SurgeRun, SurgeState
from provisioner.reasons.targets import OUTSIDE_HOURS


def rest_at(scenario: Scenario, run: SurgeRun | None, now: Instant, *, start_up_s: float) -> Rest | None:
    """The rest of this moment, of no seat yet; None: the hours go on, or nothing rests.

    `start_up_s`: how long it takes to start all that rests.
    """
    if scenario.up_before_s is None or scenario.calendar is None or run is None or run.is_over:
        return None
    closed = None if run.state is SurgeState.PENDING else scenario.calendar.closed_at(now)
    if closed is None:
        return None
    since, until = closed
    return Rest(since=since, starts_at=max(since, until - scenario.up_before_s - start_up_s), until=until)


def next_edge(scenario: Scenario, rest: Rest | None, now: Instant) -> Instant | None:
    """When a rest begins, the start before the hours, or the hours; None: never."""
    if scenario.up_before_s is None or scenario.calendar is None:
        return None
    if rest is None:
        return scenario.calendar.closing_after(now)
    return rest.starts_at if now < rest.starts_at else rest.until


def resting_seats(demand: Demand, rest: Rest, records: Records, rules: Rules) -> frozenset[Seat]:
    """Seats of the demand whose desktop rests."""
    served = records.kept_under(rules)
    begun = {record.reservation.seat for record in records.desktops.values() if _is_begun(record.started_at, rest)}
    return frozenset(
        seat
        for seat, want in demand.wants.items()
        if want.agent_id in served and seat not in begun and not _is_due_within(want, rest)
    )


def with_rest(demand: Demand, rest: Rest, scenario: Scenario, now: Instant) -> Demand:
    """The demand with the seats of the rest at rest, until they are to be started again."""
    rested = replace(demand, rest=rest)
    if now >= rest.starts_at:
        return rested
    assert scenario.calendar is not None, "without a calendar nothing rests"
    because = OUTSIDE_HOURS(until=scenario.calendar.words(rest.until))
    resting: Mapping[Seat, Want] = {
        seat: replace(want, by=because, level=PreparationLevel.STOPPED)
        for seat, want in demand.wants.items()
        if seat in rest.seats
    }
    return replace(
        rested,
        wants={seat: want for seat, want in demand.wants.items() if seat not in resting},
        ahead={**demand.ahead, **resting},
        idle={**demand.idle, **dict.fromkeys(resting, because)},
    )


def _is_begun(started_at: Instant | None, rest: Rest) -> bool:
    """Whether somebody has started it since the hours ended; from `starts_at` on it is us."""
    return started_at is not None and rest.since <= started_at < rest.starts_at


def _is_due_within(want: Want, rest: Rest) -> bool:
    return want.due_at is not None and rest.since <= want.due_at < rest.until


__all__ = ["next_edge", "rest_at", "resting_seats", "with_rest"]
