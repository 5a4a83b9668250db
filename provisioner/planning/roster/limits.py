"""How many agents may leave or join without an operator: the guard's arithmetic, and its words. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from provisioner.model.guard import RosterMove
from provisioner.model.ids import AgentId
from provisioner.model.intents import Intent
from provisioner.reasons import directory as reasons
from provisioner.reasons.reason import Argument, Reason

_FEW = 3
"""Leavers below this number are no mass departure, even if they are half of a pilot's users."""
_HOUR_S, _DAY_S = 3600.0, 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnoverLimit:
    """How many may leave or join, for a number of entitled agents."""

    most: int
    share: float
    """Per cent of entitled agents: the limit of a large site."""
    small_share: float
    """Per cent of entitled agents: the limit of a small site, where `most` would be everybody."""
    few: int
    """Always allowed: a tenth of ten people is one, and two may leave on one day."""
    times: float = 1.0

    def of(self, entitled: int) -> tuple[int, Argument]:
        """The limit, and the figure that it comes from."""
        small, large = int(entitled * self.small_share / 100), int(entitled * self.share / 100)
        limit, share = self.most, 0.0
        if max(self.few, small) < limit:
            limit, share = max(self.few, small), self.small_share if small > self.few else 0.0
        if large > limit:
            limit, share = large, self.share
        limit = int(limit * self.times)
        if not share:
            return limit, limit
        if self.times == 1:
            return limit, reasons.SHARE(limit=limit, share_percent=share)
        return limit, reasons.SHARE_TIMES(limit=limit, share_percent=share, times=self.times)


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnoverCheck:
    """Leaving or joining within a window, weighed."""

    word: str
    """`leave` or `join`."""
    now: frozenset[AgentId]
    earlier: Mapping[AgentId, RosterMove]
    """Moves within the window, without those that an order allowed."""
    of: int
    """Entitled agents when the window began."""
    limit: TurnoverLimit
    window_s: float
    order: Intent | None = None
    """An order that lets other agents leave or join, too."""
    besides: int = 0
    """How many other agents the order lets through."""

    @property
    def count(self) -> int:
        """How many, including earlier moves within the window."""
        return len(self.now | self.earlier.keys())

    @property
    def too_many(self) -> bool:
        """Whether an operator has to confirm this."""
        return bool(self.now) and (self.count > self.limit.of(self.of)[0] or self._half)

    @property
    def sum(self) -> Reason:
        """The arithmetic, as a reason."""
        limit, most = self.limit.of(self.of)
        return reasons.TOO_MANY(who=self._who, most=most if self.count > limit else reasons.HALF(), span=_span(self.window_s))

    def without(self, order: Intent | None) -> "TurnoverCheck":
        """Without the agents named in the order, and without moves before it: the operator has seen them."""
        if order is None or order.allows is None:
            return self
        named = order.allows.leavers if self.word == "leave" else order.allows.joiners
        if named.isdisjoint(self.now | self.earlier.keys()):
            return self
        earlier = {key: move for key, move in self.earlier.items() if move.at >= order.at and key not in named}
        return replace(self, now=self.now - named, earlier=earlier, order=order, besides=len(self.now & named))

    @property
    def _who(self) -> Reason:
        who = (reasons.WOULD_LEAVE if self.word == "leave" else reasons.WOULD_JOIN)(count=len(self.now), of=self.of)
        if self.count > len(self.now):
            who = reasons.BEFORE_THEM(who=who, before=self.count - len(self.now))
        return reasons.BESIDES(who=who, named=self.besides, by=self.order.by) if self.order is not None else who

    @property
    def _half(self) -> bool:
        return self.word == "leave" and self.count >= _FEW and self.count > self.of / 2


def _span(seconds: float) -> Reason:
    days = seconds / _DAY_S
    return reasons.DAYS(days=days) if days >= 2 else reasons.HOURS(hours=seconds / _HOUR_S)
