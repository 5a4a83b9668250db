"""Samples of boots, from which the number of parallel boots is computed."""

from bisect import insort
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from statistics import median

from provisioner.model.ids import Instant, NodeKey, ProfileName
from provisioner.pacing.runs import Run

_ENOUGH = 16
"""Boots of a median: at σ = 0.15 it is right within 5 %."""
_REMEMBERED_S = 86_400.0
"""How long the fastest boots count: an image may become slower, but not during a switch."""
_BY_BEGIN = attrgetter("began_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Boot(Run):
    """An ended boot, from the start order to ready."""

    profile: ProfileName


@dataclass(frozen=True, slots=True, kw_only=True)
class BootHistory:
    """The latest boots."""

    of_node: Mapping[NodeKey, Sequence[Boot]] = field(default_factory=dict)
    """The boots of each node, in the order they were recorded."""
    anywhere: Sequence[Boot] = ()
    """The latest boots of all nodes together."""
    alone_s: Mapping[ProfileName, float] = field(default_factory=dict)
    """How long a boot of each measured profile takes on a node that has few others, in seconds."""


class FastestBoots:
    """How long the boots of a profile take where they are fastest: the lowest median of sixteen that began one after the other.

    A group of those that *ended* one after the other would be fast by chance: the slow ones are still under way. So a group
    counts when all that began before its last have ended.
    """

    def __init__(self) -> None:
        self._pending: list[Boot] = []
        self._medians: deque[tuple[Instant, float]] = deque()

    def record(self, boot: Boot, oldest_at: Instant) -> None:
        """Record an ended boot; `oldest_at` is when the oldest of those in progress began."""
        insort(self._pending, boot, key=_BY_BEGIN)
        while len(self._pending) >= _ENOUGH and self._pending[_ENOUGH - 1].began_at <= oldest_at:
            group, self._pending = self._pending[:_ENOUGH], self._pending[_ENOUGH:]
            self._medians.append((boot.ended_at, median(each.took_s for each in group)))
        while self._medians and self._medians[0][0] < boot.ended_at - _REMEMBERED_S:
            self._medians.popleft()

    @property
    def took_s(self) -> float:
        """Seconds; until sixteen are known, the median of those that are."""
        if not self._medians:
            return median(boot.took_s for boot in self._pending)
        return min(took_s for _, took_s in self._medians)
