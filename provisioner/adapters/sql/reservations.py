"""A reservation as columns of its desktop's row, and back."""

from sqlalchemy import RowMapping

from provisioner.adapters.sql import codec
from provisioner.model.desktops import Reservation
from provisioner.model.ids import AgentId, ClusterId, DesktopName, NodeName, ProfileName, Vmid
from provisioner.model.seats import seat_named, seat_of


def row_of(reservation: Reservation) -> dict[str, object]:
    """What its row says of the reservation itself."""
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
        "noted_as": codec.ids_text(reservation.noted_as),
    }


def reservation_of(row: RowMapping) -> Reservation:
    """The reservation that `row_of` wrote."""
    return Reservation(
        name=DesktopName(row["name"]),
        cluster=ClusterId(row["cluster"]),
        vmid=Vmid(row["vmid"]),
        profile=ProfileName(row["profile"]),
        seat=seat_named(row["seat"] or "") if row["agent_id"] is None else seat_of(AgentId(row["agent_id"])),
        address=row["address"] or "",
        node=NodeName(row["node"]),
        reserved_at=row["reserved_at"],
        proven=row["proven"],
        noted_as=codec.ids_of(row["noted_as"]),
    )
