"""Counts sessions. A person who is logged on twice has two."""

from collections import Counter
from collections.abc import Iterable

from provisioner.model.desktops import SessionState
from provisioner.model.ids import ProfileName
from provisioner.model.status import DesktopState


def count(desktops: Iterable[DesktopState]) -> Counter[tuple[ProfileName, SessionState]]:
    """Open sessions by profile and state."""
    counted: Counter[tuple[ProfileName, SessionState]] = Counter()
    for desktop in desktops:
        counted.update((desktop.reservation.profile, session.state) for session in desktop.sessions or ())
    return counted
