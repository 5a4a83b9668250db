"""What is kept of agents, as it is once they go on under new ids. Pure.

Nothing of it is on a cluster yet: each desktop's note still names the id that it was made for, until it is written anew.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from provisioner.model.agents import Agent, Roster
from provisioner.model.desktops import Reservation
from provisioner.model.guard import GuardRecord
from provisioner.model.ids import AgentId
from provisioner.model.records import DesktopRecord
from provisioner.model.seats import seat_of

Rekeys = Mapping[AgentId, AgentId]
"""From the old id to the new one."""
_Value = TypeVar("_Value")


def rekeyed_reservation(reservation: Reservation, rekeys: Rekeys) -> Reservation:
    """The desktop under its agent's new id; which ids its note may name is kept with it."""
    old = reservation.agent_id
    if old is None or old not in rekeys:
        return reservation
    new = rekeys[old]
    earlier = tuple(one for one in (*reservation.noted_as, old) if one != new)
    return replace(reservation, seat=seat_of(new), noted_as=earlier)


def rekeyed_record(record: DesktopRecord, rekeys: Rekeys) -> DesktopRecord:
    """The same of all that is kept of the desktop."""
    reservation, given_to = rekeyed_reservation(record.reservation, rekeys), record.assigned_to
    now = given_to if given_to is None else rekeys.get(given_to, given_to)
    if reservation is record.reservation and now == given_to:
        return record
    return replace(record, reservation=reservation, assigned_to=now)


def with_note(reservation: Reservation, names: AgentId | None) -> Reservation:
    """The desktop once its note was written for this id, which is not its agent's any more where it was rekeyed meanwhile."""
    still = () if names is None or names == reservation.agent_id else (names,)
    return replace(reservation, noted_as=still)


def rekeyed_roster(roster: Roster, rekeys: Rekeys) -> Roster:
    """The agents under their new ids; the entries that were left out for being theirs are left out no more."""
    news = frozenset(rekeys.values())
    agents = _agents(roster.agents, rekeys)
    departed = {key: one for key, one in _agents(roster.departed, rekeys).items() if key not in agents}
    rejected = tuple(one for one in roster.rejected if one.agent_id not in news)
    left = replace(roster, agents=agents, departed=departed, rejected=rejected)
    return roster if left == roster else left


def rekeyed_guard(record: GuardRecord, rekeys: Rekeys) -> GuardRecord:
    """Who left or joined lately, by the new ids."""
    return replace(record, left=_keys(record.left, rekeys), joined=_keys(record.joined, rekeys))


def rekeyed_before(earlier: Rekeys, rekeys: Rekeys) -> dict[AgentId, AgentId]:
    """Every earlier id with the one that its agent has now; an id that is somebody's again is no earlier one."""
    gone_on = {old: rekeys.get(new, new) for old, new in earlier.items()} | dict(rekeys)
    again = frozenset(rekeys.values())
    return {old: new for old, new in gone_on.items() if old not in again}


def _agents(agents: Mapping[AgentId, Agent], rekeys: Rekeys) -> dict[AgentId, Agent]:
    return {key: one if key == one.agent_id else replace(one, agent_id=key) for key, one in _keys(agents, rekeys).items()}


def _keys(known: Mapping[AgentId, _Value], rekeys: Rekeys) -> dict[AgentId, _Value]:
    """Where the new id is known already, what is known of it is newer."""
    kept = {key: value for key, value in known.items() if key not in rekeys}
    return {rekeys[key]: value for key, value in known.items() if key in rekeys} | kept
