"""What a store keeps of a desktop. Phases are derived from the cluster as well, and so they are not in it."""

from dataclasses import dataclass

from provisioner.model.kept.records import DesktopRecord
from provisioner.views.times import stamp, stamp_or_none


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDocument:
    """What the store keeps of one desktop."""

    name: str
    cluster: str
    vmid: int
    node: str
    """Where its clone was ordered; the VM may have moved since."""
    profile: str
    reserved_at: str
    started_at: str | None
    """When Bascule last started it; None: never, or it was powered off since."""
    reported_at: str | None
    """When it last reported; None: not since it was started or stopped."""
    sessions_then: int | None
    """Open sessions at that time."""
    left_at: str | None
    """When its agent was found to have left; None: the agent has not."""
    superseded_by: str | None
    """The desktop that its agent has instead."""


def kept_document(record: DesktopRecord) -> KeptDocument:
    """One desktop."""
    reservation, report = record.reservation, record.report
    return KeptDocument(
        name=reservation.name,
        cluster=reservation.cluster,
        vmid=reservation.vmid,
        node=reservation.node,
        profile=reservation.profile,
        reserved_at=stamp(reservation.reserved_at),
        started_at=stamp_or_none(record.started_at),
        reported_at=None if report is None else stamp(report.read_at),
        sessions_then=None if report is None else len(report.sessions),
        left_at=None if record.departure is None or record.departure.ended else stamp(record.departure.since),
        superseded_by=record.superseded_by,
    )
