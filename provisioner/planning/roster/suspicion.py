"""What makes a change suspicious: too many in a day, too many in a week, too many of one place, entries nobody knows. Pure."""

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
from provisioner.reasons.directory import OWNERLESS, TOGETHER
from provisioner.reasons.reason import Reason

_FEW_LEAVERS = 2
"""Of ten people: one a year is turnover, and two on one day happen (a couple moves, two contracts end)."""
_FEW_JOINERS = 10
"""A training room: ten desktops too many harm nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardBasis:
    """What a reading and a configuration are compared with."""

    in_force: AcceptedState
    guard: Guard = Guard()
    record: GuardRecord = GuardRecord()
    order: Intent | None = None
    """An operator's order to let a change through."""


def suspicions(
    changes: RosterChanges, roster: Roster, basis: GuardBasis, now: Instant, order: Intent | None
) -> Iterator[Reason]:
    """Why a change is not believed, each reason with its arithmetic; whom the order names does not count."""
    sides = [one.without(order) for one in turnover_checks(changes, basis, now)]
    told: set[str] = set()
    for one in sides:
        if one.too_many and one.word not in told:  # a day's limit says it better than a week's
            told.add(one.word)
            yield one.sum
    yield from _together(changes, sides[0], basis)
    yield from _unreadable(changes, roster, sides[0], basis.in_force)


def _together(changes: RosterChanges, leave: TurnoverCheck, basis: GuardBasis) -> Iterator[Reason]:
    known = basis.in_force.accepted.agents if basis.in_force.accepted is not None else {}
    if len(leave.now) + len(leave.earlier) < basis.guard.unit_leavers:
        return
    leaving = [one.before for one in changes.left if one.before is not None and one.agent_id in leave.now]
    gone = {one.agent_id for one in changes.left}
    staying = (known[key] for key in changes.before - gone if key in known)
    for who in concentrations(leaving, leave.earlier, staying, basis.guard):
        yield TOGETHER(who=who)


def _unreadable(changes: RosterChanges, roster: Roster, leave: TurnoverCheck, before: AcceptedState) -> Iterator[Reason]:
    """Entries came up of which nobody can tell whose they are: people who are gone may be listed after all."""
    gone = sum(one.why is DepartureCause.GONE and one.agent_id in leave.now for one in changes.left)
    unknown = unknown_entries(roster, before.accepted)
    if gone and unknown:
        yield OWNERLESS(gone=gone, count=len(unknown), why=unknown[0].reason)


def turnover_checks(changes: RosterChanges, basis: GuardBasis, now: Instant) -> Iterator[TurnoverCheck]:
    """Leaving within the window, within the longer one, and joining."""
    guard, record = basis.guard, basis.record
    left, joined = (frozenset(one.agent_id for one in side) for side in (changes.left, changes.joined))
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
    # Nothing is made for who has a desktop still: an order taken back after weeks needs no other order.
    newcomers = joined - back - changes.called - basis.in_force.owners
    yield TurnoverCheck(word="join", now=newcomers, earlier=come, of=of, limit=limit, window_s=guard.window_s)


def _counted(moves: Mapping[AgentId, RosterMove], since: Instant, but: Set[AgentId]) -> dict[AgentId, RosterMove]:
    return {key: one for key, one in moves.items() if not one.allowed and one.at > since and key not in but}
