"""All rehearsals of one forecast: the middle one, those with other durations, and with each resource doubled. Pure.

Each run is a function of its number, so that several processes can share them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter

from provisioner.model.ids import ClusterId, Instant
from provisioner.model.machines.twin_spec import TwinSpec
from provisioner.model.people.profiles import CloneKind, Profile
from provisioner.model.scenario.etas import MeasuredKind, Measurement
from provisioner.model.site_config import SiteConfig
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.rehearsal import ONE_IMAGE
from provisioner.reconciler.observation_schedule import cloning_period
from provisioner.rehearsal.bands import DRAWS, UNEXPLAINED, Band, band_of
from provisioner.rehearsal.binding import CHANCES, Doubling, SwitchPart, binding, clones_in_full, doubled, gains_of, in_short
from provisioner.rehearsal.durations import Estimate, Shown, estimate
from provisioner.rehearsal.fitting import WaveFit, fits_of
from provisioner.rehearsal.forecast import Forecast
from provisioner.rehearsal.measuring import CLONES, PAUSE_S, going_on
from provisioner.rehearsal.rehearse import Rehearsal, Stage
from provisioner.rehearsal.waves import of_those_served

_ENOUGH = 16
"""Clones, or boots, of the last ten minutes that outweigh all before: at σ = 0.15 their mean is right within 4 %."""
_IN_MEMORY_S = 20 * 3600.0
"""What a daemon has made so long ago it still knows: in the morning, the evening's."""
_SHOWS_NOTHING_S = 1.0
"""Every boot takes longer."""
_APART = 1_000
"""Between the seeds of the chances with which resources are doubled."""
_POINTS = 100
"""Of a curve: more would not be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """When so many desktops are ready."""

    desktops: int
    band: Band


@dataclass(frozen=True, slots=True, kw_only=True)
class EnsembleOutcome:
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
    gains: tuple[Doubling, ...] = ()
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
        chances: int = CHANCES,
    ) -> None:
        """`known`: the twins' durations are their file's, and not to be tuned. `widening`: a power of the bands (`Score`).
        `draws`: DRAWS, or 0: without bands. `chances`: with which each resource is doubled."""
        self._widening = widening
        self._measured = tuple(sorted((each for each in measured if each.image), key=lambda each: each.ended_at))
        recalled = _remembered(stage, self._measured)
        now = frozenset(recalled)
        self._stage = replace(stage, recalled=recalled, earlier=tuple(each for each in measured if each not in now))
        self.draws, self._chances = draws, chances
        self._estimates = {} if known else {key: _estimate(stage, key, measured, draws=max(2, draws)) for key in stage.twins}
        self._known = known
        self._twins = self._with(lambda found: found.spec)
        found = tuple(doubled(self._twins, full=clones_in_full(stage.config)))
        self._resources = tuple(resource for resource, _ in found)
        self._variants = (self._twins, *(twins for _, twins in found))

    @property
    def runs(self) -> int:
        """How many rehearsals there are."""
        return self.draws + self._chances * len(self._variants)

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

    def at_once(self) -> Band | None:
        """Of the waves' last desktop, by the queue that the daemon itself looks at, after its first cycles: no rehearsal.

        None: what is wanted is not known to come, nothing was measured, or there are seats of pools alone.
        """
        rehearsal = Rehearsal(replace(self.stage_of(0), recalled=self._measured))
        loop, began_at = rehearsal.reconciler, self._stage.begins_at
        rehearsal.go_on(until=lambda: loop.status is not None and loop.status.planned_at is not None)
        etas = () if loop.status is None else tuple(loop.status.etas.values())
        ends = [(eta.early_at, eta.middle_at, eta.late_at) for eta in etas if eta.ready < eta.people]
        if not ends or any(None in each for each in ends):
            return None
        early_s, middle_s, late_s = (max(at - began_at for at in each if at is not None) for each in zip(*ends, strict=True))
        return Band(early_s=max(1.0, early_s), middle_s=max(1.0, middle_s), late_s=max(1.0, late_s))

    def stage_of(self, number: int) -> Stage:
        """What the rehearsal of this number plays on; 0: the middle of what was measured."""
        return replace(self._stage, twins=self._of(number))

    def outcome(self, forecasts: Sequence[Forecast]) -> EnsembleOutcome:
        """From the results of all runs, in their order; without those after the draws it is not known what binds."""
        middle, draws, others = forecasts[0], forecasts[1 : 1 + self.draws], forecasts[1 + self.draws :]
        ends = [end for draw in draws if (end := draw.last_after_s) is not None]
        helps = self._gains([middle, *others])
        return EnsembleOutcome(
            forecast=middle,
            band=self._band(ends) if draws and middle.wanted and len(ends) == len(draws) else None,
            curve=tuple(self._curve(draws)),
            opens=tuple(self._opens(draws)),
            waves=dict(self._wave_bands(draws)),
            served=sum(draw.serves_all for draw in draws) / len(draws) if draws else 1.0,
            gains=helps,
            binds=binding(middle, helps) if others else NONE,
            wave_binds=dict(self._wave_binds([middle, *others])) if others else {},
            fits=fits_of(middle, [*self._late_binds([middle, *others])], draws, self._band),
        )

    def _gains(self, parts: Sequence[SwitchPart]) -> tuple[Doubling, ...]:
        """The best first; of the middle alone none."""
        size = len(self._variants)
        chances = [parts[at : at + size] for at in range(0, len(parts), size)]
        return gains_of(self._resources if len(parts) > 1 else (), chances)

    def _curve(self, draws: Sequence[Forecast]) -> Iterator[Reached]:
        times = [*zip(*(draw.ready_after_s for draw in draws), strict=False)]
        for desktops in sorted({len(times) * point // _POINTS for point in range(1, _POINTS + 1)} - {0}):
            yield Reached(desktops=desktops, band=self._band(times[desktops - 1]))

    def _opens(self, draws: Sequence[Forecast]) -> Iterator[Reached]:
        bands = map(self._band, zip(*map(_openings, draws), strict=False))
        for band, steps in groupby(enumerate(bands, start=1), key=itemgetter(1)):
            yield Reached(desktops=[desktops for desktops, _ in steps][-1], band=band)

    def _band(self, times_s: Sequence[float]) -> Band:
        return band_of(times_s, unexplained=0.0 if self._known else UNEXPLAINED).widened(self._widening)

    def _wave_bands(self, draws: Sequence[Forecast]) -> Iterator[tuple[str, Band]]:
        for waves in zip(*(draw.waves for draw in draws), strict=True):
            ends = [end for wave in waves if wave.wanted and (end := wave.last_after_s) is not None]
            if len(ends) == len(draws):
                yield waves[0].name, self._band(ends)

    def _wave_binds(self, forecasts: Sequence[Forecast]) -> Iterator[tuple[str, Reason]]:
        for waves in zip(*(each.waves for each in forecasts), strict=True):
            yield waves[0].name, binding(waves[0], self._gains(waves))

    def _late_binds(self, forecasts: Sequence[Forecast]) -> Iterator[Reason]:
        """What the desktops of each wave that come wait for, whoever gets none."""
        for waves in zip(*(each.waves for each in forecasts), strict=True):
            served = [of_those_served(wave) for wave in waves]
            yield in_short(binding(served[0], self._gains(served)))

    def _of(self, number: int) -> Mapping[ClusterId, TwinSpec]:
        if 0 < number <= self.draws:
            return self._with(lambda found: found.draw(number - 1), seed=number)
        chance, variant = divmod(max(0, number - self.draws), len(self._variants))
        return {key: replace(spec, seed=spec.seed + chance * _APART) for key, spec in self._variants[variant].items()}

    def _with(self, spec_of: Callable[[Estimate], TwinSpec], *, seed: int = 0) -> dict[ClusterId, TwinSpec]:
        """The stage's twins, with the nodes, storages, durations and chances of their estimates; the guests stay."""
        if self._known:
            return {key: replace(spec, seed=spec.seed + seed) for key, spec in self._stage.twins.items()}
        tuned = {key: (spec, spec_of(self._estimates[key])) for key, spec in self._stage.twins.items()}
        return {key: replace(twin, guests=spec.guests) for key, (spec, twin) in tuned.items()}


