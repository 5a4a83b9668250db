"""What has happened in this boot: log-ons, log-offs, connects and disconnects, numbered without a gap.

Each document carries the last of them, so that a lost push is made good by the next one.
"""

import json
import secrets
from dataclasses import dataclass, field

from look import Session

KEPT = 16
"""A push comes at each event, and each minute: more than sixteen lost in a row is counted as it is found, not as it was."""


@dataclass
class History:
    """Kept in a file of this boot, readable by root: it also holds the secret that the pushes are signed with."""

    boot_id: str
    secret: str
    number: int = 0
    """Of the last event."""
    events: list[dict[str, object]] = field(default_factory=list)
    known: dict[str, list[object]] = field(default_factory=dict)
    """Open sessions by logind's id: user, whether connected, and since which second of the uptime that is so."""

    @classmethod
    def of(cls, text: str, boot_id: str) -> "History":
        """What was kept, of this boot; else without a secret and empty."""
        try:
            kept = cls(**json.loads(text)) if text else None
        except (ValueError, TypeError):  # cut off, or of another version
            kept = None
        return kept if kept is not None and kept.boot_id == boot_id else cls(boot_id=boot_id, secret="")

    def begin(self) -> None:
        """Make this boot's secret, once."""
        self.secret = self.secret or secrets.token_hex(32)

    def text(self) -> str:
        """For the file."""
        return json.dumps(vars(self))

    def take(self, sessions: list[Session], *, now_s: float) -> bool:
        """Note what differs from the last look; returns whether anything does. `now_s`: the uptime."""
        before, number = self.known, self.number
        self.known = {session.id: _known(session, before.get(session.id), now_s) for session in sessions}
        for gone in before.keys() - self.known.keys():
            self._add("logoff", before[gone][0], now_s)
        for session in sorted(sessions, key=lambda session: session.since_s):
            known = before.get(session.id)
            if known is None:
                self._add("logon", session.user, min(session.since_s, now_s))
            if session.connected is not (True if known is None else known[1]):
                self._add("connect" if session.connected else "disconnect", session.user, now_s)
        return number != self.number

    def away_s(self, key: str, *, now_s: float) -> float | None:
        """For how long a session has had no connection; None: it has one, or is not known."""
        known = self.known.get(key)
        if known is None or known[1]:
            return None
        return max(0.0, now_s - float(str(known[2])))

    def _add(self, kind: str, user: object, at_s: float) -> None:
        self.number += 1
        self.events = [*self.events, {"number": self.number, "event": kind, "user": user, "at_s": round(at_s, 3)}][-KEPT:]


def _known(session: Session, before: list[object] | None, now_s: float) -> list[object]:
    same = before is not None and before[1] is session.connected
    return [session.user, session.connected, before[2] if before is not None and same else round(now_s, 3)]
