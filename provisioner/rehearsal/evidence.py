"""What measured clones and boots say of how a cluster works: many guesses, each as likely as it explains them. Pure.

A guess of a clone is its seconds under the lock and outside of it; of a boot its work, how many a node does at once, what is
lost beyond, and what a guest does for itself. How long it takes with so many beside it follows.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from math import exp, log, sqrt
from statistics import fmean, median
from typing import TypeVar

from provisioner.model.measured import Measurement
from provisioner.rehearsal import priors
from provisioner.rehearsal.priors import normal

_GUESSES = 160
_MOST = 120
"""Measurements that are looked at, the latest: more would narrow nothing, because clusters differ from any guess."""
_COUNTS = 0.5
"""As so many measurements counts each: those beside each other are right or wrong together."""
_EXACT = 0.03
"""No guess explains better than this, as a logarithm."""
_FEW = 2.0
"""As so many nodes counts what is known of clusters' nodes on the whole."""
_SLOWEST = 0.1
"""Of a node's throughput, whatever the number of boots."""
Speeds = Mapping[str, float]
"""By node, relative to the others; without one that has shown nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloneGuess:
    """Seconds of a clone."""

    hold_s: float
    """Under the lock; of a full clone, copying alone."""
    outside_s: float
    unexplained: float = 0.0
    """Spread of what it leaves, as a logarithm."""

    @property
    def throughput(self) -> float:
        """For the order of guesses."""
        return 1.0 / self.hold_s

    def took_s(self, parallel: float) -> float:
        """Those beside it wait for the lock in turn."""
        return max(self.outside_s + self.hold_s, parallel * self.hold_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class BootGuess:
    """Seconds of a boot on a node of speed 1, and what such a node does at once."""

    start_s: float
    work_s: float
    idle_s: float
    width: float
    before: float
    """Boots at once from which on throughput is lost."""
    loss: float
    unexplained: float = 0.0
    """Spread of what it leaves, as a logarithm."""

    @property
    def throughput(self) -> float:
        """For the order of guesses."""
        return self.width / self.work_s

    def slower(self, at_once: float) -> float:
        """How many times as long work takes, with so many at work."""
        rate = max(_SLOWEST, 1.0 - self.loss * max(0.0, at_once - self.before))
        return max(1.0, at_once / self.width) / rate


G = TypeVar("G", CloneGuess, BootGuess)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSpeeds:
    """Of the nodes that have shown it, relative to each other, and how far others may be off."""

    of: Speeds
    doubt: Mapping[str, float]
    """Spread of the logarithm of each."""
    spread: float
    """Of the nodes' speeds."""


def node_of(run: Measurement) -> str:
    """The node of a boot, or of a clone on a node's own storage; of a shared one its storage."""
    return run.place.split("/")[1]


def speeds_shown(boots: Sequence[Measurement]) -> NodeSpeeds:
    """By how long boots took on each node with as many beside them: the more have shown it, the more it counts."""
    of_node = _without_crowding(boots)
    if not of_node:
        return NodeSpeeds(of={}, doubt={}, spread=priors.SPEED_SPREAD)
    means = {node: fmean(values) for node, values in of_node.items()}
    middle = median(means.values())
    noise = _spread([value - means[node] for node, values in of_node.items() for value in values], free=len(means))
    spread = _unlike([mean - middle for mean in means.values()], error=fmean(noise**2 / len(each) for each in of_node.values()))
    counts = {node: len(values) / (len(values) + (noise / spread) ** 2) for node, values in of_node.items()}
    return NodeSpeeds(
        of={node: exp(-counts[node] * (means[node] - middle)) for node in means},
        doubt={node: spread * sqrt(1.0 - counts[node]) for node in means},
        spread=spread,
    )


def _without_crowding(boots: Sequence[Measurement]) -> Mapping[str, Sequence[float]]:
    """By node the logarithms of how long boots took, as if each had been alone."""
    beside, took = [log(boot.parallel) for boot in boots], [log(boot.took_s) for boot in boots]
    slope = min(1.0, max(0.0, _slope(beside, took)))
    of_node: defaultdict[str, list[float]] = defaultdict(list)
    for boot, others, seconds in zip(boots, beside, took, strict=True):
        of_node[node_of(boot)].append(seconds - slope * others)
    return of_node


def _unlike(apart: Sequence[float], *, error: float) -> float:
    """How far nodes differ, from how far these do but for chance; of few nodes as clusters' nodes do."""
    known = len(apart) / (len(apart) + _FEW)
    shown = _spread(apart, free=1) ** 2 - error
    return sqrt(max(_EXACT**2, known * shown + (1.0 - known) * priors.SPEED_SPREAD**2))