def _openings(draw: Forecast) -> list[float]:
    """Of each wanted desktop when its batch opens, ascending; 0: it is open from the start."""
    return sorted(max(0.0, opens_s) for wave in draw.made for opens_s, count in wave.batches for _ in range(count))


def _estimate(stage: Stage, cluster: ClusterId, measured: Sequence[Measurement], *, draws: int) -> Estimate:
    ours = {record.reservation.vmid for record in stage.records.desktops.values() if record.reservation.cluster == cluster}
    spec = stage.twins[cluster]
    bare = replace(spec, guests=tuple(guest for guest in spec.guests if guest.vmid not in ours))
    profile = _measured_profile(stage.config, cluster, measured)
    if profile is None:
        expected_s = max((each.expected_ready_s for each in stage.config.profiles.values()), default=Shown().expected_s)
        return estimate(bare, Shown(expected_s=expected_s), draws=draws)
    found = estimate(bare, _shown(stage, cluster, profile, measured), draws=draws)
    others = sorted(each.image for each in stage.config.profiles.values() if each.image != profile.image)
    unknown = tuple(ONE_IMAGE(image=image, like=profile.image) for image in others)
    return replace(found, assumed=(*found.assumed, *unknown))


def _shown(stage: Stage, cluster: ClusterId, profile: Profile, measured: Sequence[Measurement]) -> Shown:
    mine = [each for each in measured if each.image == profile.image and each.place.partition("/")[0] == cluster]
    clones = _that_count([each for each in mine if each.kind in CLONES], stage.begins_at)
    boots = _that_count([each for each in mine if each.kind is MeasuredKind.FIRST_BOOT], stage.begins_at)
    return Shown(
        clones=clones,
        boots=boots,
        under_way=tuple(_under_way_on(cluster, stage)) if boots else (),
        look_s=cloning_period(len({clone.place for clone in clones}), stage.config.pace),
        full=profile.clone is CloneKind.FULL,
        expected_s=profile.expected_ready_s,
    )


