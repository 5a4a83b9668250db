"""What observations change in the store. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from provisioner.errors import Unseen
from provisioner.model.actions import (
    Action,
    Clone,
    Configure,
    Delete,
    Retired,
    Tag,
)
from provisioner.model.ids import ClusterId, DesktopName, GuestKey, Instant
from provisioner.model.kept.absence import (
    Absences,
    Absent,
    absences,
    counts,
    is_absent,
    is_left_behind,
    is_missing,
    was_made,
    why_missing,
)
from provisioner.model.kept.records import DesktopRecord, RecordEdits, Records
from provisioner.model.machines.cluster import ClusterView, Guest, Power
from provisioner.model.machines.desktops import UNTRIED
from provisioner.model.vm_marks import is_configured
from provisioner.ports import Changes
from provisioner.reasons.requests import NUMBER_FREE

_STALE_S = 15.0
"""A listing may show a guest as stopped for this long after its start: pvestatd runs every 10 s."""

_PROOF_HOLDS_S = 30.0
"""How long a proof holds without our tag. A clone is configured within this time; later another VM may have its VMID."""


def view_changes(
    views: Iterable[ClusterView],
    records: Records,
    in_flight: Mapping[GuestKey, Action],
    *,
    installation: str,
    proved: Mapping[DesktopName, Instant] | None = None,
    among: Iterable[DesktopName] | None = None,
) -> Changes:
    """The changes from observations of one or more clusters. For each desktop there are four cases:

    1. it is missing from the listing: it is gone if Proxmox VE says that its VMID is free, and if few desktops are missing;
    2. it was missing and is listed again: its failures are forgotten;
    3. it is powered off: the report of its last boot is void;
    4. it has no tag of ours, and was not `proved` just now: its proof is void, because another VM may have its VMID.

    `among`: only these desktops may have changes; None: all of them.
    """
    by_cluster = {view.cluster: view for view in views}
    edits, proved = RecordEdits(records.desktops), proved or {}
    absent: defaultdict[ClusterId, list[DesktopRecord]] = defaultdict(list)
    for name in records.desktops if among is None else among:
        record = records.desktops.get(name)
        view = by_cluster.get(record.reservation.cluster) if record is not None else None
        if record is None or view is None:
            continue
        desktop, attempts = record.reservation, record.attempts
        guest, order = view.guests.get(desktop.vmid), in_flight.get(desktop.key)
        if guest is None:
            if was_made(desktop, attempts) and is_absent(desktop, view) and not isinstance(order, Clone | Delete):
                absent[desktop.cluster].append(record)
            continue
        if is_missing(attempts):
            edits.change(name, attempts=UNTRIED)
        started_at = record.started_at
        if guest.power is Power.STOPPED and order is None and started_at and view.taken_at > started_at + _STALE_S:
            edits.change(name, report=None, started_at=None, unheard=None)
        if desktop.proven and _doubtful(guest, order, installation) and not _is_fresh(proved, name, view):
            edits.prove(name, False)
    for cluster, missing in absent.items():
        _judge_absent(edits, records, by_cluster[cluster], missing)
    return Changes(desktops=edits.made, retired=tuple(_no_longer_left(by_cluster.values(), records)))


def _judge_absent(edits: RecordEdits, records: Records, view: ClusterView, absent: list[DesktopRecord]) -> None:
    """Desktops missing from a listing: gone; or, if many are gone, an operator has to look first.

    Those that count are judged together, once all were asked about. The others are gone when Proxmox VE says so: nobody gets
    one again before that.
    """
    of = sum(desktop.cluster == view.cluster for desktop in records.reservations)
    missing = {record.reservation.name: _absent(record) for record in absent}
    found = absences(missing.values(), view.existence, of=of)
    for record in absent:
        if view.existence.get(record.reservation.vmid) is False:
            _judge_gone(edits, record, found, counted=counts(missing[record.reservation.name]))


def _absent(record: DesktopRecord) -> Absent:
    return Absent(record.reservation, record.attempts, record.superseded_by is not None)


def _judge_gone(edits: RecordEdits, record: DesktopRecord, found: Absences, *, counted: bool) -> None:
    name, attempts = record.reservation.name, record.attempts
    if counted and found.many_gone:
        if not is_missing(attempts):
            waits = replace(attempts, made=True, error=Unseen.word.value, reason=why_missing(found.gone))
            edits.change(name, attempts=waits)
    elif not counted or not found.unasked:
        edits.prove(name, False)
        edits.change(name, attempts=UNTRIED)


def _no_longer_left(views: Iterable[ClusterView], records: Records) -> Iterator[Retired]:
    """Numbers that were held by what no listing shows, and that are free by now. They are never used all the same."""
    by_cluster = {view.cluster: view for view in views}
    for key, why in records.retired.items():
        view = by_cluster.get(key.cluster)
        if view is not None and view.existence.get(key.vmid) is False and is_left_behind(why):
            yield Retired(key=key, reason=NUMBER_FREE(), at=view.taken_at)


def _is_fresh(proved: Mapping[DesktopName, Instant], name: DesktopName, view: ClusterView) -> bool:
    return abs(view.taken_at - proved.get(name, 0.0)) < _PROOF_HOLDS_S


def _doubtful(guest: Guest, order: Action | None, installation: str) -> bool:
    """Whether the VM may be another one: after a desktop was deleted by hand, a new VM can have its VMID."""
    return not (is_configured(guest, installation) or isinstance(order, Clone | Configure | Tag))
