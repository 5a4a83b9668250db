"""What becomes of a scenario's run without an order: it begins, its time comes, its gates open or shut, it is over. Pure.

Each gives the change to keep; None: there is none.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from provisioner.model.demand import Demand
from provisioner.model.ids import DesktopName, Instant
from provisioner.model.kept.records import DesktopRecord, Records
from provisioner.model.machines.desktops import ON, Phase, Reservation
from provisioner.model.scenario.scenarios import Scenario
from provisioner.model.scenario.surges import SurgeChange, SurgeEvent, SurgeRun, SurgeState, moved, next_state
from provisioner.model.site_config import SiteConfig
from provisioner.planning.demand.gates import after_gates
from provisioner.planning.orders.surges import returning, undated, with_end
from provisioner.planning.survey.survey import Survey
from provisioner.reasons.reason import Reason
from provisioner.reasons.surges import (
    ALL_DONE,
    ANOTHER_SCENARIO,
    BEGINS_ITSELF,
    CLOCK_WAS_AHEAD,
    END_HAS_COME,
    GATE_OPEN,
    STORE_WAS_LOST,
    STORE_WAS_LOST_BEGUN,
    TIME_HAS_COME,
)

_DAEMON = "daemon"
_ON_THE_WAY = (Phase.RESERVED, Phase.CLONING, Phase.UNPROVEN, Phase.CLONED, Phase.STARTING)
_BEFORE_END = (SurgeState.RUNNING, SurgeState.GATED, SurgeState.PAUSED, SurgeState.PENDING)


def begins(run: SurgeRun | None, configured: Scenario, now: Instant) -> Iterator[SurgeChange]:
    """Another configuration is in force. A scenario that begins by itself does; one by hand waits.

    A scenario that an operator has started goes on, whatever the configuration says, until its run is over; and a run that
    waits for an operator waits.
    """
    if run is not None and run.since > now:
        run = _put_right(run, now)
        yield _change(run, SurgeEvent.BEGIN, CLOCK_WAS_AHEAD(), now)
    stays = run is not None and not run.is_over and (run.rebuilt or run.as_started is not None)
    if stays or (run is not None and run.scenario == configured.name):
        return
    if not configured.by_hand:
        number = 1 if run is None else run.number + 1
        begun = with_end(SurgeRun.begun(configured.name, now, number=number), configured)
        yield _change(begun, SurgeEvent.BEGIN, BEGINS_ITSELF(), now)
    elif run is not None and not run.is_over:
        yield _change(_moved(run, SurgeState.ENDED, now), SurgeEvent.DONE, ANOTHER_SCENARIO(), now)


def loaded(run: SurgeRun | None, now: Instant, why: Reason) -> SurgeChange | None:
    """The run stands for one that could not be read."""
    if run is None:
        return None
    return _change(run, SurgeEvent.DONE if run.is_over else SurgeEvent.PAUSE, why, now)


def set_aside(run: SurgeRun | None, now: Instant, why: Reason) -> SurgeChange | None:
    """The run cannot be carried out as it is: it is known from its desktops alone, and waits for an operator.

    None: it is not the run, which is over, or was set aside before.
    """
    if run is None or run.is_over or run.rebuilt:
        return None
    waits = SurgeRun(
        scenario=run.scenario,
        number=run.number,
        state=SurgeState.PAUSED,
        started_at=run.started_at,
        since=now,
        by=_DAEMON,
        takes_back=run.takes_back,
        returned_at=run.returned_at,
        rebuilt=True,
    )
    return _change(waits, SurgeEvent.PAUSE, why, now)


def by_time(run: SurgeRun | None, now: Instant) -> SurgeChange | None:
    """The time of a start, and that of an end."""
    if run is None:
        return None
    if run.state is SurgeState.PENDING and run.started_at <= now:
        return _change(_moved(run, SurgeState.RUNNING, now), SurgeEvent.BEGIN, TIME_HAS_COME(), now)
    if run.ends_at is not None and run.ends_at <= now and run.state in _BEFORE_END:
        back = returning(_moved(run, SurgeState.RETURNING, now), now)
        return _change(replace(back, ends_at=None), SurgeEvent.FINISH, END_HAS_COME(), now)
    return None


def by_gates(run: SurgeRun | None, demand: Demand, now: Instant) -> SurgeChange | None:
    """Which gates have opened, and whether one is shut."""
    if run is None or not (demand.gates or run.state is SurgeState.GATED):
        return None
    event, why = (SurgeEvent.SHUT, demand.shut[0].shut_by) if demand.shut else (SurgeEvent.OPEN, GATE_OPEN())
    state = next_state(run, event)
    assert isinstance(state, SurgeState), "gates are refused in no state"
    after = _moved(after_gates(run, demand.gates), state, now)
    return None if after == run else _change(after, event, why, now)


def when_done(
    run: SurgeRun | None, survey: Survey, demand: Demand, desktops: Mapping[DesktopName, DesktopRecord], now: Instant
) -> SurgeChange | None:
    """An abort or a return is over."""
    if run is None or run.state not in (SurgeState.ABORTING, SurgeState.RETURNING):
        return None
    is_aborted = run.state is SurgeState.ABORTING
    if _begun(survey, demand) if is_aborted else _still_on(run, survey, demand, desktops):
        return None
    if is_aborted and run.then_returns:
        after = returning(moved(run, SurgeState.RETURNING, by=run.by, at=now, reason=run.reason), now)
    else:
        after = _moved(run, SurgeState.ENDED, now)
    return _change(after, SurgeEvent.DONE, ALL_DONE(), now)


def rebuilt(run: SurgeRun | None, scenario: Scenario, reservations: Iterable[Reservation], now: Instant) -> SurgeChange | None:
    """After the store was lost: desktops say that there was a surge, and nothing says how far it was."""
    made = [desktop for desktop in reservations if desktop.run is not None]
    marks = frozenset(desktop.run for desktop in made if desktop.run is not None)
    if not made:
        return None
    if run is not None:  # it has begun by itself, and goes on: the desktops are its own
        whole = replace(run, number=max(marks), takes_back=run.takes_back | marks)
        return None if whole == run else _change(whole, SurgeEvent.BEGIN, STORE_WAS_LOST_BEGUN(), now)
    if not scenario.by_hand:
        return None
    began = min(desktop.reserved_at for desktop in made)
    asks = replace(SurgeRun.begun(scenario.name, began, number=max(marks)), takes_back=marks, rebuilt=True)
    return _change(_moved(asks, SurgeState.PAUSED, now), SurgeEvent.PAUSE, STORE_WAS_LOST(), now)


def under_run(run: SurgeRun | None, config: SiteConfig) -> SiteConfig:
    """The configuration with the scenario of the run."""
    if run is None or run.as_started is None or run.is_over or run.as_started == undated(config.scenario):
        return config
    return replace(config, scenario=run.as_started)


def with_run(records: Records, scenario: Scenario, now: Instant) -> Records:
    """The records with the run that a daemon would begin by itself, if it started now."""
    run = records.surge
    if scenario.by_hand or (run is not None and run.scenario == scenario.name):
        return records
    if run is not None and run.as_started is not None and not run.is_over:
        return records
    return replace(records, surge=SurgeRun.begun(scenario.name, now))


def _moved(run: SurgeRun, state: SurgeState, now: Instant) -> SurgeRun:
    return moved(run, state, by=_DAEMON, at=now)


def _change(run: SurgeRun, event: SurgeEvent, why: Reason, now: Instant) -> SurgeChange:
    return SurgeChange(run=run, what=event.value, by=_DAEMON, at=now, why=why)


def _put_right(run: SurgeRun, now: Instant) -> SurgeRun:
    """A beginning in the future comes from a clock that was ahead. It is replaced: otherwise all agents would wait for it."""
    began = now if run.state is not SurgeState.PENDING and run.started_at > now else run.started_at
    returned = None if run.returned_at is None else min(run.returned_at, now)
    return replace(run, since=now, started_at=began, returned_at=returned)


def _begun(survey: Survey, demand: Demand) -> bool:
    """Whether a desktop that was begun is on its way."""
    found = (survey.of_seat.get(seat) for seat in demand.wants)
    return any(desktop is not None and survey.phases[desktop.name][0] in _ON_THE_WAY for desktop in found)


def _still_on(run: SurgeRun, survey: Survey, demand: Demand, desktops: Mapping[DesktopName, DesktopRecord]) -> bool:
    """Whether a desktop that is to go back is on, or another batch is to follow."""
    if demand.next_change is not None and run.kept_until is not None and demand.next_change < run.kept_until:
        return True
    made = (name for name, record in desktops.items() if record.reservation.run in run.takes_back)
    return any(survey.phases[name][0] in ON for name in made if name in survey.phases)


__all__ = [
    "begins",
    "by_gates",
    "by_time",
    "loaded",
    "rebuilt",
    "set_aside",
    "under_run",
    "when_done",
    "with_run",
]
