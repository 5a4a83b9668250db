"""Desktops' records and steps of a store, given by their parts: reports, attempts, assignments, …"""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from provisioner.model.ids import DesktopName
from provisioner.model.kept.records import DesktopRecord, RecordEdits
from provisioner.model.kept.rekeying import rekeyed_record
from provisioner.model.machines.desktops import UNTRIED, Reservation
from provisioner.ports import Changes, Store

Records = Mapping[DesktopName, DesktopRecord]
PARTS = {
    "reports": "report",
    "unheard": "unheard",
    "started": "started_at",
    "attempts": "attempts",
    "assignments": "assigned_to",
    "superseded": "superseded_by",
    "departures": "departure",
    "leases": "lease",
    "identities": "identity",
}
_NOTHING: Records = {}


def a_step(
    records: Records = _NOTHING,
    *,
    reserved: tuple[Reservation, ...] = (),
    released: tuple[DesktopName, ...] = (),
    proven: tuple[DesktopName, ...] = (),
    unproven: tuple[DesktopName, ...] = (),
    **others: Any,
) -> Changes:
    """Upon these records, released desktops first; of a part, None voids what was known. All else is of the changes."""
    edits, rekeys = RecordEdits(records), others.get("rekeyed", {})
    edits.each(lambda record: rekeyed_record(record, rekeys))
    edits.release(released)
    for reservation in reserved:
        edits.reserve(reservation)
    for name in (*proven, *unproven):
        edits.prove(name, name in proven)
    for word, part in PARTS.items():
        for name, value in others.pop(word, {}).items():
            edits.change(name, **{part: UNTRIED if part == "attempts" and value is None else value})
    return Changes(desktops=edits.made, **others)


def change(store: Store, **words: Any) -> None:
    """A step upon what the store keeps."""
    store.commit(a_step(store.load().desktops, **words))


def records_of(*reserved: Reservation, **parts: Any) -> dict[DesktopName, DesktopRecord]:
    """Of these desktops, with parts as in a step."""
    made = a_step(reserved=reserved, **parts).desktops
    return {name: record for name, record in made.items() if record is not None}


def parts_of(records: Records) -> SimpleNamespace:
    """Each part of all records that have one, by name, and the reservations."""
    found = {
        word: {name: value for name, record in records.items() if (value := getattr(record, part))}
        for word, part in PARTS.items()
    }
    return SimpleNamespace(reservations={name: record.reservation for name, record in records.items()}, **found)


def changes_by_part(changes: Changes, records: Records) -> SimpleNamespace:
    """What the changes say of desktops that were kept like this, part by part; None: void. And what else they say."""
    after = {name: record for name, record in changes.desktops.items() if record is not None}
    known = {name: record for name, record in after.items() if name in records}
    was, now = ({name: record.reservation.proven for name, record in of.items()} for of in (records, known))
    return SimpleNamespace(
        released=tuple(name for name, record in changes.desktops.items() if record is None),
        reserved=tuple(record.reservation for name, record in after.items() if name not in known),
        proven=tuple(name for name in now if now[name] and not was[name]),
        unproven=tuple(name for name in now if was[name] and not now[name]),
        **{word: _changed(part, after, records) for word, part in PARTS.items()},
        rekeyed=changes.rekeyed,
        retired=changes.retired,
        deletions=changes.deletions,
        outcomes=changes.outcomes,
    )


def _changed(part: str, after: Records, before: Records) -> dict[DesktopName, Any]:
    was = {name: getattr(before[name], part) if name in before else None for name in after}
    now = {name: getattr(record, part) for name, record in after.items()}
    return {name: value or None for name, value in now.items() if (value or None) != (was[name] or None)}
