"""Whom an order would concern: shown before somebody is asked whether it is meant."""

from collections.abc import Iterable

from provisioner.cli.documents import DesktopDocument
from provisioner.texts.translate import _

_LEAVING = ("off", "absent", "as_is")
"""What is wanted of the desktop of a person who has left."""


def concerned(desktops: Iterable[DesktopDocument]) -> str:
    """`5 with an open session, 6 without, 1 of which it is not known`."""
    counts = [desktop["session"]["count"] for desktop in desktops]
    return _(
        "{used} with an open session, {free} without, {unknown} of which it is not known",
        used=sum(bool(count) for count in counts),
        free=counts.count(0),
        unknown=counts.count(None),
    )


def is_of_leaver(desktop: DesktopDocument) -> bool:
    """Whether its agent has left."""
    return desktop["target"] is not None and desktop["target"]["level"] in _LEAVING


def runs(desktop: DesktopDocument) -> bool:
    """Whether people may be at work on it."""
    return desktop["phase"] in ("starting", "ready", "silent", "stopping", "unknown")
