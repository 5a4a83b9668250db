"""From several rehearsals to a band: how early, how late, and how likely by a deadline. And what came of earlier bands: how
often they held it, how far they were off, how wide they were. Pure.

A band that was wrong is a reason to give wider ones: by as much as would have held nine of the last ten.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, exp, log, sqrt
from statistics import NormalDist, fmean, median, stdev

from provisioner.model.ids import DesktopName, Instant
from provisioner.model.scenario.etas import KeptForecast

DRAWS = 8
"""Rehearsals with other durations. More would narrow the band by a few percent: measurements make it as wide as it is."""
_STUDENT = 1.895
"""Student's t at 95 % with seven degrees of freedom: the spread of eight values is itself not well known."""
_NORMAL = NormalDist().inv_cdf(0.95)
UNEXPLAINED = 0.07
"""Spread of the logarithm of a time, which no guess explains: of 20 drawn clusters as much as made their bands hold."""
_UNLIKE = 1.25
"""Power of a band: guesses are more alike than clusters are. Without it 64 of 82 bands held on drawn shapes (`python -m
tests.bench questions`, from seed 1796226541), with it nine of ten, on either half of them."""
_SOONEST_S = 1.0
"""Times of less than a second count as one: a band is a matter of factors."""
_APART_S = 600.0
"""Forecasts that were asked for in quick succession count once: they are right or wrong together."""
_LATEST = 50
"""Forecasts that count: a cluster of last year was another one."""
_HELD = 0.9
"""Part of what comes that a band should hold."""
_LEAST_S = 1.0
_LEAST_LOG = 0.01
"""Half a band of one percent counts as this wide: otherwise a band without width would be infinitely wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Seconds from the start. One in twenty times should be sooner than `early_s`, and one in twenty later than `late_s`."""

    early_s: float
    middle_s: float
    late_s: float

    def chance_by(self, seconds: float) -> float:
        """The probability that it is not later than this."""
        if self.late_s <= self.early_s:
            return 1.0 if seconds >= self.middle_s else 0.0
        spread = log(self.late_s / self.middle_s) / _NORMAL
        return NormalDist().cdf(log(max(seconds, _SOONEST_S) / self.middle_s) / spread)

    def widened(self, factor: float) -> "Band":
        """The same band, on both sides by this power of its width."""
        return Band(
            early_s=self.middle_s * (self.early_s / self.middle_s) ** factor,
            middle_s=self.middle_s,
            late_s=self.middle_s * (self.late_s / self.middle_s) ** factor,
        )


def band_of(times_s: Sequence[float], *, unexplained: float = UNEXPLAINED) -> Band:
    """The band in which the next value should be: prediction of a log-normal value from `DRAWS` of them. Where all agree, such
    as on when a gate opens, nothing is left to explain."""
    logs = [log(max(seconds, _SOONEST_S)) for seconds in times_s]
    middle, spread = fmean(logs), stdev(logs)
    half = sqrt((_STUDENT * spread) ** 2 * (1 + 1 / len(logs)) + (_NORMAL * unexplained) ** 2) if spread else 0.0
    half *= _UNLIKE if unexplained else 1.0
    return Band(early_s=exp(middle - half), middle_s=exp(middle), late_s=exp(middle + half))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A forecast, and what came."""

    forecast: KeptForecast
    came_at: Instant | None
    """When as many desktops were ready; None: not in time for its band, and not yet."""

    @property
    def held(self) -> bool:
        """Whether it came within the band."""
        return self.came_at is not None and self.forecast.early_at <= self.came_at <= self.forecast.late_at

    @property
    def factor(self) -> float | None:
        """How many times as long it took as the middle; None: it has not come yet."""
        return None if self.came_at is None else _ratio(self.forecast, self.came_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Over the forecasts of which it is known whether they were right."""

    ended: tuple[Ended, ...] = ()
    """Oldest first."""
    pending: int = 0
    """Forecasts whose end has not come yet."""

    @property
    def coverage(self) -> float | None:
        """Part of them whose band held what came; nine of ten would be perfect."""
        return sum(each.held for each in self.ended) / len(self.ended) if self.ended else None

    @property
    def bias(self) -> float | None:
        """How many times as long it took as the middle of the band, in the median."""
        factors = [factor for each in self.ended if (factor := each.factor) is not None]
        return exp(median(map(log, factors))) if factors else None

    @property
    def width(self) -> float | None:
        """The end of a band divided by its beginning, both from when it was given, in the median."""
        spans = [
            _ratio(each.forecast, each.forecast.late_at) / _ratio(each.forecast, each.forecast.early_at) for each in self.ended
        ]
        return median(spans) if spans else None

    @property
    def widening(self) -> float:
        """By which power bands are to be widened; 1: they were wide enough.

        With fewer than ten the worst one decides (split conformal prediction: Vovk, Gammerman, Shafer 2005).
        """
        off = sorted(_off(each) for each in self.ended)
        if not off:
            return 1.0
        rank = min(len(off), ceil(_HELD * (len(off) + 1)))
        return max(1.0, off[rank - 1])


def score_of(forecasts: Iterable[KeptForecast], ready: Iterable[tuple[Instant, DesktopName]], *, now: Instant) -> Score:
    """`ready`: when each desktop became ready, each time."""
    first = sorted(ready)
    ended: list[Ended] = []
    pending = 0
    for forecast in _apart(forecasts):
        came_at = _came_at(forecast, first)
        if came_at is not None or now > forecast.late_at:
            ended.append(Ended(forecast=forecast, came_at=came_at))
        else:
            pending += 1
    return Score(ended=tuple(ended[-_LATEST:]), pending=pending)


def _apart(forecasts: Iterable[KeptForecast]) -> Sequence[KeptForecast]:
    kept: list[KeptForecast] = []
    for forecast in sorted(forecasts, key=lambda forecast: forecast.made_at):
        if not kept or forecast.made_at >= kept[-1].made_at + _APART_S:
            kept.append(forecast)
    return kept


def _came_at(forecast: KeptForecast, ready: Sequence[tuple[Instant, DesktopName]]) -> Instant | None:
    """When as many other desktops had become ready as were missing."""
    missing, counted = forecast.wanted - forecast.ready_then, set[DesktopName]()
    for at, desktop in ready:
        if at > forecast.made_at:
            counted.add(desktop)
            if len(counted) >= missing:
                return at
    return None


def _off(ended: Ended) -> float:
    """How far what came was from the middle, in half widths of the band as it was before it was widened."""
    forecast = ended.forecast
    came_at = ended.came_at if ended.came_at is not None else forecast.late_at + (forecast.late_at - forecast.made_at)
    off = log(_ratio(forecast, came_at))
    half = log(_ratio(forecast, forecast.late_at if off > 0 else forecast.early_at))
    return abs(off) / max(abs(half) / forecast.widened, _LEAST_LOG)


def _ratio(forecast: KeptForecast, at: Instant) -> float:
    return max(at - forecast.made_at, _LEAST_S) / max(forecast.middle_at - forecast.made_at, _LEAST_S)


__all__ = ["DRAWS", "UNEXPLAINED", "Band", "Ended", "Score", "band_of", "score_of"]
