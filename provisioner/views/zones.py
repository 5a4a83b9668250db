"""DNS zones: how far each is, and why not further."""

from dataclasses import dataclass

from provisioner.model.status import Status
from provisioner.views.reasons import ReasonDocument, reason_or_none
from provisioner.views.times import stamp_or_none


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneDocument:
    """One zone, after its last round."""

    zone: str
    wanted: int
    """Records that are to stand in it."""
    published: int
    """Of them, those that do."""
    waiting: int
    """Changes that were not made in the last round; in a dry run and under a freeze all of them."""
    foreign: tuple[str, ...]
    """Names that are wanted, and belong to somebody else."""
    read_at: str | None
    """When a whole round last succeeded; None: never since the daemon started."""
    failing: ReasonDocument | None
    """Why the last round failed; None: it did not."""
    dry_run: bool
    """Whether nothing is ever written to it."""


def zone_documents(status: Status) -> tuple[ZoneDocument, ...]:
    """Every zone, as configured."""
    return tuple(
        ZoneDocument(
            zone=zone.zone,
            wanted=zone.wanted,
            published=zone.published,
            waiting=zone.waiting,
            foreign=zone.foreign,
            read_at=stamp_or_none(zone.read_at),
            failing=reason_or_none(zone.failing),
            dry_run=zone.dry_run,
        )
        for zone in status.zones
    )
