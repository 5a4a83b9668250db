"""What measured clones and boots say of how a cluster works: many guesses, each as likely as it explains them. Pure.

A guess of a clone is its seconds under the lock and outside of it; of a boot its work, how many a node does at once, what is
lost beyond, and what a guest does for itself. The boots of each node are played with that, from when they were ordered.
"""

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import accumulate
from math import exp, inf, log, sqrt
from statistics import fmean
from typing import TypeVar

from provisioner.model.scenario.etas import Measurement
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
_ROUNDS = 4
"""Of playing the boots, and correcting the seconds by what they leave."""
_NOTHING_S = 0.01
"""Whatever takes at least so long is explained."""
_LEAST_WORK = 0.2
"""Part of a boot by which a node's speed is found: less of it would say nothing."""
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

    def played(self, began_at: Sequence[float], speed: float = 1.0, *, full: bool = False) -> list[float]:
        """How long each clone under one lock takes that is ordered then, ascending: in turn, or sharing a bandwidth."""
        hold_s = self.hold_s / speed
        ends = _shared(began_at, hold_s, lambda count: 1.0 / count) if full else _in_turn(began_at, hold_s)
        return [self.outside_s + end - at for at, end in zip(began_at, ends, strict=True)]


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
    speeds: Speeds = field(default_factory=dict)
    doubt: Mapping[str, float] = field(default_factory=dict)
    """Spread of the logarithm of each speed."""
    spread: float = priors.SPEED_SPREAD
    """Of the logarithms of all nodes' speeds."""

    @property
    def throughput(self) -> float:
        """For the order of guesses."""
        return self.width / self.work_s

    @property
    def alone_s(self) -> float:
        """A whole boot without others."""
        return self.start_s + self.work_s + self.idle_s

    def slower(self, at_once: float) -> float:
        """How many times as long work takes, with so many at work."""
        rate = max(_SLOWEST, 1.0 - self.loss * max(0.0, at_once - self.before))
        return max(1.0, at_once / self.width) / rate

    def played(self, began_at: Sequence[float], speed: float = 1.0) -> list[float]:
        """How long each boot of a node takes that is ordered then, ascending."""
        ends = _shared(began_at, self.work_s, lambda count: speed / self.slower(count))
        return [self.start_s + self.idle_s + end - at for at, end in zip(began_at, ends, strict=True)]


def _shared(began_at: Sequence[float], work_s: float, rate: Callable[[int], float]) -> list[float]:
    """When each ends: all have as much to do. `rate`: of each, by how many there are. Who comes first ends first."""
    rates = [0.0, *(rate(count) for count in range(1, len(began_at) + 1))]
    now, done, due, ends = began_at[0] if began_at else 0.0, 0.0, deque[float](), list[float]()
    for at in (*began_at, inf):
        while due and (end := now + (due[0] - done) / rates[len(due)]) <= at:
            now, done = end, due.popleft()
            ends.append(now)
        done += rates[len(due)] * (at - now) if due else 0.0
        now = at
        due.append(done + work_s)
    return ends


def _in_turn(began_at: Sequence[float], hold_s: float) -> list[float]:
    ends, free_at = list[float](), 0.0
    for at in began_at:
        free_at = max(free_at, at) + hold_s
        ends.append(free_at)
    return ends


G = TypeVar("G", CloneGuess, BootGuess)


def node_of(run: Measurement) -> str:
    """The node of a boot, or of a clone on a node's own storage; of a shared one its storage."""
    return run.place.split("/")[1]


def _unlike(apart: Sequence[float], *, error: float) -> float:
    """How far nodes differ, from how far these do but for chance; of few nodes as clusters' nodes do."""
    known = len(apart) / (len(apart) + _FEW)
    shown = _spread(apart, free=1) ** 2 - error
    return sqrt(max(_EXACT**2, known * shown + (1.0 - known) * priors.SPEED_SPREAD**2))


