"""How many may leave or join unasked: the arithmetic of the guard, and its words. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from provisioner.model.guard import Move
from provisioner.model.ids import AgentId
from provisioner.model.intents import Intent

_FEW = 3
"""Fewer may be half of a pilot's users and leave all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Leaving or joining, weighed."""

    word: str
    """`leave` or `join`."""
    now: frozenset[AgentId]
    earlier: Mapping[AgentId, Move]
    """Of the window, and not by order."""
    of: int
    """Entitled agents when the window began."""
    absolute: int
    percent: float
    besides: str = ""
    """Whom an order lets go besides them, in words."""

    @property
    def count(self) -> int:
        """How many, with those before them."""
        return len(self.now | self.earlier.keys())

    @property
    def too_many(self) -> bool:
        """Whether this is not believed without an operator."""
        many = self.count > self.absolute and self.count > self.of * self.percent / 100
        return bool(self.now) and (many or (self.word == "leave" and self.count >= _FEW and self.count > self.of / 2))

    @property
    def sum(self) -> str:
        """The arithmetic."""
        before = f", with {self.count - len(self.now)} before them" if self.count > len(self.now) else ""
        return (
            f"{len(self.now)} of {self.of} entitled agents would {self.word}{before}{self.besides}: at most {self._limit} may"
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
    def _limit(self) -> str:
        share = int(self.of * self.percent / 100)
        if self.count <= max(self.absolute, share):
            return "half of them"
        return f"{share} ({self.percent:g} %)" if share > self.absolute else str(self.absolute)
