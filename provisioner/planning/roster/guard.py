"""Whether a reading of the directory is believed: every shrink is suspect, and so is growth by leaps. Pure.

Nobody is counted but those who are or become entitled to a desktop: whom a reading leaves in the directory and takes out of the
group has left as much as whom it does not list, and ten thousand new entries that are entitled to nothing harm nobody.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from provisioner.model.agents import Roster
from provisioner.model.guard import Guard, GuardRecord, Move, Quarantine
from provisioner.model.ids import AgentId, Instant
from provisioner.model.intents import Allowance, Intent
from provisioner.model.profiles import Entitlement
from provisioner.model.scenarios import Scenario
from provisioner.planning.roster.changes import RosterChanges, changes_between
from provisioner.planning.roster.merge import settled

_FEW = 3
"""Fewer may be half of a pilot's users and leave all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a reading is compared with."""

    accepted: Roster | None
    """None: none was ever accepted, or the store was lost."""
    owners: Set[AgentId] = frozenset()
    """Whose desktops there are: they stand for the accepted roster where there is none."""
    entitlements: Sequence[Entitlement]
    scenario: Scenario
    guard: Guard = Guard()
    record: GuardRecord = GuardRecord()
    order: Intent | None = None
    """An operator's order to let a change through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What becomes of a reading."""

    roster: Roster
    """As it is put in force if it is believed."""
    changes: RosterChanges
    record: GuardRecord
    """To be kept with it."""
    let_through: str = ""
    """By whose order, where the guard alone would not have."""
    used_up: bool = False
    """Whether that order allows no more."""

    @property
    def quarantine(self) -> Quarantine | None:
        """Why it is not believed; None: it is."""
        return self.record.quarantine


@dataclass(slots=True)
class _Side:
    """Leaving or joining, weighed."""

    word: str
    now: frozenset[AgentId]
    earlier: frozenset[AgentId]
    """Of the window, and not by order."""
    of: int
    """Entitled agents when the window began."""
    absolute: int
    percent: float
    ordered: frozenset[AgentId] = field(default_factory=frozenset)
    """Whom the standing order has let through already."""
    allowed: int = 0

    @property
    def count(self) -> int:
        return len(self.now | self.earlier)

    @property
    def too_many(self) -> bool:
        many = self.count > self.absolute and self.count > self.of * self.percent / 100
        return bool(self.now) and (many or (self.word == "leave" and self.count >= _FEW and self.count > self.of / 2))

    @property
    def covered(self) -> bool:
        return len(self.now | self.ordered) <= self.allowed

    @property
    def sum(self) -> str:
        before = f", with {self.count - len(self.now)} before them" if self.count > len(self.now) else ""
        return f"{len(self.now)} of {self.of} entitled agents would {self.word}{before}: at most {self._limit} may"

    @property
    def _limit(self) -> str:
        share = int(self.of * self.percent / 100)
        if self.count <= max(self.absolute, share):
            return "half of them"
        return f"{share} ({self.percent:g} %)" if share > self.absolute else str(self.absolute)


def judge_reading(reading: Roster, basis: Basis, *, now: Instant) -> Verdict:
    """Put in force, or quarantined with the arithmetic.

    Without an accepted roster growth cannot be judged: the first reading of an installation is all growth, and a store lost
    in the middle of a switch knows those alone who have a desktop.
    """
    roster = settled(reading, basis.accepted)
    changes = changes_between(basis.accepted, basis.owners, roster, basis.entitlements, basis.scenario)
    record = _recent(basis.record, now, basis.guard.window_s)
    leave, join = _sides(changes, record, basis, now)
    first = basis.accepted is None
    suspect = [one for one in ((leave,) if first else (leave, join)) if one.too_many]
    refused = [one for one in suspect if not one.covered]
    if refused:
        quarantine = _quarantine(refused, changes, basis, reading.read_at)
        return Verdict(roster=roster, changes=changes, record=replace(basis.record, quarantine=quarantine))
    by = basis.order.by if suspect and basis.order is not None else ""
    kept = _entered(record, changes, now, by_order=bool(by), first=first)
    used_up = bool(by) and all(len(one.now | one.ordered) >= one.allowed for one in (leave, join))
    return Verdict(roster=roster, changes=changes, record=kept, let_through=by, used_up=used_up)


