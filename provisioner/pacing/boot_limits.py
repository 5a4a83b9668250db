"""How many desktops boot at once on a node; and the samples from which that is computed. Pure.

The boots of a node share it. How many it can do is not known; it shows in how long they take.
"""

from bisect import insort
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import exp, log, sqrt
from operator import attrgetter
from statistics import fmean, median

from provisioner.model.ids import NodeKey, ProfileName
from provisioner.pacing.runs import OF_MEDIAN, Run, is_idle, window

INITIAL = 10
"""Parallel boots on a node before any has ended. Users of Proxmox VE recommend 4 to 8 (Dell BP1018: 8); of ten, two are in
their start task, or ready and not seen yet."""
GENERATION = 8
"""At least so many of a node's latest boots count: at σ = 0.15 their mean is right within 5 %."""

_SPEEDS = (1.0, 0.5, 0.65, 0.8, 1.25, 1.6, 2.0, 3.0, 4.0, 6.0)
"""How many times as long boots may take on a node: nearer to each other than what can be told apart makes no difference."""
SPREAD = 0.2
"""σ of the logarithm of a boot's duration: somewhat more than on the reference twins."""
_LEAST_SPREAD = 0.05
_MOST = 9.0
"""Of the square of an error: three σ."""
_LEAST_S = 1.0
_UNLIKE = 0.4
"""σ of the logarithms of speed and width from node to node: two thirds are within 1.5 times the usual (assumed)."""
_ENOUGH = 16
"""Boots of a median: at σ = 0.15 it is right within 5 %."""
_LATEST_BOOTS = 96
_TWICE = 2.0
_REMEMBERED_S = 30 * 86_400.0
"""How long they count: a storage may become slower, but not from one night to the next. Every new image begins anew."""
_CHANCE = 0.3
"""Twice the σ of a boot's duration, as a logarithm."""
_BELIEVED = 0.75
"""Of the logarithm of how many times as long boots take as a profile says: the rest is its mistake. A profile is right within
1.6 times, and a node as wide as usual within 2.7 times (assumed)."""
_USUAL_WIDTH = 8.0
"""Boots that a node does at full speed: as on the reference twins."""
_MORE = 1.25
"""Less says nothing of how long boots take with more others."""
_BY_COMPANY = attrgetter("parallel")


@dataclass(frozen=True, slots=True, kw_only=True)
class Boot(Run):
    """An ended boot, from the start order to ready."""

    profile: ProfileName
    image: str = ""
    """The profile's image then."""
    first: bool = True
    """Whether it was its desktop's first: later boots are shorter."""
    expected_s: float = 0.0
    """How long a boot takes alone, as its profile says; 0: unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BootHistory:
    """The latest boots."""

    of_node: Mapping[NodeKey, Sequence[Boot]] = field(default_factory=dict)
    """The boots of each node, in the order they were recorded."""
    anywhere: Sequence[Boot] = ()
    """The latest boots of all nodes together."""
    alone_s: Mapping[ProfileName, float] = field(default_factory=dict)
    """How long a first boot of each measured profile takes with few others, in seconds."""
    slower: Mapping[NodeKey, float] = field(default_factory=dict)
    """How many times as long boots take on a node as on others."""
    slow_after_s: Mapping[ProfileName, float] = field(default_factory=dict)
    """After how many seconds a boot of each measured profile is slower than any that was seen (`SlowBoots`)."""
    soonest_s: Mapping[ProfileName, float] = field(default_factory=dict)
    """How many seconds the quickest boot of each measured profile took."""
    answered_s: Mapping[ProfileName, float] = field(default_factory=dict)
    """How many seconds after its boot began a starting guest of each profile answers."""


class SlowBoots:
    """After how long a boot of a profile takes longer than boots of its image do: twice the slowest of the latest 96.

    Of 97 alike boots the last is the slowest by chance in one case of 97. Twice leaves room for more boots at once than were
    seen, which share what their node can do.
    """

    def __init__(self) -> None:
        self._image = ""
        self._took_s: deque[float] = deque(maxlen=_LATEST_BOOTS)

    def record(self, boot: Boot) -> None:
        """Record an ended boot. The first one of another image begins anew."""
        if boot.image != self._image:
            self._image = boot.image
            self._took_s.clear()
        self._took_s.append(boot.took_s)

    @property
    def after_s(self) -> float | None:
        """Seconds from the start order; None: too few boots are known."""
        return None if len(self._took_s) < _ENOUGH else _TWICE * max(self._took_s)

    @property
    def soonest_s(self) -> float:
        """Seconds from the start order until the quickest was ready; 0: too few boots are known."""
        return 0.0 if len(self._took_s) < _ENOUGH else min(self._took_s)


class QuietBoots:
    """How long the boots of a profile take alone: the median of the sixteen first boots that had the fewest others beside them.

    All may have had many: then a node would be taken for wider than it is (`_crowded`). So boots of earlier days count, too.
    """

    def __init__(self) -> None:
        self._boots: list[Boot] = []
        self._expected_s = 0.0

    def record(self, boot: Boot) -> None:
        """Record an ended boot. The first one of another image begins anew."""
        since = boot.ended_at - _REMEMBERED_S
        known = [each for each in self._boots if each.image == boot.image and each.ended_at >= since]
        insort(known, boot, key=_BY_COMPANY)
        self._boots = [*known[:_ENOUGH], *known[_ENOUGH:][-_ENOUGH:]]
        self._expected_s = boot.expected_s

    @property
    def took_s(self) -> float:
        """Seconds; until sixteen are known, by those that are."""
        parallel, took_s = _middle(self._boots[:_ENOUGH])
        return took_s / self._crowded(parallel, took_s)

    def _crowded(self, parallel: float, took_s: float) -> float:
        """How many times as long as alone they took because all had others: most of what their profile does not explain.

        Not if those with more others took hardly longer: then the profile is wrong.
        """
        most, most_s = _middle(self._boots[-_ENOUGH:])
        if not 0 < self._expected_s < took_s or (most > _MORE * parallel and most_s < took_s * sqrt(most / parallel)):
            return 1.0
        times = (took_s / self._expected_s) ** _BELIEVED * (parallel / _USUAL_WIDTH) ** (1 - _BELIEVED)
        return float(min(max(1.0, times), parallel))


def _middle(boots: Sequence[Boot]) -> tuple[float, float]:
    return median(boot.parallel for boot in boots), median(boot.took_s for boot in boots)


def beyond_chance(ratio: float, *, of: int) -> float:
    """A ratio of the middle of so many durations to what was expected, nearer to 1 by as much as chance explains."""
    chance = exp(_CHANCE / sqrt(of))
    return max(1.0, ratio / chance) if ratio > 1 else min(1.0, ratio * chance)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePace:
    """How a node boots."""

    limit: float = INITIAL
    """Parallel boots."""
    width: float = INITIAL
    """Boots that go on at full speed; with more of them each takes longer."""
    measured: bool = False
    """Whether any boot has ended. Before, its duration is only the profile's own figure."""
    own: bool = False
    """Whether the node's own boots show it, and not those of others."""
    slower: float = 1.0
    """How many times as long boots take there as this says, by its few that have ended."""


