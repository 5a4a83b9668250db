"""Orders about a surge: what becomes of its run, or why nothing can. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf

from provisioner.model.bounds import LAST_YEAR
from provisioner.model.ids import Instant
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.scenario.scenarios import Scenario
from provisioner.model.scenario.surges import (
    ORDERED,
    ReturnRules,
    SurgeChange,
    SurgeEvent,
    SurgeRun,
    SurgeState,
    SurgeTerms,
    moved,
    next_state,
    not_startable,
    of_another,
)
from provisioner.planning.demand.waves import Timetable
from provisioner.reasons.orders import TARGET_WANTED
from provisioner.reasons.reason import ALSO, Reason, join_reasons
from provisioner.reasons.surges import (
    SURGE_ENDS_BEFORE,
    SURGE_ENDS_FAR,
    SURGE_NO_GATE,
    SURGE_NO_WAVE,
    SURGE_TERMS,
    SURGE_UNCHANGED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SurgeOrder:
    """An order, and what it is compared with."""

    event: SurgeEvent
    terms: SurgeTerms
    by: str
    why: str
    run: SurgeRun | None
    configured: Scenario
    in_force: Scenario
    now: Instant

    def move(self, state: SurgeState) -> SurgeRun:
        """The run in this state, by this order."""
        assert self.run is not None  # without a run only a start has a next state
        return moved(self.run, state, by=self.by, at=self.now, reason=self.why)


def change_of(
    order: Intent, *, run: SurgeRun | None, configured: Scenario, in_force: Scenario, now: Instant
) -> SurgeChange | Reason:
    """The change that an order comes to, or why it is refused."""
    if order.target not in ORDERED:
        return TARGET_WANTED(kind=IntentKind.SURGE.value)
    surge_order = SurgeOrder(
        event=SurgeEvent(order.target),
        terms=order.terms.surge or SurgeTerms(),
        by=order.by,
        why=order.reason,
        run=run,
        configured=undated(configured),
        in_force=in_force,
        now=now,
    )
    if surge_order.event is SurgeEvent.START:
        configured = surge_order.configured
        if refused := not_startable(configured) or of_another(configured.name, surge_order.terms.scenario):
            return refused
    state = next_state(run, surge_order.event)
    if isinstance(state, Reason):
        return state
    after = _CARRIED_OUT[surge_order.event](surge_order, state)
    if isinstance(after, Reason):
        return after
    what = f"{surge_order.event.value} {surge_order.terms.wave or ''}".strip()
    return SurgeChange(run=after, what=what, by=order.by, at=now, why=order.reason)


def undated(scenario: Scenario) -> Scenario:
    """The scenario without its date: an operator's start counts."""
    return replace(scenario, starts_at=None)


def _start(order: SurgeOrder, state: SurgeState) -> SurgeRun | Reason:
    terms, scenario, before = order.terms, order.configured, order.run
    if terms.ends_at is not None and terms.ends_at <= max(order.now, terms.starts_at or order.now):
        return SURGE_ENDS_BEFORE()
    number = 1 if before is None else before.number + 1
    waits = terms.starts_at is not None and terms.starts_at > order.now
    # What an earlier run has given back, this one wakes: it goes back with this one.
    woken = before.takes_back if before is not None and before.returned_at is not None else frozenset[int]()
    run = SurgeRun(
        scenario=scenario.name,
        number=number,
        state=SurgeState.PENDING if waits else state,
        started_at=terms.starts_at if waits and terms.starts_at is not None else order.now,
        since=order.now,
        by=order.by,
        reason=order.why,
        day_1=terms.day_1,
        ends_at=terms.ends_at,
        takes_back=frozenset({number}) | woken,
        as_started=scenario,
    )
    if terms.ends_at is not None:
        return replace(run, goes_back=ReturnRules.of(scenario.end))
    if Timetable(scenario, run).ends_at() == inf:
        return SURGE_ENDS_FAR(year=LAST_YEAR)
    run = with_end(run, scenario)
    return SURGE_ENDS_BEFORE() if run.ends_at is not None and run.ends_at <= run.started_at else run


def with_end(run: SurgeRun, scenario: Scenario) -> SurgeRun:
    """The run with its end as the scenario says; none, if that comes after the last year."""
    ends_at = Timetable(scenario, run).ends_at()
    return replace(run, ends_at=None if ends_at == inf else ends_at, goes_back=ReturnRules.of(scenario.end))


def _resume(order: SurgeOrder, state: SurgeState) -> SurgeRun | Reason:
    run = order.move(state)
    if run.started_at > order.now:
        run = order.move(SurgeState.PENDING)
    # From here on an operator answers for it: an end that is over would end it again at once.
    ends_at = run.ends_at if run.ends_at is not None and run.ends_at > order.now else None
    as_started = order.configured if run.rebuilt else run.as_started
    return replace(run, ends_at=ends_at, returned_at=None, then_returns=False, rebuilt=False, as_started=as_started)


def _go(order: SurgeOrder, state: SurgeState) -> SurgeRun | Reason:
    waves = {wave.name: wave for wave in order.in_force.waves}
    name = order.terms.wave
    if name is None:
        return SURGE_TERMS()
    if name not in waves:
        return SURGE_NO_WAVE(scenario=order.in_force.name, wave=name, waves=join_reasons(waves, ALSO))
    if waves[name].gate is None:
        return SURGE_NO_GATE(wave=name)
    run = order.move(state)
    return replace(run, released=run.released | {name})


def _abort(order: SurgeOrder, state: SurgeState) -> SurgeRun | Reason:
    return replace(order.move(state), then_returns=order.terms.then_returns, goes_back=_goes_back(order))


def _finish(order: SurgeOrder, state: SurgeState) -> SurgeRun | Reason:
    return returning(order.move(state), order.now, goes_back=_goes_back(order))


def _extend(order: SurgeOrder, state: SurgeState) -> SurgeRun | Reason:
    if order.terms.ends_at is None:
        return SURGE_TERMS()
    return SURGE_ENDS_BEFORE() if order.terms.ends_at <= order.now else replace(order.move(state), ends_at=order.terms.ends_at)


def _accept(order: SurgeOrder, state: SurgeState) -> SurgeRun | Reason:
    run = order.move(state)
    if run.as_started is None or run.as_started == order.configured:
        return SURGE_UNCHANGED()
    goes_back = ReturnRules.of(order.configured.end)
    return replace(run, scenario=order.configured.name, as_started=order.configured, goes_back=goes_back)


def _goes_back(order: SurgeOrder) -> ReturnRules:
    assert order.run is not None  # as above
    return order.terms.goes_back or order.run.goes_back


def returning(run: SurgeRun, now: Instant, *, goes_back: ReturnRules | None = None) -> SurgeRun:
    """The run whose return begins; one that had begun goes on."""
    began = now if run.returned_at is None else run.returned_at
    return replace(run, returned_at=began, goes_back=goes_back or run.goes_back, rebuilt=False)


_CARRIED_OUT: dict[SurgeEvent, Callable[[SurgeOrder, SurgeState], SurgeRun | Reason]] = {
    SurgeEvent.START: _start,
    SurgeEvent.PAUSE: lambda order, state: order.move(state),
    SurgeEvent.RESUME: _resume,
    SurgeEvent.GO: _go,
    SurgeEvent.ABORT: _abort,
    SurgeEvent.FINISH: _finish,
    SurgeEvent.EXTEND: _extend,
    SurgeEvent.ACCEPT: _accept,
}

__all__ = ["change_of", "returning", "undated", "with_end"]
