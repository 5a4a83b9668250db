"""The leavers' ladder: who has left and why, at which step a desktop is, and when the next step is due. Pure."""

from collections.abc import Mapping

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
from provisioner.model.ids import AgentId, DesktopName, Instant
from provisioner.model.machines.cluster import Guest
from provisioner.model.machines.desktops import Reservation
from provisioner.model.people.agents import Roster
from provisioner.planning.inputs import Situation
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.targets import GONE


def leavers_of(situation: Situation) -> dict[DesktopName, Reason]:
    """Desktops whose agent is gone, not enabled or no longer entitled, each with the reason; none before a roster was read.

    Not leavers: agents whose wave has not opened yet, agents in no wave of the scenario (scenarios come and go), and agents
    with an unusable entry in the directory.
    """
    roster, demand = situation.records.roster, situation.demand
    if roster is None:
        return {}
    unwanted = [
        desktop
        for desktop in situation.records.reservations
        if desktop.agent_id is not None and desktop.seat not in demand.wants and desktop.seat not in demand.ahead
    ]
    if not unwanted:
        return {}
    out = {entry.agent_id: entry.reason for entry in demand.not_wanted if not entry.entitled}
    listed, leavers = listed_in(roster), dict[DesktopName, Reason]()
    for desktop in unwanted:
        # A roster that is older than the desktop, from an older store, does not prove that an unlisted agent is gone.
        gone = desktop.agent_id not in listed and desktop.reserved_at <= roster.read_at
        if desktop.agent_id and (reason := out.get(desktop.agent_id, GONE() if gone else NONE)):
            leavers[desktop.name] = reason
    return leavers


def listed_in(roster: Roster) -> set[AgentId]:
    """Agents with an entry, usable or not. An entry that seems to be another person's says nothing of who had its id."""
    rejected = (entry for entry in roster.rejected if not entry.is_other_person)
    return roster.agents.keys() | {entry.agent_id for entry in rejected if entry.agent_id is not None}


def departure_of(stored: Departure | None, guest: Guest | None, now: Instant) -> Departure:
    """The departure to store for a leaver's desktop. Without a stored departure, the tags of its VM count."""
    if stored is None:
        tagged = departure_in(guest.tags) if guest else None
        if tagged is None:
            return Departure(since=now)
        return Departure(since=min(tagged.since, now), recycled_at=tagged.recycled_at)
    return Departure(since=now) if stored.ended else stored


def return_of(stored: Departure | None, guest: Guest | None) -> Departure | None:
    """The ended departure to store for a desktop whose agent is wanted again; None once its VM has no such tag left."""
    if guest is None or not departure_tags(guest.tags):
        return None
    begun = stored or departure_in(guest.tags) or Departure(since=0.0)
    return Departure(since=begun.since, ended=True)


def stop_at(departure: Departure, leavers: LeaverRules) -> Instant:
    """When the desktop is shut down, unless somebody is logged on."""
    return departure.since + leavers.stop_after_s


def recycle_at(departure: Departure, leavers: LeaverRules) -> Instant:
    """When the desktop is taken from its agent, once it is off."""
    return departure.since + leavers.recycle_after_s


def delete_at(departure: Departure, leavers: LeaverRules) -> Instant | None:
    """When the desktop is deleted; None: not before it is recycled.

    It stays recycled for the configured time, even if it was recycled late: before that, nobody could have missed it.
    """
    if departure.recycled_at is None:
        return None
    rest_s = leavers.delete_after_s - leavers.recycle_after_s
    return max(departure.since + leavers.delete_after_s, departure.recycled_at + rest_s)


def leaving_of(departure: Departure, reason: Reason, leavers: LeaverRules, now: Instant, *, off: bool) -> LeaverState:
    """The desktop's step on the ladder, as people read it."""
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
    """Deletions within the last 24 hours."""
    return {which for which, at in deletions.items() if now - at < DAY_S}


def is_out_of_the_way(desktop: Reservation, departure: Departure | None, now: Instant) -> bool:
    """Whether a clone that was ordered for the desktop before its agent left can no longer appear."""
    last_at = desktop.reserved_at if departure is None else max(desktop.reserved_at, departure.since)
    return now >= last_at + _DOUBT_S


_DOUBT_S = 600.0
"""The longest `clone_timeout` that a profile may have."""
