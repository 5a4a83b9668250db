"""Compare store and clusters, without a daemon. Nothing is changed.

Reading a note occupies an API worker. So by default only the notes of VMs with a difference are read.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass

from provisioner.adapters.proxmox.hypervisor import ProxmoxHypervisor
from provisioner.daemon.composition import OutsideSystems, site_config_of
from provisioner.daemon.offline_status import load_records, situation_of
from provisioner.errors import HypervisorError
from provisioner.model.commands import Observe
from provisioner.model.ids import ClusterId, GuestKey, Instant, Vmid
from provisioner.model.kept.absence import is_left_behind, was_tried
from provisioner.model.kept.records import Records
from provisioner.model.machines.cluster import ClusterView, Guest, Snapshot
from provisioner.model.machines.desktops import Reservation
from provisioner.model.machines.drift import Difference, DifferenceKind
from provisioner.model.machines.ownership import NoteKey, read_note
from provisioner.planning.inputs import Situation
from provisioner.planning.report.drift import Notes, differences_of
from provisioner.planning.survey.surveyor import survey
from provisioner.reasons.reason import Reason
from provisioner.settings.values import Settings

_IN_NOTES = frozenset({DifferenceKind.NOTE_CHANGED, DifferenceKind.NOTE_COPIED})
"""Kinds that only notes show."""
TASKS_OF_S = 24 * 3600.0
"""How far back task lists are read: last night's restores should still be found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The differences, and what could not be read."""

    differences: tuple[Difference, ...]
    unseen: Mapping[ClusterId, Reason]
    """Clusters that could not be observed, and why."""
    unread: Mapping[str, Reason]
    """VMs whose notes could not be read, and why."""
    notes_read: int


def compare(settings: Settings, outside: OutsideSystems, *, now: Instant, all_notes: bool = False) -> Comparison:
    """Compare everything; if there are differences a second time, because a daemon may be working. Raises StoreError.

    Clusters and notes that cannot be read are in the answer.
    """
    situation, unseen = _situation(settings, outside, now)
    first = differences_of(situation, survey(situation))
    if first:
        situation, unseen = _situation(settings, outside, now)
    survey_result = survey(situation)
    standing = set(first) & set(differences_of(situation, survey_result))
    ours = {reservation.key for reservation in situation.records.reservations} if all_notes else set()
    wanted = {difference.key for difference in standing} | ours
    notes, unread = _notes(outside, _guests(situation.snapshot, wanted), settings.note_key)
    still_there = {(difference.kind, difference.key) for difference in standing}
    return Comparison(
        differences=tuple(
            difference
            for difference in differences_of(situation, survey_result, notes)
            if difference.kind in _IN_NOTES or (difference.kind, difference.key) in still_there
        ),
        unseen=unseen,
        unread=unread,
        notes_read=len(notes),
    )


def _situation(settings: Settings, outside: OutsideSystems, now: Instant) -> tuple[Situation, dict[ClusterId, Reason]]:
    """Read the store first: the cluster then shows all that the store has."""
    records, _ = load_records(outside, settings, now)
    snapshot, unseen = _observed(outside, records, now)
    return situation_of(site_config_of(settings), records, snapshot, now), unseen


def _observed(outside: OutsideSystems, records: Records, now: Instant) -> tuple[Snapshot, dict[ClusterId, Reason]]:
    snapshot, unseen = Snapshot(), {}
    for cluster, hypervisor in outside.hypervisors.items():
        try:
            snapshot = snapshot.with_view(_view(hypervisor, cluster, _asked_about(records, cluster), now))
        except HypervisorError as error:
            unseen[cluster] = error.reason
    return snapshot, unseen


def _asked_about(records: Records, cluster: ClusterId) -> frozenset[Vmid]:
    """Numbers that may be held by what no listing shows."""
    tried = (record.reservation.key for record in records.desktops.values() if record.reservation.proven or was_tried(record))
    left = (key for key, why in records.retired.items() if is_left_behind(why))
    return frozenset(key.vmid for key in (*tried, *left) if key.cluster == cluster)


def _view(hypervisor: ProxmoxHypervisor, cluster: ClusterId, exists: frozenset[Vmid], now: Instant) -> ClusterView:
    """The cluster, with the task lists of all online nodes."""
    online = frozenset(node.key.node for node in hypervisor.nodes() if node.online)
    return hypervisor.observe(Observe(cluster=cluster, tasks_of=online, since=now - TASKS_OF_S, exists=exists))


def _guests(snapshot: Snapshot, wanted: Set[GuestKey]) -> Iterator[Guest]:
    """The wanted guests whose configuration can be read."""
    for view in snapshot.clusters.values():
        for guest in view.guests.values():
            if guest.key in wanted and guest.lock != "clone" and view.complete_on(guest.node):
                yield guest


def _notes(outside: OutsideSystems, guests: Iterable[Guest], key: NoteKey) -> tuple[Notes, dict[str, Reason]]:
    notes: dict[GuestKey, Reservation | None] = {}
    unread: dict[str, Reason] = {}
    for guest in sorted(guests, key=lambda guest: guest.key):
        try:
            config = outside.hypervisors[guest.key.cluster].guest_config(guest.node_key, guest.key.vmid)
        except HypervisorError as error:
            unread[str(guest.key)] = error.reason
        else:
            notes[guest.key] = read_note(str(config.get("description", "")), key, node=guest.node)
    return notes, unread
