"""Probes in `bascule status`."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from provisioner.reasons.reason import from_document
from provisioner.texts.lines import StatusLines
from provisioner.texts.translate import _

if TYPE_CHECKING:
    from provisioner.capabilities.probes.views import ProbesDocument


def probe_lines(probes: "ProbesDocument | None") -> Iterator[str]:
    """What they have shown, unless it is among `wrong`."""
    if probes is not None and probes["says"] is not None and not probes["causes"] and not probes["everywhere"]:
        yield _("probes: {what}", what=from_document(probes["says"]))


def _lines(status: Mapping[str, Any]) -> Iterator[str]:
    return probe_lines(status["probes"])


LINES = StatusLines(_lines)
