"""An unused desktop goes to another agent, by an operator's order: one change of the store; the note follows. Pure.

Until the note is rewritten, it proves the desktop with the earlier agent's id, as after a rekey. If the store is lost before,
the desktop is the earlier agent's again, and the agent who was to have it gets a new one: nobody has two.
"""

from dataclasses import replace

from provisioner.model.ids import AgentId, DesktopName, Instant
from provisioner.model.intents import Intent
from provisioner.model.kept.records import DesktopRecord, RecordEdits, Records
from provisioner.model.machines.desktops import UNTRIED
from provisioner.model.machines.seats import seat_of
from provisioner.model.people.agents import agent_named
from provisioner.ports import Changes
from provisioner.reasons.commands import UNKNOWN_DESKTOP
from provisioner.reasons.orders import AGENT_WANTED, HAS_A_DESKTOP, IS_SOMEBODYS, UNKNOWN_AGENT, UNPROVEN_DESKTOP
from provisioner.reasons.reason import NONE, Reason


def why_not_reassigned(order: Intent, records: Records) -> Reason:
    """Why the desktop cannot go to the agent, whatever is done there now; empty: it can."""
    record = records.desktops.get(DesktopName(order.target))
    if record is None:
        return UNKNOWN_DESKTOP(name=order.target)
    if not order.terms.agent:
        return AGENT_WANTED()
    agent_id = agent_named(order.terms.agent, records.roster)
    if agent_id is None or records.roster is None:
        return UNKNOWN_AGENT(login=order.terms.agent)
    if not record.reservation.proven:
        return UNPROVEN_DESKTOP(name=order.target)
    if not _is_unused(record):
        return IS_SOMEBODYS(name=order.target)
    has = _used_by(agent_id, records)
    return NONE if has is None else HAS_A_DESKTOP(login=records.roster.agents[agent_id].login, name=has)


def is_reassigned(order: Intent, records: Records) -> bool:
    """Whether that was done before: the daemon was killed right after."""
    record = records.desktops.get(DesktopName(order.target))
    return record is not None and order.terms.agent is not None and record.reservation.agent_id == order.terms.agent


def reassign_changes(order: Intent, records: Records, now: Instant) -> Changes:
    """The desktop under its new agent. A new date: with the old one, its note would look like that of a rekeyed agent."""
    name, edits = DesktopName(order.target), RecordEdits(records.desktops)
    before, agent_id = records.desktops[name].reservation, order.terms.agent
    if agent_id is None:
        return Changes()
    noted_as = () if before.agent_id is None else (before.agent_id,)
    after = replace(before, seat=seat_of(agent_id), noted_as=noted_as, reserved_at=now)
    edits.each(lambda record: replace(record, superseded_by=None) if record.superseded_by == name else record)
    edits.change(name, reservation=after, assigned_to=None, superseded_by=None, departure=None, attempts=UNTRIED)
    return Changes(desktops=edits.made)


def _used_by(agent_id: AgentId, records: Records) -> DesktopName | None:
    """The desktop that the agent uses, rather than one that was superseded; None: the agent has none."""
    own = (record for record in records.desktops.values() if record.reservation.agent_id == agent_id)
    first = min(own, key=lambda record: (record.superseded_by is not None, record.reservation.name), default=None)
    return None if first is None else first.reservation.name


def _is_unused(record: DesktopRecord) -> bool:
    """Whether its agent has left, or has another desktop."""
    left = record.departure is not None and not record.departure.ended
    return record.lease is None and (left or record.superseded_by is not None)


__all__ = ["is_reassigned", "reassign_changes", "why_not_reassigned"]
