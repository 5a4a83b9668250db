"""All rehearsals of one forecast: the middle one, those with other durations, and those with a resource doubled. Pure.

Each run is a function of its number, so that several processes can share them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from provisioner.model.ids import ClusterId
from provisioner.model.measured import Measurement
from provisioner.model.profiles import CloneKind, Profile
from provisioner.model.site_config import SiteConfig
from provisioner.model.twin_spec import TwinSpec
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.rehearsal import ONE_IMAGE
from provisioner.reconciler.observation_schedule import cloning_period
from provisioner.rehearsal.bands import DRAWS, Band, band_of
from provisioner.rehearsal.binding import Doubled, Gain, binding, clones_in_full, doubled, gains_of, in_short
from provisioner.rehearsal.durations import Estimate, estimate
from provisioner.rehearsal.fitting import WaveFit, fits_of
from provisioner.rehearsal.forecast import Forecast
from provisioner.rehearsal.recalling import going_on
from provisioner.rehearsal.rehearse import Rehearsal, Stage
from provisioner.rehearsal.trials import Burst, latest_burst, tried
from provisioner.rehearsal.waves import WaveForecast, of_those_served

_POINTS = 100
"""Of a curve: more would not be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """When so many desktops are ready."""

    desktops: int
    band: Band


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A forecast, its band, and what would shorten it."""

    forecast: Forecast
    """With the most likely durations."""
    band: Band | None = None
    """Of the last desktop; None: not all are served in every rehearsal, or nothing was measured."""
    curve: tuple[Reached, ...] = ()
    """When so many desktops are ready, as far as in all rehearsals; empty: nothing was measured."""
    opens: tuple[Reached, ...] = ()
    """When so many are wanted, in the same rehearsals: a gate opens in each at another time. A step for each batch."""
    waves: Mapping[str, Band] = field(default_factory=dict)
    """Of the last desktop of each wave that is served in every rehearsal."""
    served: float = 1.0
    """Part of the rehearsals in which everybody is served."""
    gains: tuple[Gain, ...] = ()
    """What twice as much of each resource would bring, the best first."""
    binds: Reason = NONE
    """What the whole switch waits for."""
    wave_binds: Mapping[str, Reason] = field(default_factory=dict)
    """What each wave waits for."""
    fits: tuple[WaveFit, ...] = ()
    """How many of each wave are served in time, and what limits it."""


class Ensemble:
    """The rehearsals of one stage; `measured`: what its clusters have shown."""

    def __init__(
        self,
        stage: Stage,
        measured: Sequence[Measurement],
        *,
        known: bool = False,
        widening: float = 1.0,
        draws: int = DRAWS,
    ) -> None:
        """`known`: the twins' durations are their file's, and not to be tuned. `widening`: a power of the bands (`Score`).
        `draws`: DRAWS, or 0: without bands."""
        self._widening = widening
        recalled = going_on(measured, now=stage.begins_at) if _under_way(stage) else ()
        self._stage = replace(stage, recalled=recalled)
        self._estimates = {} if known else {key: _estimate(stage, key, measured) for key in stage.twins}
        self._known = known
        self._twins = self._with(lambda found: found.spec)
        self._draws = 0 if self.desktops == 0 else draws  # without a measurement they would differ by chance alone
        self._doubled: tuple[Doubled, ...] = tuple(doubled(self._twins, full=clones_in_full(stage.config)))

    @property
    def runs(self) -> int:
        """How many rehearsals there are."""
        return 1 + self._draws + len(self._doubled)

    @property
    def desktops(self) -> int | None:
        """The desktops that were measured on the least known cluster; None: the durations are a file's."""
        return None if self._known else min((found.desktops for found in self._estimates.values()), default=0)

    @property
    def assumed(self) -> tuple[Reason, ...]:
        """What was not measured."""
        return tuple(dict.fromkeys(reason for found in self._estimates.values() for reason in found.assumed))

    def run(self, number: int) -> Forecast:
        """The rehearsal of this number."""
        return Rehearsal(self.stage_of(number)).run()

    def stage_of(self, number: int) -> Stage:
        """What the rehearsal of this number plays on; 0: the middle of what was measured."""
        return replace(self._stage, twins=self._of(number))

    def gains(self, forecasts: Sequence[Forecast]) -> tuple[Gain, ...]:
        """The best first, from the results of the last runs: those with a resource doubled."""
        return gains_of((each.resource for each in self._doubled), [forecast.last_after_s for forecast in forecasts])

    def outcome(self, forecasts: Sequence[Forecast], *, gains: bool = True) -> Outcome:
        """From the results of all runs, in their order; without `gains` those with a resource doubled may be missing."""
        middle, draws, others = forecasts[0], forecasts[1 : 1 + self._draws], forecasts[1 + self._draws :]
        ends = [end for draw in draws if (end := draw.last_after_s) is not None]
        helps = self.gains(others) if gains else ()
        return Outcome(
            forecast=middle,
            band=self._band(ends) if draws and middle.wanted and len(ends) == len(draws) else None,
            curve=tuple(self._curve(draws)),
            opens=tuple(self._opens(draws)),
            waves=dict(self._wave_bands(draws)),
            served=sum(draw.serves_all for draw in draws) / len(draws) if draws else 1.0,
            gains=helps,
            binds=binding(middle, helps) if gains else NONE,
            wave_binds=dict(self._wave_binds(middle, others)) if gains else {},
            fits=fits_of(middle, [*self._late_binds(middle, others if gains else ())], draws, widening=self._widening),
        )

    def _curve(self, draws: Sequence[Forecast]) -> Iterator[Reached]:
        most = min((len(draw.ready_after_s) for draw in draws), default=0)
        for desktops in sorted({most * point // _POINTS for point in range(1, _POINTS + 1)} - {0}):
            times = [draw.ready_after_s[desktops - 1] for draw in draws]
            yield Reached(desktops=desktops, band=self._band(times))

    def _opens(self, draws: Sequence[Forecast]) -> Iterator[Reached]:
        times = [_openings(draw) for draw in draws]
        most, before = min(map(len, times), default=0), None
        for desktops in range(1, most + 1):
            opened = Reached(desktops=desktops, band=self._band([each[desktops - 1] for each in times]))
            if before is not None and before.band != opened.band:
                yield before
            before = opened
        if before is not None:
            yield before

    def _band(self, times_s: Sequence[float]) -> Band:
        return band_of(times_s).widened(self._widening)

    def _wave_bands(self, draws: Sequence[Forecast]) -> Iterator[tuple[str, Band]]:
        for waves in zip(*(draw.waves for draw in draws), strict=True):
            ends = [end for wave in waves if wave.wanted and (end := wave.last_after_s) is not None]
            if len(ends) == len(draws):
                yield waves[0].name, self._band(ends)

    def _wave_binds(self, middle: Forecast, others: Sequence[Forecast]) -> Iterator[tuple[str, Reason]]:
        for wave, *again in zip(middle.waves, *(other.waves for other in others), strict=True):
            yield wave.name, self._binding(wave, again)

    def _late_binds(self, middle: Forecast, others: Sequence[Forecast]) -> Iterator[Reason]:
        """What the desktops of each wave that come wait for, whoever gets none."""
        for wave, *again in zip(middle.waves, *(other.waves for other in others), strict=True):
            yield in_short(self._binding(of_those_served(wave), [of_those_served(each) for each in again]))

    def _binding(self, wave: WaveForecast, again: Sequence[WaveForecast]) -> Reason:
        """`again`: the same wave with each resource doubled, or nothing."""
        resources = [each.resource for each in self._doubled] if again else []
        return binding(wave, gains_of(resources, [each.last_after_s for each in again]))

    def _of(self, number: int) -> Mapping[ClusterId, TwinSpec]:
        if number == 0:
            return self._twins
        if number > self._draws:
            return self._doubled[number - 1 - self._draws].twins
        return self._with(lambda found: found.draw(number - 1), seed=number)

    def _with(self, spec_of: Callable[[Estimate], TwinSpec], *, seed: int = 0) -> dict[ClusterId, TwinSpec]:
        """The stage's twins with the durations of their estimates."""
        if self._known:
            return {key: replace(spec, seed=spec.seed + seed) for key, spec in self._stage.twins.items()}
        return {key: _with_durations(spec, spec_of(self._estimates[key])) for key, spec in self._stage.twins.items()}


def _openings(draw: Forecast) -> list[float]:
    """Of each wanted desktop when its batch opens, ascending; 0: it is open from the start."""
    return sorted(max(0.0, opens_s) for wave in draw.made for opens_s, count in wave.batches for _ in range(count))


def _estimate(stage: Stage, cluster: ClusterId, measured: Sequence[Measurement]) -> Estimate:
    ours = {record.reservation.vmid for record in stage.records.desktops.values() if record.reservation.cluster == cluster}
    spec = stage.twins[cluster]
    bare = replace(spec, guests=tuple(guest for guest in spec.guests if guest.vmid not in ours))
    profile = _measured_profile(stage.config, cluster, measured)
    if profile is None:
        return estimate(bare, None, _no_trial, look_s=0.0, full=False, draws=DRAWS)
    mine = [each for each in measured if each.image in (profile.image, "")]
    now, outstanding = (stage.begins_at, _outstanding(stage)) if _under_way(stage) else (None, 0)
    burst = latest_burst(mine, cluster=cluster, outstanding=outstanding, now=now)
    found = estimate(
        bare,
        burst,
        lambda twin: _tried(stage, twin, burst, profile),
        look_s=cloning_period(len({clone.place for clone in burst.clones}) if burst else 0, stage.config.pace),
        full=profile.clone is CloneKind.FULL,
        draws=DRAWS,
    )
    others = sorted(each.image for each in stage.config.profiles.values() if each.image != profile.image)
    unknown = tuple(ONE_IMAGE(image=image, like=profile.image) for image in others)
    return replace(found, assumed=(*found.assumed, *unknown))


def _tried(stage: Stage, twin: TwinSpec, burst: Burst | None, profile: Profile) -> Burst:
    assert burst is not None  # nothing is tried without a measurement
    return tried(stage.config, twin, burst, profile=profile, now=stage.begins_at)


def _no_trial(_: TwinSpec) -> Burst:
    raise AssertionError("nothing was measured, and so nothing is tried")


def _measured_profile(config: SiteConfig, cluster: ClusterId, measured: Sequence[Measurement]) -> Profile | None:
    """The profile whose image was measured most on this cluster."""
    mine = [each.image for each in measured if each.place.partition("/")[0] == cluster]
    here = (
        profile
        for profile in config.profiles.values()
        if any(template.cluster == cluster for template in profile.templates) and profile.image in mine
    )
    return max(here, key=lambda profile: (mine.count(profile.image), profile.name), default=None)


def _under_way(stage: Stage) -> bool:
    """Whether desktops are being made. What was measured before, such as trial desktops, is over: all of it was made."""
    return any(record.started_at is not None and record.report is None for record in stage.records.desktops.values())


def _outstanding(stage: Stage) -> int:
    """Seats without a desktop, as far as a roster shows it: what a burst that goes on has yet to make."""
    scenario, pools = stage.config.scenario, stage.config.desktop_pools.values()
    agents = sum(not scenario.rotates(agent) for agent in stage.roster.agents.values())
    return max(0, agents + sum(pool.size for pool in pools) - len(stage.records.desktops))


def _with_durations(spec: TwinSpec, tuned: TwinSpec) -> TwinSpec:
    """With the tuned twin's storages and durations, and its chances; the guests stay."""
    storages = {each.storage: each for each in tuned.storages}
    return replace(
        spec,
        seed=tuned.seed,
        durations=tuned.durations,
        storages=tuple(storages.get(each.storage, each) for each in spec.storages),
    )


__all__ = ["Ensemble", "Outcome", "Reached"]
