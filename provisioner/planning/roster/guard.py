"""Whether a reading of the directory and a changed configuration are accepted: losses are suspect, and so are jumps. Pure.

Only entitled agents count. Dropping an agent from an entitled group counts as a departure, exactly like removing the entry. New
entries without an entitlement are ignored. It makes no difference whether the directory or bascule.yaml has changed: the
accepted state is compared with the state that would follow.
"""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

from provisioner.model.guard import GuardRecord, HeldInput, Quarantine, RosterMove
from provisioner.model.ids import AgentId, Instant
from provisioner.model.intents import Allowance, Intent
from provisioner.model.people.agents import Roster
from provisioner.model.rules import Rules
from provisioner.planning.roster.changes import AcceptedState, DepartureCause, Leaver, RosterChanges, changes_between
from provisioner.planning.roster.concentration import places
from provisioner.planning.roster.damping import recent_turns, turned
from provisioner.planning.roster.departed import with_departed
from provisioner.planning.roster.merge import merge_reading
from provisioner.planning.roster.suspicion import GuardBasis, suspicions
from provisioner.reasons.directory import LEAVERS, LEAVERS_DISABLED, LEAVERS_EXPIRED, LEAVERS_GONE, LEAVERS_UNENTITLED
from provisioner.reasons.reason import ALSO, Reason, join_reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardVerdict:
    """The decision on a reading and on the configuration."""

    roster: Roster | None
    """To be put in force; None: the accepted one stays."""
    rules: Rules
    """In force from now on."""
    merged: Roster
    """The reading merged with the accepted roster, in force or not; without a reading, the accepted roster."""
    changes: RosterChanges
    """Everything that reading and configuration would change, held back or not."""
    record: GuardRecord
    """The record to be stored."""
    let_through: tuple[str, RosterChanges] | None = None
    """Who ordered it and what it was, where only an operator's order let a change through."""
    used_up: bool = False
    """Whether everything that the order allows has happened."""

    @property
    def quarantine(self) -> Quarantine | None:
        """What is held back, and why; None: everything is in force."""
        return self.record.quarantine


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One change of the accepted state, judged."""

    basis: GuardBasis
    """After the change; unchanged where it is refused."""
    changes: RosterChanges
    roster: Roster
    refused: tuple[Reason, ...] = ()
    by: Intent | None = None
    """The order that let it through, where it needed an order."""


def weigh_reading(reading: Roster | None, configured: Rules, basis: GuardBasis, *, now: Instant) -> GuardVerdict:
    """Accept or quarantine a reading and the configuration; without a reading, the configuration alone.

    First both together, for a group may be renamed in the directory and in bascule.yaml at the same time; then each alone, so
    that a mistake in one does not hold back the other.
    """
    basis = replace(basis, record=_recent(basis.record, now, max(basis.guard.window_s, basis.guard.slow_window_s)))
    before = basis.in_force
    read = reading if reading is not None else before.accepted
    assert read is not None, "there is something to judge"
    whole = _step(read, configured, basis, now)
    # Both are accepted.
    if not whole.refused:
        return _verdict([whole], whole, basis, _still_held(reading, basis.record))
    # One of them is accepted alone; without a reading or without a change there are no two halves.
    if reading is not None and before.accepted is not None and configured != before.rules:
        for half in ((before.accepted, configured), (reading, before.rules)):
            first = _step(*half, basis, now)
            if not first.refused:
                return _by_halves(first, whole, basis, (reading, configured), now)
    # Nothing is accepted.
    return _verdict([], whole, basis, _quarantine(whole, _held(reading, configured, basis), basis, read.read_at))


def allowance_for(verdict: GuardVerdict) -> Allowance:
    """What an order has to allow to let this change through, and no other."""
    leavers, joiners = _ids(verdict.changes)
    return Allowance(leavers=leavers, joiners=joiners)


def _by_halves(first: _Step, whole: _Step, basis: GuardBasis, both: tuple[Roster, Rules], now: Instant) -> GuardVerdict:
    """One of the two is in force; the other is judged against it."""
    reading, configured = both
    second = _step(reading, configured, first.basis, now)
    if not second.refused:
        return _verdict([first, second], whole, basis, None)
    held = HeldInput.DIRECTORY if first.basis.in_force.rules == configured else HeldInput.CONFIGURATION
    return _verdict([first], whole, basis, _quarantine(second, held, basis, reading.read_at))


def _verdict(steps: Sequence[_Step], whole: _Step, basis: GuardBasis, held: Quarantine | None) -> GuardVerdict:
    """The verdict from the accepted steps, in their order."""
    after = steps[-1].basis if steps else basis
    ordered = [(step.by, step.changes) for step in steps if step.by is not None]
    return GuardVerdict(
        roster=next((step.roster for step in reversed(steps) if step.roster is not basis.in_force.accepted), None),
        rules=after.in_force.rules,
        merged=whole.roster,
        changes=whole.changes,
        record=replace(after.record, quarantine=held, rules=after.in_force.rules),
        let_through=(ordered[-1][0].by, ordered[-1][1]) if ordered else None,
        used_up=any(is_done(by, after.record) for by, _ in ordered),
    )


def _step(reading: Roster, rules: Rules, basis: GuardBasis, now: Instant) -> _Step:
    """Judge one change. Without an accepted roster growth cannot be judged: an installation's first reading is all growth, and
    a store lost in the middle of a switch knows only the agents who have a desktop.
    """
    before = basis.in_force
    roster = reading if reading is before.accepted else _merged(reading, before)
    changes = changes_between(before, roster, rules)
    if reading is before.accepted:
        basis = replace(basis, others=0)
    order = basis.order if _is_valid(basis.order, now) else None
    refused = tuple(suspicions(changes, roster, basis, now, None))
    by = order if refused else None
    if refused and order is not None:
        refused = tuple(suspicions(changes, roster, basis, now, order))
    if refused:
        return _Step(basis=basis, changes=changes, roster=roster, refused=refused)
    record = _entered(basis.record, changes, now, by=by, first=before.accepted is None)
    after = replace(basis, in_force=replace(before, accepted=roster, rules=rules), record=record)
    return _Step(basis=after, changes=changes, roster=roster, by=by)


def _merged(reading: Roster, before: AcceptedState) -> Roster:
    return with_departed(merge_reading(reading, before.accepted), before.accepted, before.owners)


def _is_valid(order: Intent | None, now: Instant) -> bool:
    return order is not None and order.until is not None and now < order.until


def is_done(order: Intent, record: GuardRecord) -> bool:
    """Whether all agents named in the order have left and joined."""
    allows = order.allows or Allowance()
    return allows.leavers <= record.left.keys() and allows.joiners <= record.joined.keys()


def _held(reading: Roster | None, configured: Rules, basis: GuardBasis) -> HeldInput:
    if configured == basis.in_force.rules:
        return HeldInput.DIRECTORY
    alone = reading is None and _still_held(reading, basis.record) is None
    return HeldInput.CONFIGURATION if alone or basis.in_force.accepted is None else HeldInput.BOTH


def _still_held(reading: Roster | None, record: GuardRecord) -> Quarantine | None:
    """The quarantine of an earlier reading: it stays in force until the next reading."""
    held = record.quarantine
    if reading is not None or held is None or held.of is HeldInput.CONFIGURATION:
        return None
    return replace(held, of=HeldInput.DIRECTORY)


def _quarantine(step: _Step, held: HeldInput, basis: GuardBasis, read_at: Instant) -> Quarantine:
    before, left = basis.record.quarantine, step.changes.left
    why = join_reasons(step.refused)
    return Quarantine(
        since=before.since if before else read_at,
        read_at=read_at,
        reason=LEAVERS(why=why, how=_how(left)) if left else why,
        leavers=len(left),
        joiners=len(step.changes.joined),
        of=held,
    )


_HOW = {
    DepartureCause.GONE: LEAVERS_GONE,
    DepartureCause.DISABLED: LEAVERS_DISABLED,
    DepartureCause.EXPIRED: LEAVERS_EXPIRED,
    DepartureCause.UNENTITLED: LEAVERS_UNENTITLED,
}


def _how(left: Sequence[Leaver]) -> Reason:
    return join_reasons((_HOW[why](count=count) for why, count in sorted(Counter(leaver.why for leaver in left).items())), ALSO)


def _entered(record: GuardRecord, changes: RosterChanges, now: Instant, *, by: Intent | None, first: bool) -> GuardRecord:
    """The record with these moves. Earlier moves in the window no longer count: the ordering operator has seen them."""
    leaving, joining = _ids(changes)
    back = record.left.keys() & joining
    left = {key: move for key, move in record.left.items() if key not in back}
    joined = {key: move for key, move in record.joined.items() if key not in leaving}
    for leaver in changes.left:
        left[leaver.agent_id] = RosterMove(at=now, places=places(leaver.before) if leaver.before else ())
    joined |= {} if first else dict.fromkeys(joining - back, RosterMove(at=now))
    if by is not None:
        allows = by.allows or Allowance()
        left, joined = _allowed(left, allows.leavers, by), _allowed(joined, allows.joiners, by)
    return replace(record, left=left, joined=joined, turns=turned(record.turns, leaving | back, now))


def _allowed(moves: Mapping[AgentId, RosterMove], named: Set[AgentId], order: Intent) -> dict[AgentId, RosterMove]:
    return {key: replace(move, allowed=move.allowed or key in named or move.at < order.at) for key, move in moves.items()}


def _ids(changes: RosterChanges) -> tuple[frozenset[AgentId], frozenset[AgentId]]:
    return frozenset(leaver.agent_id for leaver in changes.left), frozenset(agent.agent_id for agent in changes.joined)


def _recent(record: GuardRecord, now: Instant, window_s: float) -> GuardRecord:
    left, joined = (
        {key: move for key, move in moves.items() if now - move.at < window_s} for moves in (record.left, record.joined)
    )
    return replace(record, left=left, joined=joined, turns=recent_turns(record.turns, now, window_s))


__all__ = ["GuardBasis", "GuardVerdict", "allowance_for", "is_done", "weigh_reading"]
