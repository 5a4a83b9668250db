"""The durations of a twin, from what its cluster has shown. Pure.

The twin is tuned until a trial on it shows what was measured on the cluster: the same number of desktops, made by the same
reconciler, observed at the same intervals. So limits, pauses of a lock and late observations are in both, and need no formula.

Each of the draws is tuned with other chances: how far they differ is how far the measurements may be wrong.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import exp, log, sqrt
from statistics import NormalDist, fmean, median

from provisioner.model.measured import Measurement
from provisioner.model.twin_spec import Durations, StorageSpec, TwinSpec
from provisioner.reasons import rehearsal as reasons
from provisioner.reasons.reason import Reason
from provisioner.rehearsal.trials import Burst

Trial = Callable[[TwinSpec], Burst]
"""The measured burst, on this twin."""

_ROUNDS = 3
"""Trials until the twin shows what was measured: each corrects the error of the last one."""
_STEEPEST, _FLATTEST = 1.5, 0.4
"""How a clone's time follows from that of its image operations: in proportion, less if it waits for other things, too."""
_OUTSIDE_S = 3.0
"""Of a boot, from the order: the start task and its request, which the guest has no part in (PVE: 2.5 s)."""
_WIDTH_SPREAD = 0.2
"""Of the logarithm of the boots that a node gets done in a time, while that is not measured: users recommend 4 to 8 at once,
and how much of a boot is work for the node's processors does not show in boots with few beside them."""
_APART_SPREAD = log(2)
"""Of the logarithm of a clone's seconds outside of the lock, which no clone shows apart from those under it: half or twice as
long as assumed is nothing unusual. It matters while few clones were measured at once."""
_TOGETHER = 1.5
"""Clones with so many at once on average had another one after them under the lock."""
_SLOWER = 1.25
"""Boots that took this many times as long as those with few beside them show how many a node does at once."""
_ENOUGH = 8
"""Boots that show it: at σ = 0.15 their median is right within 7 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A tuned twin, and what is known of it."""

    spec: TwinSpec
    draw: Callable[[int], TwinSpec]
    """Other twins that the measurements allow as well, by number from 0."""
    desktops: int = 0
    """Desktops whose clones and boots were measured."""
    assumed: tuple[Reason, ...] = field(default=())
    """What was not measured."""


def estimate(spec: TwinSpec, measured: Burst | None, trial: Trial, *, look_s: float, full: bool, draws: int) -> Estimate:
    """Tune a twin without desktops; `look_s` are the seconds between two observations of clones."""
    if measured is None or not measured.clones or measured.boot_s is None:
        return Estimate(
            spec=spec,
            draw=lambda number: replace(spec, seed=spec.seed + 1 + number),
            assumed=tuple(_assumed(spec, measured=False)),
        )
    width = _width(measured, spec.durations)
    if width is not None:
        spec = _with_width(spec, width)
    tuning = _Tuning(spec, measured, trial, full=full)
    tuning.run()
    noise = _Noise(measured, look_s=look_s, width_known=width is not None, draws=draws)
    return Estimate(
        spec=tuning.spec,
        draw=lambda number: tuning.drawn(number, noise),
        desktops=min(len(measured.clones), len(measured.boots)),
        assumed=tuple(_assumed(spec, measured=True, width_known=width is not None)),
    )


class _Tuning:
    """A twin whose trials come closer to the measurements."""

    def __init__(self, spec: TwinSpec, measured: Burst, trial: Trial, *, full: bool) -> None:
        self.spec, self._measured, self._trial, self._full = spec, measured, trial, full
        self._wanted_s = _by_storage(measured.busy_s)
        self._slope = dict.fromkeys(self._wanted_s, 1.0)

    def run(self) -> None:
        before: dict[str, float] = {}
        factors: dict[str, float] = {}
        for _ in range(_ROUNDS):
            shown = self._trial(self.spec)
            shown_s = _by_storage(shown.busy_s)
            for storage, seconds in shown_s.items():
                if storage in before and storage in factors and abs(log(factors[storage])) > 0.05:
                    slope = log(seconds / before[storage]) / log(factors[storage])
                    self._slope[storage] = min(_STEEPEST, max(_FLATTEST, slope))
            before, factors = shown_s, self._factors(shown_s, self._wanted_s)
            self.spec = _scaled(self.spec, factors, _boot_factor(shown, self._measured), full=self._full)

    def drawn(self, number: int, noise: "_Noise") -> TwinSpec:
        """Tuned once more, with other chances and other errors of measuring."""
        seeded = _with_outside(replace(self.spec, seed=self.spec.seed + 1 + number), noise.outside(number))
        shown = self._trial(seeded)
        wanted_s = {storage: noise.measured_s(number, storage, seconds) for storage, seconds in self._wanted_s.items()}
        factors = self._factors(_by_storage(shown.busy_s), wanted_s)
        drawn = _scaled(seeded, factors, _boot_factor(shown, self._measured), full=self._full)
        return _with_width(drawn, drawn.durations.boots_width * noise.width(number))

    def _factors(self, shown_s: Mapping[str, float], wanted_s: Mapping[str, float]) -> dict[str, float]:
        return {
            storage: (wanted_s[storage] / seconds) ** (1.0 / self._slope[storage])
            for storage, seconds in shown_s.items()
            if storage in wanted_s
        }


