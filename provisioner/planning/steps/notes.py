"""Rewrite notes that name an agent's earlier id, so that a lost store is rebuilt with the new id."""

from provisioner.model.actions import Note
from provisioner.model.machines.desktops import Reservation
from provisioner.planning.inputs import where
from provisioner.planning.steps.draft import Draft, slot
from provisioner.planning.steps.obstacles import tried_lately
from provisioner.reasons.steps import NOTE_OLD

_DEADLINE_S = 60.0


def write_notes_anew(draft: Draft) -> None:
    """For every existing desktop that is proven ours, also while it is used: only the VM's description changes.

    Until then a note with an earlier id is proof as well, as long as the store knows of the rekey.
    """
    if not draft.survey.misnoted:
        return
    busy = {action.key for action in draft.actions} | draft.situation.in_flight.keys()
    for name in sorted(draft.survey.misnoted):
        desktop = draft.situation.records.desktops[name].reservation
        if desktop.key not in busy and _can_be_written(draft, desktop):
            node, deadline = where(draft.situation, desktop), draft.now + _DEADLINE_S
            draft.order(Note(reservation=desktop, because=NOTE_OLD(), deadline=deadline, node=node))


def _can_be_written(draft: Draft, desktop: Reservation) -> bool:
    """Whether its note can be written: not while its VM is locked or away, unproven, given up, or its node is busy."""
    view = draft.situation.snapshot.clusters.get(desktop.cluster)
    guest = view.guests.get(desktop.vmid) if view else None
    if view is None or guest is None or guest.lock is not None or not desktop.proven or not view.complete_on(guest.node):
        return False
    attempts = draft.situation.records.desktops[desktop.name].attempts
    if attempts.gave_up or tried_lately(draft, desktop):
        return False
    return slot(draft.configuring, guest.node_key, draft.situation.config.budget.configures_per_node)
