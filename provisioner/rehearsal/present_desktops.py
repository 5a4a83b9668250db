"""The desktops that a cluster has already, as guests of its twin: a rehearsal goes on from where the switch is. Pure.

What cannot be gone on with is begun anew: a clone that is under way is ordered again, and is later than in truth by what it has
done already.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from provisioner.model.cluster import ClusterView, Guest, Power
from provisioner.model.ids import DesktopName, Instant
from provisioner.model.ownership import NoteKey, note_for
from provisioner.model.records import DesktopRecord
from provisioner.model.twin_spec import GuestSpec, TwinSpec
from provisioner.planning.survey.lifecycle import same_boot


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentDesktops:
    """The desktops of one cluster, by VM and by record."""

    guests: Mapping[int, GuestSpec | None] = field(default_factory=dict)
    """By VMID; None: its clone is under way, and is ordered again."""
    records: Mapping[DesktopName, DesktopRecord] = field(default_factory=dict)


def desktops_on(
    view: ClusterView, spec: TwinSpec, records: Mapping[DesktopName, DesktopRecord], key: NoteKey, *, now: Instant
) -> PresentDesktops:
    """Those of `records` that are on this cluster; `spec` is the twin of the cluster, with all its VMs as ordinary guests."""
    mirrored = {guest.vmid: guest for guest in spec.guests}
    guests: dict[int, GuestSpec | None] = {}
    kept: dict[DesktopName, DesktopRecord] = {}
    for name, record in records.items():
        reservation = record.reservation
        if reservation.cluster != view.cluster:
            continue
        guest, twin_guest = view.guests.get(reservation.vmid), mirrored.get(reservation.vmid)
        if guest is None or twin_guest is None:
            if _stays_without_vm(record, view):
                kept[name] = record
        elif guest.lock == "clone":
            guests[reservation.vmid] = None
        else:
            kept[name] = _as_known(record, guest, view, now=now)
            note, asked = note_for(reservation, key), record.unheard is not None
            guests[reservation.vmid] = _guest(twin_guest, guest, kept[name], note, asked=asked, now=now)
    return PresentDesktops(guests=guests, records=dict(_without_lost(kept)))


def with_desktops(spec: TwinSpec, desktops: PresentDesktops) -> TwinSpec:
    """The twin with these guests in the place of those with their VMIDs."""
    guests = (desktops.guests.get(guest.vmid, guest) for guest in spec.guests)
    return replace(spec, guests=tuple(guest for guest in guests if guest is not None))


def _stays_without_vm(record: DesktopRecord, view: ClusterView) -> bool:
    """A desktop that was given up, or on a node that cannot be seen. Any other is made: its clone is under way or to come."""
    return record.attempts.gave_up or not view.complete_on(record.reservation.node)


def _as_known(record: DesktopRecord, guest: Guest, view: ClusterView, *, now: Instant) -> DesktopRecord:
    """With a report that the twin's guest would give; the kernel's id of its boot differs."""
    report, running = record.report, guest.power is Power.RUNNING
    if report is None or not running or not same_boot(report, guest.key.vmid, view):
        return replace(record, report=None, unheard=None)
    return replace(
        record, report=replace(report, read_at=now, written_at=now, age_s=None, boot_id="", sessions=()), unheard=None
    )


def _guest(
    twin_guest: GuestSpec, guest: Guest, record: DesktopRecord, note: str, *, asked: bool, now: Instant
) -> GuestSpec:  # fmt: skip
    report = record.report
    ready = report is not None and report.ready
    ready_at = (report.ready_at or report.read_at) if report is not None and ready else None
    began_at = now if record.started_at is None and not ready else record.started_at
    return replace(
        twin_guest,
        desktop=True,
        set_up=ready or record.assigned_to is not None,
        booting_for_s=_ago_s(began_at, now) if twin_guest.running else None,
        ready_for_s=_ago_s(ready_at, now) if twin_guest.running else None,
        unasked=report is None and not asked,
        tags=";".join(sorted(guest.tags)),
        description=note,
        lock="",
    )


def _ago_s(at: Instant | None, now: Instant) -> float | None:
    return None if at is None else max(0.0, now - at)


def _without_lost(kept: Mapping[DesktopName, DesktopRecord]) -> Iterator[tuple[DesktopName, DesktopRecord]]:
    for name, record in kept.items():
        superseded_by = record.superseded_by if record.superseded_by in kept else None
        yield name, replace(record, superseded_by=superseded_by)


__all__ = ["PresentDesktops", "desktops_on", "with_desktops"]