class _Noise:
    """Errors that no trial shows: ends are seen late by chance, and what was not measured apart, or not at all."""

    def __init__(self, measured: Burst, *, look_s: float, width_known: bool, draws: int) -> None:
        self._draws, self._width_known = draws, width_known
        self._late_s = {storage: _late_s(clones, look_s) for storage, clones in _clones_by_storage(measured).items()}

    def measured_s(self, number: int, storage: str, seconds: float) -> float:
        """The measured time, if ends had been seen sooner or later."""
        return max(0.2 * seconds, seconds + self._normal(number, 3) * self._late_s[storage])

    def outside(self, number: int) -> float:
        """The factor of a clone's seconds outside of the lock."""
        return exp(_APART_SPREAD * self._normal(number, 7))

    def width(self, number: int) -> float:
        """The factor of the number of boots at once."""
        return 1.0 if self._width_known else exp(_WIDTH_SPREAD * self._normal(number, 5))

    def _normal(self, number: int, step: int) -> float:
        """The quantiles of a normal distribution, in another order for each step."""
        place = (number * step + step) % self._draws
        return NormalDist().inv_cdf((place + 0.5) / self._draws)


def _late_s(clones: list[Measurement], look_s: float) -> float:
    """The error of the seconds for each clone: an end is seen up to one look late.

    That is added to each clone that ran alone, by about as much each time; of those that ran together, to the last one alone.
    """
    alone = sum(clone.parallel < _TOGETHER for clone in clones)
    places = len({clone.place for clone in clones})
    return look_s / sqrt(12) * min(1.0, (alone + places) / len(clones))


def _by_storage(busy_s: Mapping[str, float]) -> dict[str, float]:
    """The mean over the nodes of a local storage."""
    storages: dict[str, list[float]] = {}
    for place, seconds in busy_s.items():
        storages.setdefault(_storage_at(place), []).append(seconds)
    return {storage: fmean(seconds) for storage, seconds in storages.items()}


def _clones_by_storage(burst: Burst) -> dict[str, list[Measurement]]:
    storages: dict[str, list[Measurement]] = {}
    for clone in burst.counted:
        storages.setdefault(_storage_at(clone.place), []).append(clone)
    return storages


def _storage_at(place: str) -> str:
    """The storage of a lock domain, `cluster/node/storage` or `cluster/storage`."""
    return place.rpartition("/")[2]


def _boot_factor(shown: Burst, measured: Burst) -> float:
    if shown.boot_s is None or measured.boot_s is None:
        return 1.0
    return max(0.05, measured.boot_s - _OUTSIDE_S) / max(0.05, shown.boot_s - _OUTSIDE_S)


def _width(measured: Burst, durations: Durations) -> float | None:
    """How many boots a node does at once, from how much longer those took that had many beside them; None: none had."""
    boots = sorted(measured.boots, key=lambda boot: boot.parallel)
    few, many = boots[: max(1, len(boots) // 4)], boots[-max(_ENOUGH, len(boots) // 4) :]
    if len(boots) < 2 * _ENOUGH:
        return None
    alone_s, took_s = median(boot.took_s for boot in few), median(boot.took_s for boot in many)
    if took_s < _SLOWER * alone_s:
        return None
    outside_s = _OUTSIDE_S + durations.first_boot_s / (durations.boot_s + durations.first_boot_s) * alone_s
    parallel = median(boot.parallel for boot in many) * (took_s - outside_s) / took_s
    return max(1.0, parallel * (alone_s - outside_s) / (took_s - outside_s))


def _scaled(spec: TwinSpec, factors: Mapping[str, float], boots: float, *, full: bool) -> TwinSpec:
    durations = spec.durations
    return replace(
        spec,
        storages=tuple(_slower(storage, factors.get(storage.storage, 1.0), full=full) for storage in spec.storages),
        durations=replace(
            durations,
            boot_s=durations.boot_s * boots,
            first_boot_s=durations.first_boot_s * boots,
            setup_s=durations.setup_s * boots,
            setup_spread_s=durations.setup_spread_s * boots,
        ),
    )


def _slower(storage: StorageSpec, factor: float, *, full: bool) -> StorageSpec:
    """Full clones wait for copies, linked ones for image operations."""
    if full:
        return replace(storage, copy_gib_per_second=storage.copy_gib_per_second / factor)
    return replace(storage, image_operation_s=storage.image_operation_s * factor)


def _with_width(spec: TwinSpec, width: float) -> TwinSpec:
    whole = max(1, round(width))
    later = max(whole, spec.durations.boots_before_loss * whole // spec.durations.boots_width)
    return replace(spec, durations=replace(spec.durations, boots_width=whole, boots_before_loss=later))


def _with_outside(spec: TwinSpec, factor: float) -> TwinSpec:
    durations = spec.durations
    return replace(spec, durations=replace(durations, clone_outside_lock_s=durations.clone_outside_lock_s * factor))


def _assumed(spec: TwinSpec, *, measured: bool, width_known: bool = False) -> Iterable[Reason]:
    durations = spec.durations
    if not measured:
        for storage in spec.storages:
            yield reasons.ASSUMED_HOLD(storage=storage.storage, seconds=storage.image_operation_s)
        yield reasons.ASSUMED_BOOT(seconds=durations.boot_s + durations.first_boot_s)
    if not width_known:
        yield reasons.ASSUMED_WIDTH(width=durations.boots_width)


__all__ = ["Estimate", "estimate"]
