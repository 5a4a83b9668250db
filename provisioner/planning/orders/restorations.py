"""A superseded desktop is given back to its person, by an operator's order: one change of the store. Pure.

The desktop that the person has by now is superseded in its place: kept with everything on it, and its sessions go on. Planning
decides anew in each cycle which of a person's desktops is used (`planning.survey.primary`): one that was assigned comes before
one that is superseded, also while it is off or starts. So the restored desktop counts as assigned from the order on.
"""

from dataclasses import replace

from provisioner.model.cordons import cordons_of
from provisioner.model.ids import DesktopName, Instant
from provisioner.model.intents import Intent
from provisioner.model.kept.absence import DOUBT_S
from provisioner.model.kept.records import DesktopRecord, RecordEdits, Records
from provisioner.model.machines.desktops import UNTRIED, Phase
from provisioner.model.status import DesktopState
from provisioner.model.words import GuestWord
from provisioner.planning.inputs import node_of
from provisioner.planning.orders.desktops import OrderFacts
from provisioner.planning.survey.lifecycle import first_boot_failed
from provisioner.planning.targets.session import known_sessions
from provisioner.ports import Changes
from provisioner.reasons import targets as reasons
from provisioner.reasons.commands import UNKNOWN_DESKTOP
from provisioner.reasons.orders import IN_QUARANTINE_BY, NODE_DRAINED, UNPROVEN_DESKTOP
from provisioner.reasons.phases import FIRST_BOOT_FAILED, NOT_OBSERVED
from provisioner.reasons.reason import NONE, Reason

_SEEN_S = 120.0
"""A cluster that was last seen so long ago says nothing of a desktop: its node may be gone (found by the law, life 1996025)."""
_NOTHING_THERE = frozenset({Phase.RESERVED, Phase.CLONING, Phase.CLONED, Phase.DELETING})


def why_not_restored_now(order: Intent, facts: OrderFacts) -> Reason:
    """Why nothing could come of the order, or why it may not be given now; empty: it can be given."""
    if refused := why_not_restored(order, facts.records):
        return refused
    record = facts.records.desktops[DesktopName(order.target)]
    return _unusable(record, facts) or _newer_in_use(order, record, facts) or _without_reason(order)


def why_not_restored(order: Intent, records: Records) -> Reason:
    """Why the desktop cannot go back to its person, whatever is done there now; empty: it can."""
    name = DesktopName(order.target)
    record = records.desktops.get(name)
    if record is None:
        return UNKNOWN_DESKTOP(name=name)
    if (standing := records.quarantines.get(name)) is not None:
        return IN_QUARANTINE_BY(name=name, by=standing.by)
    if record.superseded_by is None:
        return reasons.NOT_SUPERSEDED(name=name)
    return _not_theirs(record, records)


def is_restored(order: Intent, records: Records) -> bool:
    """Whether that was done before: the daemon was killed right after; or it counts again by itself."""
    record = records.desktops.get(DesktopName(order.target))
    return record is not None and record.superseded_by is None


def restore_changes(order: Intent, records: Records, now: Instant) -> Changes:
    """The desktop is its person's again, and whatever the person has besides is superseded by it.

    Of a desktop that was not proven yet, a clone may still come out: its reservation is kept as long as that may take.
    """
    name, edits = DesktopName(order.target), RecordEdits(records.desktops)
    own = records.desktops[name].reservation
    for other, record in records.desktops.items():
        if other != name and record.reservation.seat == own.seat:
            waits_until = record.attempts.retry_at if record.reservation.proven else now + DOUBT_S
            attempts = replace(record.attempts, retry_at=max(record.attempts.retry_at, waits_until))
            edits.change(other, superseded_by=name, attempts=attempts)
    edits.change(name, superseded_by=None, assigned_to=own.agent_id, attempts=UNTRIED)
    return Changes(desktops=edits.made)


def _not_theirs(record: DesktopRecord, records: Records) -> Reason:
    """A desktop of a pool is nobody's own; and whoever has left gets nothing back."""
    name, agent_id = record.reservation.name, record.reservation.agent_id
    if agent_id is None:
        return reasons.NOBODYS_OWN(name=name)
    left = record.departure is not None and not record.departure.ended
    known = records.roster is None or agent_id in records.roster.agents
    return reasons.PERSON_LEFT(name=name) if left or not known else NONE


def _unusable(record: DesktopRecord, facts: OrderFacts) -> Reason:
    """Why the person could not work on it: it would be given up for another one again, or never come up."""
    name, cluster = record.reservation.name, record.reservation.cluster
    state = facts.desktops.get(name)
    view = facts.snapshot.clusters.get(cluster)
    if state is None or view is None or facts.now - view.taken_at > _SEEN_S:
        return reasons.UNSEEN(name=name, why=NOT_OBSERVED(cluster=cluster))
    cordon = cordons_of(facts.records.intents, facts.snapshot).get(node_of(record.reservation, facts.snapshot))
    if cordon is not None and cordon.drained:
        return NODE_DRAINED(name=name, why=cordon.reason)
    if first_boot_failed(record, view):
        return reasons.HAS_FAILED(name=name, why=FIRST_BOOT_FAILED())
    return _by_phase(record, state)


def _by_phase(record: DesktopRecord, state: DesktopState) -> Reason:
    name = record.reservation.name
    if state.phase is Phase.UNKNOWN:
        return reasons.UNSEEN(name=name, why=state.because)
    if state.phase is Phase.FAILED:
        return reasons.HAS_FAILED(name=name, why=state.because)
    if state.phase is Phase.UNPROVEN:
        return UNPROVEN_DESKTOP(name=name)
    if state.phase in _NOTHING_THERE:
        return reasons.NOTHING_THERE(name=name, phase=state.phase.value)
    hangs = record.unheard is not None and record.unheard.word is GuestWord.HANGS
    return reasons.HANGS(name=name) if hangs and state.phase in (Phase.SILENT, Phase.STARTING) else NONE


def _newer_in_use(order: Intent, record: DesktopRecord, facts: OrderFacts) -> Reason:
    """Nobody is logged off; but whoever works on the newer one is expected on the other from then on."""
    newer = None if record.superseded_by is None else facts.records.desktops.get(record.superseded_by)
    if newer is None or order.terms.even_with_session:
        return NONE
    sessions = known_sessions(newer, facts.config.pace, facts.now)
    if not sessions:
        return NONE
    return reasons.NEWER_IN_USE(name=record.reservation.name, other=newer.reservation.name, sessions=sessions)


def _without_reason(order: Intent) -> Reason:
    return NONE if order.reason.strip() else reasons.REASON_WANTED(name=order.target)


__all__ = ["is_restored", "restore_changes", "why_not_restored", "why_not_restored_now"]
