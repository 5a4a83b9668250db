"""Where a rehearsal begins: in the run that goes on, or in a new one, as if it began now; and what that supposes. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from provisioner.model.ids import Instant
from provisioner.model.scenario.scenarios import Scenario, Wave
from provisioner.model.scenario.surges import SurgeRun, SurgeState
from provisioner.model.site_config import SiteConfig
from provisioner.planning.orders.runs import under_run
from provisioner.planning.orders.surges import undated
from provisioner.reasons.reason import Reason, ReasonKind
from provisioner.reasons.rehearsal import (
    BEGINS_NOW,
    GO_GIVEN,
    LENT_STAYS_LENT,
    NOBODY_STAYS_ON,
    NOT_ACCEPTED,
    POOL_FOLLOWS,
    RUN_ABORTED,
    RUN_RESUMED,
    RUN_RETURNS,
    STARTED_NOW,
)

_DAY_S = 86_400.0
WINDS_UP: Mapping[SurgeState, ReasonKind] = {SurgeState.ABORTING: RUN_ABORTED, SurgeState.RETURNING: RUN_RETURNS}
"""States in which nobody new gets a desktop of a run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What is rehearsed."""

    config: SiteConfig
    """With the scenario in force, which begins by itself."""
    run: SurgeRun | None
    """That goes on; None: a new one begins."""
    supposed: tuple[Reason, ...] = ()
    """What is not known, and is taken as given."""


def beginning_of(configured: SiteConfig, run: SurgeRun | None, now: Instant) -> Beginning:
    """`run`: the newest of the store. One that is not over goes on, and a pause counts as lifted now."""
    goes_on = run is not None and not run.is_over and _is_in_force(run, configured.scenario)
    config = under_run(run, configured) if goes_on else configured
    scenario, said = config.scenario, list(_shared(config))
    begun = replace(scenario, by_hand=False, waves=tuple(map(_let_go, scenario.waves)))
    if begun.waves != scenario.waves:
        said.insert(0, GO_GIVEN())
    if run is not None and goes_on:
        said[:0] = _of_run(run, in_force=scenario, configured=configured.scenario)
        return Beginning(config=replace(config, scenario=begun), run=_going_on(run, scenario, now), supposed=tuple(said))
    begun, first = _as_begun(begun, scenario, now, was_over=run is not None and run.scenario == scenario.name)
    return Beginning(config=replace(config, scenario=begun), run=None, supposed=(*first, *said))


def _is_in_force(run: SurgeRun, configured: Scenario) -> bool:
    """As the daemon has it: a scenario that begins by itself, and is configured no longer, is over."""
    return run.rebuilt or run.as_started is not None or run.scenario == configured.name


def _going_on(run: SurgeRun, scenario: Scenario, now: Instant) -> SurgeRun:
    """As the configured scenario's, which the rehearsal has in its place; a pause is over."""
    run = replace(run, scenario=scenario.name, as_started=None)
    if run.state is not SurgeState.PAUSED:
        return run
    state = SurgeState.PENDING if run.started_at > now else SurgeState.RUNNING
    return replace(run, state=state, since=now, rebuilt=False)


def _of_run(run: SurgeRun, *, in_force: Scenario, configured: Scenario) -> Iterator[Reason]:
    if run.state is SurgeState.PAUSED:
        yield RUN_RESUMED()
    if run.state in WINDS_UP:
        yield WINDS_UP[run.state]()
    if in_force != configured and undated(configured) != in_force:
        yield NOT_ACCEPTED(scenario=configured.name)


def _as_begun(begun: Scenario, scenario: Scenario, now: Instant, *, was_over: bool) -> tuple[Scenario, tuple[Reason, ...]]:
    """A scenario that waits for a day, or for an operator, begins now."""
    if scenario.by_hand or was_over:
        nothing = begun.is_for_nobody
        return replace(begun, starts_at=None), (() if nothing else (STARTED_NOW(),))
    if scenario.starts_at is None or not scenario.waits(now):
        return begun, ()
    return replace(begun, starts_at=now), (BEGINS_NOW(days=(scenario.starts_at - now) / _DAY_S),)


def _let_go(wave: Wave) -> Wave:
    """Nobody says `go` in a rehearsal."""
    return wave if wave.gate is None else replace(wave, gate=wave.gate.rehearsed)


def _shared(config: SiteConfig) -> Iterator[Reason]:
    """Of pools: who comes, and who stays on, is not foreseen."""
    for name, pool in sorted(config.desktop_pools.items()):
        if name == config.scenario.shared_pool:
            yield NOBODY_STAYS_ON(pool=name)
        elif pool.size:
            yield (POOL_FOLLOWS if pool.follows else LENT_STAYS_LENT)(pool=name)


__all__ = ["WINDS_UP", "Beginning", "beginning_of"]
