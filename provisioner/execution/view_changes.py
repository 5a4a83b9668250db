"""What was seen of clusters, as it changes the store. Pure."""

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
"""A listing may show a guest as stopped this long after its start: pvestatd passes every 10 s."""

_PROOF_HOLDS_S = 30.0
"""A cloned desktop is configured within this time after it was proven ours, or proven again: its VMID may change hands."""


def view_changes(
    views: Iterable[ClusterView],
    records: Records,
    in_flight: Mapping[GuestKey, Action],
    *,
    installation: str,
    proved: Mapping[DesktopName, Instant] | None = None,
    among: Iterable[DesktopName] | None = None,
) -> Changes:
    """What was seen, of one or more clusters. A desktop seen powered off has no boot: what its last one reported is void.

    The proof is void of a desktop that is gone, or without our tag unless it was `proved` just now: another VM may stand there.
    One that the listing lacks is gone once Proxmox VE says that its number is free, and only where few are absent at once.
    Looked at are all desktops, or those `among` which alone something may be seen: a ready one that is as it was tells nothing.
    """
    seen = {view.cluster: view for view in views}
    edits, proved = RecordEdits(records.desktops), proved or {}
    absent: defaultdict[ClusterId, list[DesktopRecord]] = defaultdict(list)
    for name in records.desktops if among is None else among:
        record = records.desktops.get(name)
        view = seen.get(record.reservation.cluster) if record is not None else None
        if record is None or view is None:
            continue
        one, tried = record.reservation, record.attempts
        guest, order = view.guests.get(one.vmid), in_flight.get(one.key)
        if guest is None:
            if was_made(one, tried) and is_absent(one, view) and not isinstance(order, Clone | Delete):
                absent[one.cluster].append(record)
            continue
        if is_missing(tried):
            edits.change(name, attempts=UNTRIED)
        started_at = record.started_at
        if guest.power is Power.STOPPED and order is None and started_at and view.taken_at > started_at + _STALE_S:
            edits.change(name, report=None, started_at=None, unheard=None)
        if one.proven and _doubtful(guest, order, installation) and not _is_fresh(proved, name, view):
            edits.prove(name, False)
    for cluster, those in absent.items():
        _judge_absent(edits, those, seen[cluster], records)
    return Changes(desktops=edits.made)


def _judge_absent(edits: RecordEdits, absent: list[DesktopRecord], view: ClusterView, records: Records) -> None:
    """Of what a listing lacks: what is gone, and what an operator has to look at first."""
    on_cluster = sum(one.cluster == view.cluster for one in records.reservations) if len(absent) >= MANY else 0
    doubtful = is_doubtful(len(absent), on_cluster)
    for record in absent:
        name, tried = record.reservation.name, record.attempts
        if doubtful and not is_missing(tried):
            reason = why_missing(len(absent))
            edits.change(name, attempts=replace(tried, made=True, error=Unseen.word.value, reason=reason))
        elif not doubtful and view.existence.get(record.reservation.vmid) is False:
            edits.prove(name, False)
            edits.change(name, attempts=UNTRIED)


def _is_fresh(proved: Mapping[DesktopName, Instant], name: DesktopName, view: ClusterView) -> bool:
    return abs(view.taken_at - proved.get(name, 0.0)) < _PROOF_HOLDS_S


def _doubtful(guest: Guest, order: Action | None, installation: str) -> bool:
    """Somebody may delete a desktop and make a VM of their own under its VMID: it must not be configured as ours."""
    return not (is_configured(guest, installation) or isinstance(order, Clone | Configure | Tag))
