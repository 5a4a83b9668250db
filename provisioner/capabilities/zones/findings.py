"""Check the DNS zones that names are published in."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from provisioner.capabilities.zones import reasons
from provisioner.capabilities.zones.model import ZoneContent
from provisioner.capabilities.zones.settings import DNS
from provisioner.doctor.findings import Checks, Finding, bad, good
from provisioner.errors import PublishingError
from provisioner.model.ids import Instant
from provisioner.model.machines.owner_text import is_own_text
from provisioner.reasons import subjects
from provisioner.settings.values import Settings


class ProbedZone(Protocol):
    """A zone, and a question whether updates are let in."""

    @property
    def zone(self) -> str:
        """Its name."""

    def read(self) -> ZoneContent:
        """The records, as `model.ZoneServer.read` gives them."""

    def probe(self) -> None:
        """An update that changes nothing; raises PublishingError."""


def examine_zones(found: Iterable[ProbedZone], *, installation: str, dry_run: bool) -> Iterator[Finding]:
    """Whether each can be read and, unless nothing is to be written, updated. Nothing is changed."""
    for zone in found:
        subject = subjects.ZONE(zone=zone.zone)
        try:
            held = zone.read()
            if not dry_run:
                zone.probe()
        except PublishingError as error:
            yield bad(subject, error.reason)
            continue
        ours = sum(any(is_own_text(text, installation) for text in there.texts) for there in held.values())
        yield good(subject, reasons.ZONE_DRY(count=ours) if dry_run else reasons.ZONE_GOOD(count=ours))


def _examine(settings: Settings, _: Instant) -> Iterator[Finding]:
    section = settings.sections[DNS]
    if section is None:
        return
    from provisioner.capabilities.zones.outside import zones_of

    yield from examine_zones(zones_of(section), installation=settings.installation, dry_run=section.zones.dry_run)


CHECKS = Checks(_examine)