def clones_explained(
    clones: Sequence[Measurement], speeds: Speeds, late_s: float, *, full: bool, draws: int
) -> tuple[CloneGuess, ...]:  # fmt: skip
    """So many guesses, by their likelihood, from the fewest a second to the most; without a clone none. `late_s`: how late ends
    are seen at most."""
    if not clones:
        return ()
    domains = {place: runs.in_turn() for place, runs in _by(lambda each: each.place, clones[-_MOST:]).items()}

    def left(guess: CloneGuess) -> list[float]:
        return [
            each
            for runs in domains.values()
            for each in runs.left(guess.played(runs.began_at, speeds.get(runs.node, 1.0), full=full), late_s=late_s)
        ]

    def guess(number: int) -> tuple[float, CloneGuess]:
        hold_s, outside_s = 2 * priors.OPERATION_S.at(normal("hold", number)), priors.OUTSIDE_S.at(normal("outside", number))
        found = CloneGuess(hold_s=hold_s, outside_s=outside_s)
        for _ in range(_ROUNDS):
            scale = exp(fmean(left(found)))
            found = replace(found, hold_s=found.hold_s * scale, outside_s=found.outside_s * scale)
        return _likely(found, left(found), count=min(len(clones), _MOST))

    return _chosen(map(guess, range(_GUESSES)), draws)


def boots_explained(
    boots: Sequence[Measurement], under_way: Sequence[Measurement] = (), *, expected_s: float, draws: int
) -> tuple[BootGuess, ...]:  # fmt: skip
    """So many guesses, by their likelihood, from the fewest a second to the most; without a boot by what is expected.
    `under_way`: boots that have taken so long until now."""
    nodes = _by(node_of, boots[-_MOST:], under_way)

    def guess(number: int) -> tuple[float, BootGuess]:
        found = _supposed(number, priors.READY.at(normal("ready", number)) * expected_s)
        return _explaining(found, nodes, expected_s=expected_s) if boots else (0.0, found)

    return _chosen(map(guess, range(_GUESSES)), draws)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Runs:
    """Of one node, or under one lock, in the order in which they were ordered."""

    node: str
    began_at: Sequence[float]
    took_s: Sequence[float]
    ended: Sequence[bool]
    """Who has not ended yet takes longer."""

    def in_turn(self) -> "_Runs":
        """As if who was ordered first had ended first: who of those that wait for a lock gets it next is chance."""
        ends = sorted(at + took_s for at, took_s in zip(self.began_at, self.took_s, strict=True))
        return replace(self, took_s=[end - at for at, end in zip(self.began_at, ends, strict=True)])

    def left(self, played_s: Sequence[float], *, late_s: float = 0.0) -> list[float]:
        """By which factor they took longer, as logarithms; of who has not ended only where it is. `late_s`: how late ends
        are seen at most."""
        rows = zip(self.took_s, played_s, self.ended, strict=True)
        found = ((log(took_s / (each_s + min(late_s, max(0.0, took_s - each_s)))), ended) for took_s, each_s, ended in rows)
        return [each for each, ended in found if ended or each > 0.0]


def _by(
    key: Callable[[Measurement], str], ended: Sequence[Measurement], under_way: Sequence[Measurement] = ()
) -> dict[str, _Runs]:  # fmt: skip
    runs: defaultdict[str, list[Measurement]] = defaultdict(list)
    for each in sorted((*ended, *under_way), key=lambda run: run.began_at):
        runs[key(each)].append(each)
    going_on = set(map(id, under_way))
    return {name: _runs(each, going_on) for name, each in sorted(runs.items())}


def _runs(runs: Sequence[Measurement], going_on: Set[int]) -> _Runs:
    """With as many before the first as ran beside it and are not kept, of which nothing more is known."""
    first = runs[0]
    beside = sum(max(0.0, min(first.ended_at, each.ended_at) - each.began_at) for each in runs) / first.took_s
    missing = max(0, round(first.parallel - beside)) if id(first) not in going_on else 0
    before = [first.began_at - first.took_s * number / (missing + 1) for number in range(missing, 0, -1)]
    return _Runs(
        node=node_of(first),
        began_at=[*before, *(each.began_at for each in runs)],
        took_s=[*([_NOTHING_S] * missing), *(each.took_s for each in runs)],
        ended=[*([False] * missing), *(id(each) not in going_on for each in runs)],
    )


