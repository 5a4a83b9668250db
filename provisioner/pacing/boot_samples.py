"""Samples of boots, from which the number of parallel boots is computed."""

from bisect import insort
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, sqrt
from operator import attrgetter
from statistics import median

from provisioner.model.ids import NodeKey, ProfileName
from provisioner.pacing.runs import Run

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
