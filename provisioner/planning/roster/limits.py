"""How many may leave or join unasked: the arithmetic of the guard, and its words. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from provisioner.model.guard import Move
from provisioner.model.ids import AgentId
from provisioner.model.intents import Intent

_FEW = 3
"""Fewer may be half of a pilot's users and leave all the same."""
_HOUR_S, _DAY_S = 3600.0, 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How many may at most, for so many people."""

    most: int
    share: float
    """Per cent of those entitled: the limit of a large site."""
    small_share: float
    """Per cent of those entitled: the limit of a small one, where `most` would be everybody."""
    few: int
    """May always: of ten people a tenth is one, and two go on one day."""
    times: float = 1.0

    def of(self, entitled: int) -> tuple[int, str]:
        """The limit, and which of the figures it is."""
        small, large = int(entitled * self.small_share / 100), int(entitled * self.share / 100)
        limit, words = self.most, ""
        if max(self.few, small) < limit:
            limit, words = max(self.few, small), f"{self.small_share:g} %" if small > self.few else ""
        if large > limit:
            limit, words = large, f"{self.share:g} %"
        limit = int(limit * self.times)
        return limit, f"{limit} ({words}{_times(self.times)})" if words else f"{limit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Leaving or joining within a window, weighed."""

    word: str
    """`leave` or `join`."""
    now: frozenset[AgentId]
    earlier: Mapping[AgentId, Move]
    """Of the window, and not by order."""
    of: int
    """Entitled agents when the window began."""
    limit: Limit
    window_s: float
    besides: str = ""
    """Whom an order lets go besides them, in words."""

    @property
    def count(self) -> int:
        """How many, with those before them."""
        return len(self.now | self.earlier.keys())

    @property
    def too_many(self) -> bool:
        """Whether this is not believed without an operator."""
        return bool(self.now) and (self.count > self.limit.of(self.of)[0] or self._half)

    @property
    def sum(self) -> str:
        """The arithmetic."""
        before = f", with {self.count - len(self.now)} before them" if self.count > len(self.now) else ""
        limit, words = self.limit.of(self.of)
        words = words if self.count > limit else "half of them"
        return (
            f"{len(self.now)} of {self.of} entitled agents would {self.word}{before}{self.besides}: "
            f"at most {words} may within {_span(self.window_s)}"
        )

    def without(self, order: Intent | None) -> "Side":
        """Those alone whom the order does not name; what came before it, its giver has seen."""
        if order is None or order.allows is None:
            return self
        named = order.allows.leavers if self.word == "leave" else order.allows.joiners
        if named.isdisjoint(self.now | self.earlier.keys()):
            return self
        earlier = {key: one for key, one in self.earlier.items() if one.at >= order.at and key not in named}
        words = f", besides {len(self.now & named)} whom the order of {order.by} names"
        return replace(self, now=self.now - named, earlier=earlier, besides=words)

    @property
    def _half(self) -> bool:
        return self.word == "leave" and self.count >= _FEW and self.count > self.of / 2


def _times(factor: float) -> str:
    return "" if factor == 1 else f", {factor:g} times"


def _span(seconds: float) -> str:
    days = seconds / _DAY_S
    return f"{days:g} d" if days >= 2 else f"{seconds / _HOUR_S:g} h"