def node_pace(
    finished: Sequence[Boot], anywhere: Sequence[Boot], running: int, alone_s: Mapping[ProfileName, float], slower: float = 1.0
) -> NodePace:  # fmt: skip
    """The pace of a node with so many boots `running`, from its latest generation of boots that have finished.

    Before a node has finished one, boots `anywhere` count. The limit grows by at most one for each boot that has finished.
    """
    own = len(finished) >= GENERATION
    boots = finished[-max(GENERATION, running) :] if own else anywhere
    if not boots:
        return NodePace()
    parallel = fmean(boot.parallel for boot in boots)
    width = _width(boots, alone_s, slower if own else 1.0)
    few = [boot.took_s / (slower * alone_s[boot.profile]) / max(1.0, boot.parallel / width) for boot in finished]
    limit = window(parallel, width)
    if is_idle(parallel, width):  # the node may be able to do more
        width, limit = max(parallel, INITIAL), max(limit, INITIAL)
    return NodePace(
        limit=max(1.0, min(limit, INITIAL + len(finished))),
        width=max(1.0, width),
        measured=True,
        own=own,
        slower=1.0 if own or not few else beyond_chance(median(few), of=len(few)),
    )


def busy_boots(boots: Sequence[Boot], alone_s: Mapping[ProfileName, float]) -> Sequence[Boot]:
    """Of a node's earlier boots the half that had more others beside them; none if few had to wait: they show no limit."""
    if len(boots) < GENERATION:
        return ()
    usual = fmean(boot.parallel for boot in boots)
    busy = [boot for boot in boots if boot.parallel >= usual]
    parallel, width = fmean(boot.parallel for boot in busy), _width(busy, alone_s)
    return () if is_idle(parallel, width) else busy


def _width(boots: Sequence[Boot], alone_s: Mapping[ProfileName, float], slower: float = 1.0) -> float:
    return fmean(boot.parallel / max(1.0, boot.took_s / (slower * alone_s[boot.profile])) for boot in boots)


def width_of(boots: Sequence[Boot], alone_s: Mapping[ProfileName, float]) -> float | None:
    """How wide a node is if its boots are as fast as elsewhere; None: too few have ended."""
    return _width(boots, alone_s) if len(boots) >= GENERATION else None


def slower_by(boots: Sequence[Boot], alone_s: Mapping[ProfileName, float], *, usual: float) -> float:
    """How many times as long boots take on a node as elsewhere, however few others they have; `usual`: the width of nodes.

    A slow node and a narrow one look alike until it boots fewer or more at once. So it is the best fit of both, nearest to
    boots as fast as elsewhere and to a node as wide as usual. What one guest says of its boot weighs little.
    """
    return min(_SPEEDS, key=partial(_misfit, boots, alone_s, usual))


def _misfit(boots: Sequence[Boot], alone_s: Mapping[ProfileName, float], usual: float, slower: float) -> float:
    width = max(1.0, _width(boots, alone_s, slower))
    expected = ((boot, slower * alone_s[boot.profile] * max(1.0, boot.parallel / width)) for boot in boots)
    errors = (log(max(_LEAST_S, boot.took_s) / took_s) / SPREAD for boot, took_s in expected)
    return sum(min(error**2, _MOST) for error in errors) + (log(slower) ** 2 + log(width / usual) ** 2) / _UNLIKE**2


def spread_of(of_nodes: Iterable[Sequence[Boot]], alone_s: Mapping[ProfileName, float]) -> float:
    """σ of the logarithm of a boot's duration, by the boots of each node beside its usual one."""
    errors = [error for boots in of_nodes if len(boots) >= GENERATION for error in _errors(boots, alone_s)]
    return max(_LEAST_SPREAD, OF_MEDIAN * median(errors)) if errors else SPREAD


def _errors(boots: Sequence[Boot], alone_s: Mapping[ProfileName, float]) -> list[float]:
    width = max(1.0, _width(boots, alone_s))
    logs = [log(boot.took_s / alone_s[boot.profile] / max(1.0, boot.parallel / width)) for boot in boots]
    usual = median(logs)
    return [abs(each - usual) for each in logs]