def _explaining(guess: BootGuess, nodes: Mapping[str, _Runs], *, expected_s: float) -> tuple[float, BootGuess]:
    """With the seconds, and the speeds of the nodes, that explain the boots best; and how likely that is."""
    left = {node: each.left(guess.played(each.began_at)) for node, each in nodes.items()}
    for _ in range(_ROUNDS):
        guess = _corrected(guess, left)
        left = {node: each.left(guess.played(each.began_at, guess.speeds[node])) for node, each in nodes.items()}
    count = sum(sum(each.ended) for each in nodes.values())
    likelihood, guess = _likely(guess, [each for of_node in left.values() for each in of_node], count=count)
    apart = [log(speed) for speed in guess.speeds.values()]
    unlike = sum((each / priors.SPEED_SPREAD) ** 2 for each in apart) / 2
    unusual = (log(guess.alone_s / expected_s) / priors.READY.spread) ** 2 / 2
    spread = _unlike(apart, error=fmean(each**2 for each in guess.doubt.values()))
    return likelihood - unlike - unusual, replace(guess, spread=spread)


def _corrected(guess: BootGuess, left: Mapping[str, Sequence[float]]) -> BootGuess:
    """By what is left on the whole, and then of each node: the fewer it has shown, the less."""
    every = [each for of_node in left.values() for each in of_node]
    whole = fmean(every) if every else 0.0
    means = {node: fmean(of_node) - whole if of_node else 0.0 for node, of_node in left.items()}
    noise = max(_EXACT, _spread([each - whole - means[node] for node in left for each in left[node]], free=len(left)))
    part = max(_LEAST_WORK, guess.work_s / guess.alone_s)
    counts = {node: len(of_node) / (len(of_node) + (noise / part / priors.SPEED_SPREAD) ** 2) for node, of_node in left.items()}
    speeds = {node: exp(counts[node] * (log(guess.speeds.get(node, 1.0)) - means[node] / part)) for node in left}
    doubt = {node: priors.SPEED_SPREAD * sqrt(1.0 - count) for node, count in counts.items()}
    work_s, idle_s = guess.work_s * exp(whole), guess.idle_s * exp(whole)
    return replace(guess, work_s=work_s, idle_s=idle_s, speeds=speeds, doubt=doubt)


def _supposed(number: int, alone_s: float) -> BootGuess:
    """The figures that the priors suppose."""
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


def _likely(guess: G, left: Sequence[float], *, count: int) -> tuple[float, G]:
    """The logarithm of its likelihood, with an error of unknown spread, and the guess with that. `count`: of what ended."""
    spread = sqrt(fmean(each**2 for each in left) + _EXACT**2)
    return -_COUNTS * count * log(spread), replace(guess, unexplained=spread)


def _chosen(guesses: Iterable[tuple[float, G]], draws: int) -> tuple[G, ...]:
    """At even steps of their probability, from the fewest a second to the most."""
    ordered = sorted(guesses, key=lambda pair: pair[1].throughput)
    best = max(likelihood for likelihood, _ in ordered)
    sums = list(accumulate(exp(likelihood - best) for likelihood, _ in ordered))
    places = (bisect_left(sums, (number + 0.5) / draws * sums[-1]) for number in range(draws))
    return tuple(ordered[min(place, len(ordered) - 1)][1] for place in places)


def _spread(values: Sequence[float], *, free: int) -> float:
    """Their standard deviation around 0, of which `free` means were taken."""
    return sqrt(sum(value**2 for value in values) / max(1, len(values) - free))


__all__ = ["BootGuess", "CloneGuess", "boots_explained", "clones_explained", "node_of"]