def _under_way_on(cluster: ClusterId, stage: Stage) -> Iterator[Measurement]:
    """Boots that have not ended, as far as anybody knows; who was not asked has shown nothing, and is there."""
    unasked = {guest.vmid for guest in stage.twins[cluster].guests if guest.unasked}
    for record in stage.records.desktops.values():
        reservation, began_at = record.reservation, record.started_at
        if reservation.cluster != cluster or began_at is None or (record.report is not None and record.report.ready):
            continue
        if (took_s := stage.begins_at - began_at) > 0.0:
            took_s = min(took_s, _SHOWS_NOTHING_S) if reservation.vmid in unasked else took_s
            place = f"{cluster}/{reservation.node}"
            yield Measurement(kind=MeasuredKind.FIRST_BOOT, place=place, began_at=began_at, took_s=took_s, parallel=1.0)


def _that_count(runs: Sequence[Measurement], now: Instant) -> tuple[Measurement, ...]:
    """In the order of their ends: of a switch that goes on the last ten minutes, as a storage may have become slower since."""
    ended = sorted(runs, key=lambda run: run.ended_at)
    latest = [run for run in ended if run.ended_at >= now - PAUSE_S]
    return tuple(latest if len(latest) >= _ENOUGH else ended)


def _measured_profile(config: SiteConfig, cluster: ClusterId, measured: Sequence[Measurement]) -> Profile | None:
    """The profile whose image was measured most on this cluster."""
    mine = [each.image for each in measured if each.place.partition("/")[0] == cluster]
    here = (
        profile
        for profile in config.profiles.values()
        if any(template.cluster == cluster for template in profile.templates) and profile.image in mine
    )
    return max(here, key=lambda profile: (mine.count(profile.image), profile.name), default=None)


def _remembered(stage: Stage, measured: Sequence[Measurement]) -> tuple[Measurement, ...]:
    """Of the desktops that were made last. Without a desktop it is over: what was measured were trials, or another day."""
    made = any(record.started_at is not None for record in stage.records.desktops.values())
    last = measured[-1].ended_at if measured else 0.0
    return going_on(measured, now=last) if made and last >= stage.begins_at - _IN_MEMORY_S else ()


__all__ = ["Ensemble", "EnsembleOutcome", "Reached"]
