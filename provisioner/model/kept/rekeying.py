"""Rekeys: records, roster and guard with agents under new ids. Pure.

The clusters follow later: a desktop's note names the old id until it is rewritten.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from itertools import count
from typing import TypeVar

from provisioner.model.guard import GuardRecord
from provisioner.model.ids import AgentId
from provisioner.model.kept.records import DesktopRecord
from provisioner.model.lending import Lease
from provisioner.model.machines.desktops import Reservation
from provisioner.model.machines.seats import seat_of
from provisioner.model.people.agents import Agent, Roster
from provisioner.model.scenario.half_days import PersonWeek

FORMER = "~former-"
"""Between an id that was given to somebody else, and a number: the id of the person who had it before."""
Rekeys = Mapping[AgentId, AgentId]
"""From the old id to the new one."""
_Value = TypeVar("_Value")


def rekeyed_reservation(reservation: Reservation, rekeys: Rekeys) -> Reservation:
    """The reservation under its agent's new id; it remembers the ids that its note may name."""
    old = reservation.agent_id
    if old is None or old not in rekeys:
        return reservation
    new = rekeys[old]
    earlier = tuple(noted for noted in (*reservation.noted_as, old) if noted != new)
    return replace(reservation, seat=seat_of(new), noted_as=earlier)


def rekeyed_record(record: DesktopRecord, rekeys: Rekeys) -> DesktopRecord:
    """The record under its agent's new id."""
    reservation, given_to = rekeyed_reservation(record.reservation, rekeys), record.assigned_to
    now = given_to if given_to is None else rekeys.get(given_to, given_to)
    lease = _rekeyed_lease(record.lease, rekeys)
    if reservation is record.reservation and now == given_to and lease is record.lease:
        return record
    return replace(record, reservation=reservation, assigned_to=now, lease=lease)


def _rekeyed_lease(lease: Lease | None, rekeys: Rekeys) -> Lease | None:
    if lease is None or lease.agent_id is None or lease.agent_id not in rekeys:
        return lease
    return replace(lease, agent_id=rekeys[lease.agent_id])


def rekeyed_weeks(weeks: Iterable[PersonWeek], rekeys: Rekeys) -> tuple[PersonWeek, ...]:
    """Half-days under their people's new ids, instead of what the new ids had."""
    new = frozenset(rekeys.values())
    kept = (week for week in weeks if week.agent_id in rekeys or week.agent_id not in new)
    return tuple(replace(week, agent_id=rekeys.get(week.agent_id, week.agent_id)) for week in kept)


def with_note(reservation: Reservation, names: AgentId | None) -> Reservation:
    """The reservation after its note was written for this id. After a rekey meanwhile, that is an earlier id of its agent."""
    earlier = () if names is None or names == reservation.agent_id else (names,)
    return replace(reservation, noted_as=earlier)


def rekeyed_roster(roster: Roster, rekeys: Rekeys) -> Roster:
    """The roster with agents under their new ids; entries that were rejected as these people are not rejected any more."""
    new_ids = frozenset(rekeys.values())
    agents = _agents(roster.agents, rekeys)
    departed = {key: agent for key, agent in _agents(roster.departed, rekeys).items() if key not in agents}
    rejected = tuple(entry for entry in roster.rejected if entry.agent_id not in new_ids)
    after = replace(roster, agents=agents, departed=departed, rejected=rejected)
    return roster if after == roster else after


def rekeyed_guard(record: GuardRecord, rekeys: Rekeys) -> GuardRecord:
    """The guard's record with the new ids."""
    return replace(
        record,
        left=_keys(record.left, rekeys),
        joined=_keys(record.joined, rekeys),
        turns=_keys(record.turns, rekeys),
        away=_keys(record.away, rekeys),
    )


def rekeyed_before(earlier: Rekeys, rekeys: Rekeys) -> dict[AgentId, AgentId]:
    """From each earlier id to the agent's present one; an id that is in use again is not an earlier id."""
    present = {old: rekeys.get(new, new) for old, new in earlier.items()} | dict(rekeys)
    in_use = frozenset(rekeys.values()) | {old for old, new in rekeys.items() if new.startswith(f"{old}{FORMER}")}
    return {old: new for old, new in present.items() if old not in in_use}


def former_id(agent_id: AgentId, known: Container[AgentId]) -> AgentId:
    """A new id for whoever had this one, which was given to somebody else. No directory gives such an id: it has no `~`."""
    return next(new for number in count(1) if (new := AgentId(f"{agent_id}{FORMER}{number}")) not in known)


def _agents(agents: Mapping[AgentId, Agent], rekeys: Rekeys) -> dict[AgentId, Agent]:
    rekeyed = _keys(agents, rekeys).items()
    return {key: agent if key == agent.agent_id else replace(agent, agent_id=key) for key, agent in rekeyed}


def _keys(known: Mapping[AgentId, _Value], rekeys: Rekeys) -> dict[AgentId, _Value]:
    """The values by new ids; if the new id has a value already, that one is newer and stays."""
    others = {key: value for key, value in known.items() if key not in rekeys}
    return {rekeys[key]: value for key, value in known.items() if key in rekeys} | others
