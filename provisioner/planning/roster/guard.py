"""Whether a reading of the directory is believed: every shrink is suspect, and so is growth by leaps. Pure.

Nobody is counted but those who are or become entitled to a desktop: whom a reading leaves in the directory and takes out of the
group has left as much as whom it does not list, and ten thousand new entries that are entitled to nothing harm nobody.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from provisioner.model.agents import Roster
from provisioner.model.guard import Guard, GuardRecord, Move, Quarantine
from provisioner.model.ids import AgentId, Instant
from provisioner.model.intents import Allowance, Intent
from provisioner.model.profiles import Entitlement
from provisioner.model.scenarios import Scenario
from provisioner.planning.roster.changes import RosterChanges, changes_between
from provisioner.planning.roster.limits import Side
from provisioner.planning.roster.merge import settled


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


def judge_reading(reading: Roster, basis: Basis, *, now: Instant) -> Verdict:
    """Put in force, or quarantined with the arithmetic.

    Without an accepted roster growth cannot be judged: the first reading of an installation is all growth, and a store lost
    in the middle of a switch knows those alone who have a desktop.
    """
    roster = settled(reading, basis.accepted)
    changes = changes_between(basis.accepted, basis.owners, roster, basis.entitlements, basis.scenario)
    record = _recent(basis.record, now, basis.guard.window_s)
    leave, join = _sides(changes, record, basis)
    first = basis.accepted is None
    suspect = [one for one in ((leave,) if first else (leave, join)) if one.too_many]
    order = basis.order if _stands(basis.order, now) else None
    refused = [one for one in (side.without(order) for side in suspect) if one.too_many]
    if refused:
        quarantine = _quarantine(refused, changes, basis, reading.read_at)
        return Verdict(roster=roster, changes=changes, record=replace(basis.record, quarantine=quarantine))
    by = order if suspect else None
    kept = _entered(record, changes, now, by=by, first=first)
    return Verdict(
        roster=roster,
        changes=changes,
        record=kept,
        let_through=by.by if by else "",
        used_up=by is not None and _is_done(by, kept),
    )


def allowance_for(verdict: Verdict) -> Allowance:
    """What an order has to allow for this change to go through, and no other one."""
    leavers, joiners = _ids(verdict.changes)
    return Allowance(leavers=leavers, joiners=joiners)


def _sides(changes: RosterChanges, record: GuardRecord, basis: Basis) -> tuple[Side, Side]:
    guard = basis.guard
    left, joined = _ids(changes)
    back = record.left.keys() & joined
    left_before, joined_before = _counted(record.left, but=back), _counted(record.joined, but=left)
    of = changes.entitled_before + len(left_before) - len(joined_before)
    leave = Side(word="leave", now=left, earlier=left_before, of=of, absolute=guard.leavers, percent=guard.leavers_percent)
    join = Side(
        word="join", now=joined - back, earlier=joined_before, of=of, absolute=guard.joiners, percent=guard.joiners_percent
    )
    return leave, join


def _stands(order: Intent | None, now: Instant) -> bool:
    return order is not None and order.until is not None and now < order.until


def _counted(moves: Mapping[AgentId, Move], *, but: Set[AgentId]) -> dict[AgentId, Move]:
    return {key: one for key, one in moves.items() if not one.allowed and key not in but}


def _is_done(order: Intent, record: GuardRecord) -> bool:
    """Whether all whom it names have left and joined."""
    allows = order.allows or Allowance()
    return allows.leavers <= record.left.keys() and allows.joiners <= record.joined.keys()


def _quarantine(refused: Iterable[Side], changes: RosterChanges, basis: Basis, read_at: Instant) -> Quarantine:
    before = basis.record.quarantine
    sums = "; ".join(one.sum for one in refused)
    whys = ", ".join(f"{count} {why}" for why, count in sorted(Counter(one.why.value for one in changes.left).items()))
    hours = basis.guard.window_s / 3600
    return Quarantine(
        since=before.since if before else read_at,
        read_at=read_at,
        reason=f"{sums} within {hours:g} h" + (f" ({whys})" if whys else ""),
        leavers=len(changes.left),
        joiners=len(changes.joined),
    )


def _entered(record: GuardRecord, changes: RosterChanges, now: Instant, *, by: Intent | None, first: bool) -> GuardRecord:
    """An order is given by who has seen the whole: what came before it within the window does not count any more either."""
    leaving, joining = _ids(changes)
    back = record.left.keys() & joining
    left = {key: one for key, one in record.left.items() if key not in back}
    joined = {key: one for key, one in record.joined.items() if key not in leaving}
    left |= dict.fromkeys(leaving, Move(at=now))
    joined |= {} if first else dict.fromkeys(joining - back, Move(at=now))
    if by is not None:
        allows = by.allows or Allowance()
        left, joined = _allowed(left, allows.leavers, by), _allowed(joined, allows.joiners, by)
    return GuardRecord(left=left, joined=joined)


def _allowed(moves: Mapping[AgentId, Move], named: Set[AgentId], order: Intent) -> dict[AgentId, Move]:
    return {key: replace(one, allowed=one.allowed or key in named or one.at < order.at) for key, one in moves.items()}


def _ids(changes: RosterChanges) -> tuple[frozenset[AgentId], frozenset[AgentId]]:
    return frozenset(one.agent_id for one in changes.left), frozenset(one.agent_id for one in changes.joined)


def _recent(record: GuardRecord, now: Instant, window_s: float) -> GuardRecord:
    """A move in the future was entered before the clock was put back: it would count for as long as the clock takes."""
    left, joined = (
        {key: replace(one, at=min(one.at, now)) for key, one in ones.items() if now - one.at < window_s}
        for ones in (record.left, record.joined)
    )
    return GuardRecord(left=left, joined=joined, quarantine=record.quarantine)
