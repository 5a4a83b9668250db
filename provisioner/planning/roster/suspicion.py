"""What makes a change suspicious: too many in a day, in a week, or from one place, or unattributable entries. Pure.

How many agents may leave or join without an operator: the guard's arithmetic, and its words. Pure.
"""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace

from provisioner.model.guard import Guard, GuardRecord, RosterMove
from provisioner.model.ids import AgentId, Instant
from provisioner.model.intents import Intent
from provisioner.model.people.agents import Roster
from provisioner.planning.roster.changes import AcceptedState, DepartureCause, RosterChanges
from provisioner.planning.roster.concentration import concentrations
from provisioner.planning.roster.merge import unknown_entries
from provisioner.reasons import directory as reasons
from provisioner.reasons.directory import OTHERS_UNDER_ID, OWNERLESS, TOGETHER
from provisioner.reasons.reason import Argument, Reason

_FEW_LEAVERS = 2
"""Of ten people: one leaver a year is turnover, and two on one day happen (a couple moves, two contracts end)."""
_FEW_JOINERS = 10
"""A training room: ten desktops too many do no harm."""
_FEW = 3
"""Leavers below this number are not a mass departure, even if they are half of a pilot's users."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardBasis:
    """What a reading and a configuration are compared with."""

    in_force: AcceptedState
    guard: Guard = Guard()
    record: GuardRecord = GuardRecord()
    order: Intent | None = None
    """An operator's order to let a change through."""
    others: int = 0
    """Owners' ids that newly seem to be other people's in this reading. Only `rekey` and `distinct` let them through."""


def suspicions(
    changes: RosterChanges, roster: Roster, basis: GuardBasis, now: Instant, order: Intent | None
) -> Iterator[Reason]:
    """Why a change is not accepted, each reason with its arithmetic; agents named in the order do not count."""
    checks = [check.without(order) for check in turnover_checks(changes, basis, now)]
    reported: set[str] = set()
    for check in checks:
        if check.too_many and check.word not in reported:  # a day's limit says it better than a week's
            reported.add(check.word)
            yield check.sum
    yield from _together(changes, checks[0], basis)
    yield from _other_people(changes, checks[0], basis)
    yield from _unreadable(changes, roster, checks[0], basis.in_force)


def _together(changes: RosterChanges, leave: TurnoverCheck, basis: GuardBasis) -> Iterator[Reason]:
    known = basis.in_force.accepted.agents if basis.in_force.accepted is not None else {}
    if len(leave.now) + len(leave.earlier) < basis.guard.unit_leavers:
        return
    leavers = [leaver for leaver in changes.left if leaver.agent_id in leave.now]
    leaving = [leaver.before for leaver in leavers if leaver.before is not None]
    gone = {leaver.agent_id for leaver in changes.left}
    staying = (known[key] for key in changes.before - gone if key in known)
    for place in concentrations(leaving, leave.earlier, staying, basis.guard):
        yield TOGETHER(who=place)


def _other_people(changes: RosterChanges, leave: TurnoverCheck, basis: GuardBasis) -> Iterator[Reason]:
    """A number that is given again is one person's; an import that slips by a row is everybody's. The leavers' limit counts."""
    limit, most = replace(leave.limit, times=1.0).of(changes.entitled_before)
    if basis.others > limit:
        yield OTHERS_UNDER_ID(count=basis.others, of=changes.entitled_before, most=most)


def _unreadable(changes: RosterChanges, roster: Roster, leave: TurnoverCheck, before: AcceptedState) -> Iterator[Reason]:
    """New entries cannot be attributed to an agent: missing people may be listed after all."""
    gone = sum(leaver.why is DepartureCause.GONE and leaver.agent_id in leave.now for leaver in changes.left)
    unknown = unknown_entries(roster, before.accepted)
    if gone and unknown:
        yield OWNERLESS(gone=gone, count=len(unknown), why=unknown[0].reason)


def turnover_checks(changes: RosterChanges, basis: GuardBasis, now: Instant) -> Iterator[TurnoverCheck]:
    """Departures within the window and within the longer window, and joins."""
    guard, record = basis.guard, basis.record
    left, joined = (frozenset(agent.agent_id for agent in side) for side in (changes.left, changes.joined))
    back = record.left.keys() & joined
    limit = TurnoverLimit(
        most=guard.leavers, share=guard.leavers_percent, small_share=guard.small_site_leavers_percent, few=_FEW_LEAVERS
    )
    for window_s, times in ((guard.window_s, 1.0), (guard.slow_window_s, guard.slow_factor)):
        gone, come = _counted(record.left, now - window_s, back), _counted(record.joined, now - window_s, left)
        of = changes.entitled_before + len(gone) - len(come)
        yield TurnoverCheck(word="leave", now=left, earlier=gone, of=of, limit=replace(limit, times=times), window_s=window_s)
    if basis.in_force.accepted is None:
        return
    gone, come = (_counted(moves, now - guard.window_s, but) for moves, but in ((record.left, back), (record.joined, left)))
    of = changes.entitled_before + len(gone) - len(come)
    limit = TurnoverLimit(
        most=guard.joiners, share=guard.joiners_percent, small_share=guard.small_site_joiners_percent, few=_FEW_JOINERS
    )
    # An agent who still has a desktop needs no new one: taking back an order after weeks needs no other order.
    newcomers = joined - back - changes.called - basis.in_force.owners
    yield TurnoverCheck(word="join", now=newcomers, earlier=come, of=of, limit=limit, window_s=guard.window_s)


def _counted(moves: Mapping[AgentId, RosterMove], since: Instant, but: Set[AgentId]) -> dict[AgentId, RosterMove]:
    return {key: move for key, move in moves.items() if not move.allowed and move.at > since and key not in but}
