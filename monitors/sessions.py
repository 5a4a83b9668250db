"""Sessions: several sources made one, and counted. Pure."""

from collections import Counter
from collections.abc import Iterable

from provisioner.model.desktops import Session, SessionState
from provisioner.model.ids import ProfileName
from provisioner.model.status import DesktopState

_LIVELIEST = (SessionState.CONNECTED, SessionState.IDLE, SessionState.DISCONNECTED)


def merge(sessions: Iterable[Session]) -> tuple[Session, ...]:
    """One session a login: that of the liveliest state, the earlier one of two alike. Two sources see the same session."""
    merged: dict[str, Session] = {}
    for one in sorted(sessions, key=lambda seen: (_LIVELIEST.index(seen.state), seen.since, seen.source)):
        merged.setdefault(one.login, one)
    return tuple(merged[login] for login in sorted(merged))


def count(desktops: Iterable[DesktopState]) -> Counter[tuple[ProfileName, SessionState]]:
    """Open sessions by profile and state."""
    counted: Counter[tuple[ProfileName, SessionState]] = Counter()
    for desktop in desktops:
        # Nearly every desktop in use has one session, and 1,700 of them are counted in every cycle.
        seen = desktop.sessions or ()
        for one in seen if len(seen) < 2 else merge(seen):
            counted[desktop.reservation.profile, one.state] += 1
    return counted
