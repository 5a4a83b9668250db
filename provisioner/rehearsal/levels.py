"""What each level of preparation gains: the same switch without desktops made in advance, with stopped, with running ones.

Each run is a function of its number, as those of an `ensemble`: each level, and then each level with each resource doubled.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from provisioner.model.ids import Instant
from provisioner.model.scenario.scenarios import PreparationLevel, Scenario
from provisioner.model.status import Preparation
from provisioner.planning.placement.claims import claim_gib
from provisioner.reasons.reason import NONE, Reason
from provisioner.rehearsal.binding import binding, clones_in_full, doubled, gains_of
from provisioner.rehearsal.forecast import Forecast
from provisioner.rehearsal.rehearse import BOUND_S, Rehearsal, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelForecast:
    """One level, and the forecast of the switch with it."""

    level: PreparationLevel
    forecast: Forecast
    """From the scenario's start, when the desktops made in advance exist."""
    prepared: int = 0
    """Desktops that had reached the level by then."""
    missing: int = 0
    """Desktops that could not reach the level."""
    preparing_s: float = 0.0
    """How long making them took: the scenario must be in force this long before its start."""
    binds: Reason = NONE
    """What the switch waits for."""
    memory_mib: int = 0
    """From then on: in use by running desktops, kept free for the boots of stopped desktops."""
    disk_gib: float = 0.0
    """What they are expected to fill; reserved from then on."""


class Levels:
    """The rehearsals of one stage on all levels, each on its own twins."""

    def __init__(self, stage: Stage) -> None:
        self._levels = tuple(PreparationLevel)
        found = tuple(doubled(stage.twins, full=clones_in_full(stage.config)))
        self._resources = tuple(resource for resource, _ in found)
        self._stages = (stage, *(replace(stage, twins=twins) for _, twins in found))

    @property
    def runs(self) -> int:
        """How many rehearsals there are."""
        return len(self._levels) * len(self._stages)

    def run(self, number: int) -> LevelForecast:
        """The rehearsal of this number."""
        stage, level = divmod(number, len(self._levels))
        return _with_level(self._stages[stage], self._levels[level])

    def outcome(self, results: Sequence[LevelForecast]) -> tuple[LevelForecast, ...]:
        """Each level, from the results of all runs, in their order."""
        count = len(self._levels)
        return tuple(self._with_binds(results[place::count]) for place in range(count))

    def _with_binds(self, results: Sequence[LevelForecast]) -> LevelForecast:
        forecasts = [each.forecast for each in results]
        return replace(results[0], binds=binding(forecasts[0], gains_of(self._resources, [forecasts])))


def _with_level(stage: Stage, level: PreparationLevel) -> LevelForecast:
    """The preparation has all the time it needs: the scenario starts when it is done."""
    begins_at = stage.begins_at if level is PreparationLevel.NONE else stage.begins_at + BOUND_S
    config = replace(stage.config, scenario=_at(stage.config.scenario, level, starts_at=begins_at))
    rehearsal = Rehearsal(replace(stage, config=config))
    if level is PreparationLevel.NONE:
        return LevelForecast(level=level, forecast=rehearsal.run())
    preparing_s = rehearsal.prepare()
    status, records = rehearsal.reconciler.status, rehearsal.reconciler.records
    preparations: tuple[Preparation, ...] = status.preparations if status else ()
    profiles, budget = config.profiles, config.budget
    sizes = [profiles[each.profile] for each in records.reservations if each.profile in profiles]
    rehearsal.begin(_at(stage.config.scenario, level, starts_at=rehearsal.events.now))
    return LevelForecast(
        level=level,
        forecast=rehearsal.run(),
        prepared=sum(preparation.wanted - preparation.missing for preparation in preparations),
        missing=sum(preparation.missing for preparation in preparations),
        preparing_s=preparing_s,
        memory_mib=sum(profile.memory_mib for profile in sizes),
        disk_gib=sum(claim_gib(profile, budget) for profile in sizes),
    )


def _at(scenario: Scenario, level: PreparationLevel, *, starts_at: Instant) -> Scenario:
    waves = tuple(replace(wave, prepare=level, prepare_before_s=None) for wave in scenario.waves)
    return replace(scenario, waves=waves, starts_at=starts_at)
