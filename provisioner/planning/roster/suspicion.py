"""What makes a change suspicious: too many in a day, in a week, or from one place, or unattributable entries. Pure."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace

from provisioner.model.agents import Roster
from provisioner.model.guard import Guard, GuardRecord, RosterMove
from provisioner.model.ids import AgentId, Instant
from provisioner.model.intents import Intent
from provisioner.planning.roster.changes import AcceptedState, DepartureCause, RosterChanges
from provisioner.planning.roster.concentration import concentrations
from provisioner.planning.roster.limits import TurnoverCheck, TurnoverLimit
from provisioner.planning.roster.merge import unknown_entries
from provisioner.reasons.directory import OTHERS_UNDER_ID, OWNERLESS, TOGETHER
from provisioner.reasons.reason import Reason

_FEW_LEAVERS = 2
"""Of ten people: one leaver a year is turnover, and two on one day happen (a couple moves, two contracts end)."""
_FEW_JOINERS = 10
"""A training room: ten desktops too many do no harm."""


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
