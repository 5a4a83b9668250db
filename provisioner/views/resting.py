"""Desktops that rest: how many, when, and until when."""

from dataclasses import dataclass
from math import inf

from provisioner.model.status import Status
from provisioner.views.reasons import ReasonDocument, reason_document
from provisioner.views.times import stamp_or_none


@dataclass(frozen=True, slots=True, kw_only=True)
class RestDocument:
    """People's own desktops that rest."""

    off: int
    on: int
    """Still on: somebody is logged on there or may be, or its turn has not come."""
    until: str | None
    """When the first of them are needed again: by then they are up. None: nobody knows."""
    when: ReasonDocument
    """In few words: `outside the hours`."""


def rest_document(status: Status) -> RestDocument | None:
    """None: none rests."""
    if (resting := status.resting) is None:
        return None
    until = stamp_or_none(None if resting.until == inf else resting.until)
    return RestDocument(off=resting.off, on=resting.on, until=until, when=reason_document(resting.when))