def allowance_for(verdict: Verdict) -> Allowance:
    """What an order has to allow for this change to go through, and no larger one."""
    return Allowance(leavers=len(verdict.changes.left), joiners=len(verdict.changes.joined))


def _sides(changes: RosterChanges, record: GuardRecord, basis: Basis, now: Instant) -> tuple[_Side, _Side]:
    guard, order = basis.guard, basis.order if _stands(basis.order, now) else None
    allows = order.allows if order is not None and order.allows is not None else Allowance()
    left, joined = _ids(changes)
    back = record.left.keys() & joined
    left_before, joined_before = _uncounted(record.left) - back, _uncounted(record.joined) - left
    of = changes.entitled_before + len(left_before) - len(joined_before)
    leave = _Side("leave", left, left_before, of, guard.leavers, guard.leavers_percent, allowed=allows.leavers)
    join = _Side("join", joined - back, joined_before, of, guard.joiners, guard.joiners_percent, allowed=allows.joiners)
    if order is not None:
        leave.ordered, join.ordered = _ordered(record.left, order), _ordered(record.joined, order)
    return leave, join


def _stands(order: Intent | None, now: Instant) -> bool:
    return order is not None and order.until is not None and now < order.until


def _uncounted(moves: Mapping[AgentId, Move]) -> frozenset[AgentId]:
    return frozenset(key for key, one in moves.items() if not one.allowed)


def _ordered(moves: Mapping[AgentId, Move], order: Intent) -> frozenset[AgentId]:
    return frozenset(key for key, one in moves.items() if one.allowed and one.at >= order.at)


def _quarantine(refused: Iterable[_Side], changes: RosterChanges, basis: Basis, read_at: Instant) -> Quarantine:
    before = basis.record.quarantine
    sums = "; ".join(f"{one.sum}{_too_small(one, basis.order)}" for one in refused)
    whys = ", ".join(f"{count} {why}" for why, count in sorted(Counter(one.why.value for one in changes.left).items()))
    hours = basis.guard.window_s / 3600
    return Quarantine(
        since=before.since if before else read_at,
        read_at=read_at,
        reason=f"{sums} within {hours:g} h" + (f" ({whys})" if whys else ""),
        leavers=len(changes.left),
        joiners=len(changes.joined),
    )


def _too_small(side: _Side, order: Intent | None) -> str:
    if order is None or not side.allowed:
        return ""
    return f", and the order of {order.by} lets {side.allowed} {side.word}"


def _entered(record: GuardRecord, changes: RosterChanges, now: Instant, *, by_order: bool, first: bool) -> GuardRecord:
    """An order is given by who has seen the whole: what came before it within the window does not count any more either."""
    leaving, joining = _ids(changes)
    back = record.left.keys() & joining
    left = {key: one for key, one in record.left.items() if key not in back}
    joined = {key: one for key, one in record.joined.items() if key not in leaving}
    left |= dict.fromkeys(leaving, Move(at=now))
    joined |= {} if first else dict.fromkeys(joining - back, Move(at=now))
    if by_order:
        left, joined = ({key: replace(one, allowed=True) for key, one in ones.items()} for ones in (left, joined))
    return GuardRecord(left=left, joined=joined)


def _ids(changes: RosterChanges) -> tuple[frozenset[AgentId], frozenset[AgentId]]:
    return frozenset(one.agent_id for one in changes.left), frozenset(one.agent_id for one in changes.joined)


def _recent(record: GuardRecord, now: Instant, window_s: float) -> GuardRecord:
    """A move in the future was entered before the clock was put back: it would count for as long as the clock takes."""
    left, joined = (
        {key: replace(one, at=min(one.at, now)) for key, one in ones.items() if now - one.at < window_s}
        for ones in (record.left, record.joined)
    )
    return GuardRecord(left=left, joined=joined, quarantine=record.quarantine)
