"""Check the DNS zones that names are published in."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from provisioner.daemon.doctor.findings import Finding, bad, good
from provisioner.errors import PublishingError
from provisioner.model.zones import ZoneContent, is_own_text
from provisioner.reasons import subjects, zones


class ProbedZone(Protocol):
    """A zone, and a question whether updates are let in."""

    @property
    def zone(self) -> str:
        """Its name."""

    def read(self) -> ZoneContent:
        """As `ports.ZoneServer.read`."""

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
        yield good(subject, zones.ZONE_DRY(count=ours) if dry_run else zones.ZONE_GOOD(count=ours))
