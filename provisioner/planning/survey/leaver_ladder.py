"""The leavers' ladder, as figures: who has left and why, which step a desktop is at, and when the next may come. Pure."""

from collections.abc import Mapping

from provisioner.model.agents import Roster
from provisioner.model.cluster import Guest
from provisioner.model.departures import (
    DAY_S,
    OVERDUE_AFTER_S,
    Deleted,
    Departure,
    LeaverRules,
    LeaverState,
    LeaverStep,
    departure_in,
    departure_tags,
)
from provisioner.model.desktops import Reservation
from provisioner.model.ids import AgentId, DesktopName, Instant
from provisioner.planning.inputs import Situation
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.targets import GONE


def leavers_of(situation: Situation) -> dict[DesktopName, Reason]:
    """Desktops whose agent is gone, not enabled or not entitled any more, and which; before a roster was read, nobody's.

    No leaver is whose wave has not opened yet, whom no wave of the scenario selects (scenarios come and go), or who is in the
    directory with an entry that cannot be used.
    """
    roster, demand = situation.records.roster, situation.demand
    if roster is None:
        return {}
    unwanted = [
        one
        for one in situation.records.reservations
        if one.agent_id is not None and one.seat not in demand.wants and one.seat not in demand.ahead
    ]
    if not unwanted:
        return {}
    out = {one.agent_id: one.reason for one in demand.not_wanted if not one.entitled}
    there = listed_in(roster)
    # A roster older than the desktop, as an older store holds it, says nothing of whom it does not list.
    gone = {one.name for one in unwanted if one.agent_id not in there and one.reserved_at <= roster.read_at}
    left = ((one.name, out.get(one.agent_id, GONE() if one.name in gone else NONE)) for one in unwanted if one.agent_id)
    return {name: reason for name, reason in left if reason}


def listed_in(roster: Roster) -> set[AgentId]:
    """Whose entries there are, usable or not."""
    return roster.agents.keys() | {one.agent_id for one in roster.rejected if one.agent_id is not None}


def departure_of(kept: Departure | None, guest: Guest | None, now: Instant) -> Departure:
    """Of a leaver's desktop, as it is to be kept. What the desktop itself tells counts where the store knows nothing of it."""
    if kept is None:
        told = departure_in(guest.tags) if guest else None
        return Departure(since=now) if told is None else Departure(since=min(told.since, now), recycled_at=told.recycled_at)
    return Departure(since=now) if kept.ended else kept


def return_of(kept: Departure | None, guest: Guest | None) -> Departure | None:
    """Of a desktop whose agent is wanted: None as soon as no tag says otherwise."""
    if guest is None or not departure_tags(guest.tags):
        return None
    begun = kept or departure_in(guest.tags) or Departure(since=0.0)
    return Departure(since=begun.since, ended=True)


def stop_at(departure: Departure, leavers: LeaverRules) -> Instant:
    """When it is shut down, unless somebody is logged on."""
    return departure.since + leavers.stop_after_s


def recycle_at(departure: Departure, leavers: LeaverRules) -> Instant:
    """When it is taken from its agent, once it is off."""
    return departure.since + leavers.recycle_after_s


def delete_at(departure: Departure, leavers: LeaverRules) -> Instant | None:
    """When it is destroyed; None: not before it is recycled.

    It stays recycled for as long as configured, also where it was recycled late: nobody could have missed it before.
    """
    if departure.recycled_at is None:
        return None
    rest_s = leavers.delete_after_s - leavers.recycle_after_s
    return max(departure.since + leavers.delete_after_s, departure.recycled_at + rest_s)


def leaving_of(departure: Departure, reason: Reason, leavers: LeaverRules, now: Instant, *, off: bool) -> LeaverState:
    """How it stands, for people."""
    deleted_at = delete_at(departure, leavers)
    if deleted_at is not None:
        step, following, at = LeaverStep.RECYCLED, "deleted", deleted_at
    elif off and now >= stop_at(departure, leavers):
        step, following, at = LeaverStep.STOPPED, LeaverStep.RECYCLED.value, recycle_at(departure, leavers)
    else:
        step, following, at = LeaverStep.SUSPENDED, LeaverStep.STOPPED.value, stop_at(departure, leavers)
    overdue = now >= at + OVERDUE_AFTER_S
    return LeaverState(step=step, reason=reason, since=departure.since, next_step=following, next_at=at, overdue=overdue)


def deleted_lately(deletions: Mapping[Deleted, Instant], now: Instant) -> set[Deleted]:
    """Within the last 24 hours."""
    return {which for which, at in deletions.items() if now - at < DAY_S}


def is_out_of_the_way(one: Reservation, departure: Departure | None, now: Instant) -> bool:
    """Whether a clone that was ordered for it, before its agent left if so, can no longer come out."""
    last_at = one.reserved_at if departure is None else max(one.reserved_at, departure.since)
    return now >= last_at + _DOUBT_S


_DOUBT_S = 600.0
"""The longest that a profile's `clone_timeout` gives a clone."""
