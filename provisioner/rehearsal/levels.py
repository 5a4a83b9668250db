"""What each level of preparation buys: the same switch with desktops made before, as far as the level says, or not at all."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import inf

from provisioner.model.ids import Instant
from provisioner.model.scenarios import PreparationLevel, Scenario
from provisioner.model.status import Preparation
from provisioner.rehearsal.forecast import Forecast
from provisioner.rehearsal.rehearse import Rehearsal, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelForecast:
    """One level, and what the switch comes to with it."""

    level: PreparationLevel
    forecast: Forecast
    """Counted from the scenario's start, when the desktops made before are there."""
    prepared: int = 0
    """Desktops that were as far as the level says by then."""
    missing: int = 0
    """Desktops that could not be made that far."""
    preparing_s: float = 0.0
    """How long making them took: the scenario must be in force so long before its start."""
    memory_mib: int = 0
    """From then on in use where they run, kept free for their boots where they are stopped."""
    disk_gib: float = 0.0
    """What they are expected to fill; set aside from then on."""


def compare(stage: Stage, levels: Iterable[PreparationLevel] = tuple(PreparationLevel)) -> Iterator[LevelForecast]:
    """One level after the other, each on twins of its own. Whole rehearsals: a result comes when it is there."""
    for level in levels:
        yield _bought(stage, level)


def _bought(stage: Stage, level: PreparationLevel) -> LevelForecast:
    """The preparation has all the time it needs: the scenario's start is put off until it is done."""
    begins_at = stage.begins_at if level is PreparationLevel.NONE else inf
    config = replace(stage.config, scenario=_at(stage.config.scenario, level, starts_at=begins_at))
    rehearsal = Rehearsal(replace(stage, config=config))
    if level is PreparationLevel.NONE:
        return LevelForecast(level=level, forecast=rehearsal.run())
    preparing_s = rehearsal.prepare()
    status, records = rehearsal.reconciler.status, rehearsal.reconciler.records
    made: tuple[Preparation, ...] = status.preparations if status else ()
    profiles, budget = config.profiles, config.budget
    sizes = [profiles[one.profile] for one in records.reservations]
    rehearsal.begin(_at(stage.config.scenario, level, starts_at=rehearsal.events.now))
    return LevelForecast(
        level=level,
        forecast=rehearsal.run(),
        prepared=sum(one.wanted - one.missing for one in made),
        missing=sum(one.missing for one in made),
        preparing_s=preparing_s,
        memory_mib=sum(one.memory_mib for one in sizes),
        disk_gib=sum(one.disk_gib for one in sizes) * budget.thin_share,
    )


def _at(scenario: Scenario, level: PreparationLevel, *, starts_at: Instant) -> Scenario:
    waves = tuple(replace(one, prepare=level, prepare_before_s=None) for one in scenario.waves)
    return replace(scenario, waves=waves, starts_at=starts_at)