def clones_explained(clones: Sequence[Measurement], speeds: Speeds, late_s: float, *, draws: int) -> tuple[CloneGuess, ...]:
    """So many guesses, by their likelihood, from the fewest a second to the most; without a clone none. `late_s`: how late ends
    are seen."""
    if not clones:
        return ()
    runs = [(run.took_s * speeds.get(node_of(run), 1.0), run.parallel) for run in clones[-_MOST:]]
    about_s = median(took_s / parallel for took_s, parallel in runs)

    def guess(number: int) -> tuple[float, CloneGuess]:
        hold_s = about_s * exp(-0.3 + 0.6 * normal("hold", number))
        found = CloneGuess(hold_s=hold_s, outside_s=priors.OUTSIDE_S.at(normal("outside", number)))
        return _likely(found, [log(took_s / (found.took_s(parallel) + late_s)) for took_s, parallel in runs])

    return _chosen(map(guess, range(_GUESSES)), draws)


def boots_explained(
    boots: Sequence[Measurement], speeds: Speeds, *, expected_s: float, draws: int
) -> tuple[BootGuess, ...]:  # fmt: skip
    """So many guesses, by their likelihood, from the fewest a second to the most; without a boot by what is expected."""
    runs = [(run.took_s, run.parallel, speeds.get(node_of(run), 1.0)) for run in boots[-_MOST:]]

    def guess(number: int) -> tuple[float, BootGuess]:
        found = _supposed(number, priors.READY.at(normal("ready", number)) * expected_s)
        return (0.0, found) if not runs else _likely(*_fitted(found, runs))

    return _chosen(map(guess, range(_GUESSES)), draws)


def _supposed(number: int, alone_s: float) -> BootGuess:
    """From the priors."""
    width = max(1.0, priors.WIDTH.at(normal("width", number)))
    start_s, idle = min(alone_s / 2, priors.START_S.at(normal("start", number))), priors.IDLE.at(normal("idle", number))
    work_s = (alone_s - start_s) / (1.0 + idle)
    return BootGuess(
        start_s=start_s,
        work_s=work_s,
        idle_s=work_s * idle,
        width=width,
        before=width * max(1.0, priors.BEFORE.at(normal("before", number))),
        loss=priors.LOSS.at(normal("loss", number)),
    )


def _fitted(guess: BootGuess, runs: Sequence[tuple[float, float, float]]) -> tuple[BootGuess, list[float]]:
    """With seconds that explain the boots best on the whole, and what is left of each."""
    scale = median(took_s for took_s, _, _ in runs) / (guess.work_s + guess.idle_s + guess.start_s)
    for _ in range(3):
        tried = _scaled(guess, scale)
        left = [log(took_s / _took_s(tried, took_s, parallel, speed)) for took_s, parallel, speed in runs]
        scale *= exp(fmean(left))
    return _scaled(guess, scale), left


def _scaled(guess: BootGuess, by: float) -> BootGuess:
    return replace(guess, work_s=guess.work_s * by, idle_s=guess.idle_s * by)


def _took_s(guess: BootGuess, took_s: float, parallel: float, speed: float) -> float:
    """What it would take: of those beside it, as many are at work as it is itself of its time."""
    at_work = parallel * min(1.0, max(0.1, 1.0 - (guess.start_s + guess.idle_s) / took_s))
    return guess.start_s + guess.idle_s + guess.work_s * guess.slower(at_work) / speed


def _likely(guess: G, left: Sequence[float]) -> tuple[float, G]:
    """The logarithm of its likelihood, with an error of unknown spread, and the guess with that."""
    spread = sqrt(fmean(each**2 for each in left) + _EXACT**2)
    return -_COUNTS * len(left) * log(spread), replace(guess, unexplained=spread)


def _chosen(guesses: Iterable[tuple[float, G]], draws: int) -> tuple[G, ...]:
    """At even steps of their probability, from the fewest a second to the most."""
    ordered = sorted(guesses, key=lambda pair: pair[1].throughput)
    best = max(likelihood for likelihood, _ in ordered)
    sums = list(accumulate(exp(likelihood - best) for likelihood, _ in ordered))
    places = (bisect_left(sums, (number + 0.5) / draws * sums[-1]) for number in range(draws))
    return tuple(ordered[min(place, len(ordered) - 1)][1] for place in places)


def _slope(xs: Sequence[float], ys: Sequence[float]) -> float:
    """Of the straight line through them; 0 for fewer than two places."""
    if not xs:
        return 0.0
    middle_x, middle_y = fmean(xs), fmean(ys)
    across = sum((x - middle_x) ** 2 for x in xs)
    return sum((x - middle_x) * (y - middle_y) for x, y in zip(xs, ys, strict=True)) / across if across else 0.0


def _spread(values: Sequence[float], *, free: int) -> float:
    """Their standard deviation around 0, of which `free` means were taken."""
    return sqrt(sum(value**2 for value in values) / max(1, len(values) - free))


__all__ = ["BootGuess", "CloneGuess", "NodeSpeeds", "boots_explained", "clones_explained", "node_of", "speeds_shown"]
