"""A desktop's record as its row, and back."""

from sys import intern

from sqlalchemy import RowMapping

from provisioner.adapters.sql import codec
from provisioner.model.ids import AgentId, ClusterId, DesktopName, NodeName, ProfileName, Vmid
from provisioner.model.kept.records import DesktopRecord
from provisioner.model.machines.desktops import UNTRIED, Reservation
from provisioner.model.machines.seats import seat_named, seat_of


def row_of(record: DesktopRecord) -> dict[str, object]:
    """All columns."""
    reservation = record.reservation
    return {
        "name": reservation.name,
        "cluster": reservation.cluster,
        "vmid": reservation.vmid,
        "profile": reservation.profile,
        "agent_id": reservation.agent_id,
        "seat": None if reservation.agent_id is not None else reservation.seat,
        "address": reservation.address or None,
        "node": reservation.node,
        "reserved_at": reservation.reserved_at,
        "proven": reservation.proven,
        "run": reservation.run,
        "noted_as": codec.ids_text(reservation.noted_as),
        "report": codec.part_text(record.report),
        "unheard": codec.part_text(record.unheard),
        "started_at": record.started_at,
        "attempts": codec.part_text(record.attempts),
        "assigned_to": record.assigned_to,
        "superseded_by": record.superseded_by,
        "departure": codec.part_text(record.departure),
        "lease": codec.part_text(record.lease),
        "used": record.used or None,
        "logged_on": record.logged_on or None,
        "leased_to": None if record.lease is None else record.lease.agent_id,
        "identity": codec.identity_text(record.identity),
    }


def record_of(row: RowMapping) -> DesktopRecord:
    """The record that `row_of` wrote."""
    return DesktopRecord(
        reservation=_reservation_of(row),
        report=None if row["report"] is None else codec.report_of(row["report"]),
        unheard=None if row["unheard"] is None else codec.unheard_of(row["unheard"]),
        started_at=row["started_at"],
        attempts=UNTRIED if row["attempts"] is None else codec.attempts_of(row["attempts"]),
        assigned_to=None if row["assigned_to"] is None else AgentId(row["assigned_to"]),
        superseded_by=None if row["superseded_by"] is None else DesktopName(row["superseded_by"]),
        departure=None if row["departure"] is None else codec.departure_of(row["departure"]),
        lease=None if row["lease"] is None else codec.lease_of(row["lease"]),
        used=bool(row["used"]),
        logged_on=bool(row["logged_on"]),
        identity=codec.identity_of(row["identity"]),
    )


def _reservation_of(row: RowMapping) -> Reservation:
    """Thousands of rows have the same few clusters, nodes and profiles: each is one object."""
    return Reservation(
        name=DesktopName(row["name"]),
        cluster=ClusterId(intern(row["cluster"])),
        vmid=Vmid(row["vmid"]),
        profile=ProfileName(intern(row["profile"])),
        seat=seat_named(row["seat"] or "") if row["agent_id"] is None else seat_of(AgentId(row["agent_id"])),
        address=row["address"] or "",
        node=NodeName(intern(row["node"])),
        reserved_at=row["reserved_at"],
        proven=bool(row["proven"]),
        run=row["run"],
        noted_as=codec.ids_of(row["noted_as"]),
    )


__all__ = ["record_of", "row_of"]
