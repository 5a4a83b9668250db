"""Merges sessions from several sources, and counts them. Pure."""

from collections import Counter
from collections.abc import Iterable

from provisioner.model.desktops import Session, SessionState
from provisioner.model.ids import ProfileName
from provisioner.model.status import DesktopState

_MOST_ACTIVE = (SessionState.CONNECTED, SessionState.IDLE, SessionState.DISCONNECTED)


def merge(sessions: Iterable[Session]) -> tuple[Session, ...]:
    """One session for each login: the most active, and of equals the earliest. Two sources may show the same session."""
    merged: dict[str, Session] = {}
    for session in sorted(sessions, key=lambda session: (_MOST_ACTIVE.index(session.state), session.since, session.source)):
        merged.setdefault(session.login, session)
    return tuple(merged[login] for login in sorted(merged))


def count(desktops: Iterable[DesktopState]) -> Counter[tuple[ProfileName, SessionState]]:
    """Open sessions by profile and state."""
    counted: Counter[tuple[ProfileName, SessionState]] = Counter()
    for desktop in desktops:
        # Almost every desktop in use has one session, and each cycle counts 1,700 of them: merge only if there are several.
        sessions = desktop.sessions or ()
        for session in sessions if len(sessions) < 2 else merge(sessions):
            counted[desktop.reservation.profile, session.state] += 1
    return counted
