"""DNS zones: how far each is, and why not further."""

from collections.abc import Iterator

from typing_extensions import TypedDict

from provisioner.capabilities.zones.model import STATES
from provisioner.capabilities.zones.reasons import ZONE_FAILS, ZONE_FOREIGN
from provisioner.model.status import Status
from provisioner.reasons.reason import Reason
from provisioner.views.parts import StatusView
from provisioner.views.reasons import ReasonDocument, reason_or_none
from provisioner.views.times import stamp_or_none


class ZoneDocument(TypedDict):
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
        for zone in status.parts[STATES]
    )


def wrong_zones(status: Status) -> Iterator[Reason]:
    """What waits for a person."""
    for zone in status.parts[STATES]:
        if zone.failing:
            yield ZONE_FAILS(zone=zone.zone, why=zone.failing)
        if zone.foreign:
            yield ZONE_FOREIGN(zone=zone.zone, count=len(zone.foreign), name=zone.foreign[0])


VIEW = StatusView(
    key="zones",
    kind=tuple[ZoneDocument, ...],
    about="DNS zones that names are published in; empty: none is configured.",
    of=zone_documents,
    wrong=wrong_zones,
    after="pools",
)
