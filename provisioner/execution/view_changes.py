"""What observations change in the store. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from provisioner.errors import Unseen
from provisioner.model.absence import MANY, is_absent, is_doubtful, is_missing, was_made, why_missing
from provisioner.model.actions import (
    Action,
    Clone,
    Configure,
    Delete,
    Tag,
)
from provisioner.model.cluster import ClusterView, Guest, Power
from provisioner.model.desktops import UNTRIED
from provisioner.model.ids import ClusterId, DesktopName, GuestKey, Instant
from provisioner.model.records import DesktopRecord, RecordEdits, Records
from provisioner.model.vm_marks import is_configured
from provisioner.ports import Changes

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
        _judge_absent(edits, missing, by_cluster[cluster], records)
    return Changes(desktops=edits.made)


def _judge_absent(edits: RecordEdits, absent: list[DesktopRecord], view: ClusterView, records: Records) -> None:
    """Desktops missing from a listing: gone; or, if they are many, an operator has to look first.

    Superseded desktops neither count nor wait for that: nobody gets one again before Proxmox VE has said that it is gone.
    """
    counted = sum(record.superseded_by is None for record in absent)
    on_cluster = sum(desktop.cluster == view.cluster for desktop in records.reservations) if counted >= MANY else 0
    doubted = is_doubtful(counted, on_cluster)
    for record in absent:
        name, attempts = record.reservation.name, record.attempts
        doubtful = doubted and record.superseded_by is None
        if doubtful and not is_missing(attempts):
            reason = why_missing(counted)
            edits.change(name, attempts=replace(attempts, made=True, error=Unseen.word.value, reason=reason))
        elif not doubtful and view.existence.get(record.reservation.vmid) is False:
            edits.prove(name, False)
            edits.change(name, attempts=UNTRIED)


def _is_fresh(proved: Mapping[DesktopName, Instant], name: DesktopName, view: ClusterView) -> bool:
    return abs(view.taken_at - proved.get(name, 0.0)) < _PROOF_HOLDS_S


def _doubtful(guest: Guest, order: Action | None, installation: str) -> bool:
    """Whether the VM may be another one: after a desktop was deleted by hand, a new VM can have its VMID."""
    return not (is_configured(guest, installation) or isinstance(order, Clone | Configure | Tag))
