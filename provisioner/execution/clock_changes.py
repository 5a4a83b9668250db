"""What is kept and dated later than now, put right when the store is taken up: a clock that was ahead has noted it. Pure.

It counts from now on; a guest's report from long ago, for it may be of an earlier boot. A reservation keeps its date, which is
in the desktop's note too, and delays nothing but the end of a desktop whose agent has left.
"""

from collections.abc import Mapping
from dataclasses import replace

from provisioner.execution.order_changes import DOUBT_S
from provisioner.model.agents import Roster
from provisioner.model.budget import Budget
from provisioner.model.departures import Departure
from provisioner.model.desktops import LONGEST_DELETE_WAIT_S, Attempts
from provisioner.model.guard import GuardRecord, Move
from provisioner.model.ids import AgentId, DesktopName, Instant
from provisioner.model.records import Memory
from provisioner.ports import Changes

_LONG_AGO = 0.0


def of_clock(memory: Memory, now: Instant, budget: Budget) -> Changes:
    """What has to change so that nothing is dated later than now; a wait is no longer than the longest there is."""
    guard, attempts = _guard(memory.guard, now), _attempts(memory, now, budget)
    departures = {name: _departure(one, now) for name, one in memory.departures.items()}
    return Changes(
        reports={
            name: replace(one, read_at=_LONG_AGO, written_at=None) for name, one in memory.reports.items() if one.read_at > now
        },
        unheard={name: replace(one, since=now) for name, one in memory.unheard.items() if one.since > now},
        started={name: now for name, at in memory.started.items() if at > now},
        attempts={name: one for name, one in attempts.items() if one != memory.attempts[name]},
        departures={name: one for name, one in departures.items() if one != memory.departures[name]},
        deletions={which: now for which, at in memory.deletions.items() if at > now},
        roster=_roster(memory.roster, now),
        guard=guard if guard != memory.guard else None,
    )


def _attempts(memory: Memory, now: Instant, budget: Budget) -> dict[DesktopName, Attempts]:
    deleted = {name for name, one in memory.departures.items() if one.recycled_at is not None}
    longest_s = max(budget.retry_cap_s, DOUBT_S)
    return {
        name: replace(one, retry_at=min(one.retry_at, now + (LONGEST_DELETE_WAIT_S if name in deleted else longest_s)))
        for name, one in memory.attempts.items()
    }


def _departure(departure: Departure, now: Instant) -> Departure:
    recycled_at = None if departure.recycled_at is None else min(departure.recycled_at, now)
    return replace(departure, since=min(departure.since, now), recycled_at=recycled_at)


def _roster(roster: Roster | None, now: Instant) -> Roster | None:
    if roster is None or roster.read_at <= now:
        return None
    return replace(roster, read_at=now, full_at=min(roster.full_at, now))


def _guard(record: GuardRecord, now: Instant) -> GuardRecord:
    return replace(record, left=_moves(record.left, now), joined=_moves(record.joined, now))


def _moves(moves: Mapping[AgentId, Move], now: Instant) -> dict[AgentId, Move]:
    return {key: replace(one, at=min(one.at, now)) for key, one in moves.items()}
