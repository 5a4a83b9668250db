"""The zones in `bascule status`."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from provisioner.texts.lines import StatusLines
from provisioner.texts.translate import _, plural

if TYPE_CHECKING:
    from provisioner.capabilities.zones.views import ZoneDocument


def zone_line(zone: "ZoneDocument") -> str:
    """`zone vd.dep.example: 1540 of 1700 names published`."""
    line = plural(
        "zone {zone}: {published} of {count} name published",
        "zone {zone}: {published} of {count} names published",
        zone["wanted"],
        zone=zone["zone"],
        published=zone["published"],
    )
    if zone["read_at"] is None and zone["failing"] is None:
        return _("zone {zone}: not read yet", zone=zone["zone"])
    if zone["dry_run"]:
        return _("{line}; dry run, {waiting} changes not made", line=line, waiting=zone["waiting"])
    return line


def _lines(status: Mapping[str, Any]) -> Iterator[str]:
    return map(zone_line, status["zones"])


LINES = StatusLines(_lines)
