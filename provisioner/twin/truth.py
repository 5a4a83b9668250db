"""The twin's hidden truth, which no client of its API can read: what reports are compared with."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Counts and figures at one moment of virtual time. A desktop is a clone of a template."""

    now: float
    ready: int
    """Desktops whose first boot has finished and whose log-on port is open, on a living node."""
    running: int
    sessions: int
    """Open sessions, in whatever state."""
    sessions_peak: int
    desktops: int
    duplicates: int
    """Desktops beyond one per name."""
    orphans: tuple[int, ...]
    """VMIDs of desktops without a name, or half made with no task at work on them."""
    clones: int
    """Clones that succeeded."""
    lock_timeouts: int
    """Storage lock waits that ended in a time-out."""
    writes: int
    """Requests that were no GET, and reached a handler."""
    calls: Mapping[str, int] = field(default_factory=dict)
    """Requests by method and endpoint, `GET /cluster/resources`."""
    bytes_sent: int = 0
    """Of all answers' JSON."""
    lock_busy_s: Mapping[str, float] = field(default_factory=dict)
    """Seconds that each storage lock was held, by lock domain: `node/storage`, or `storage`."""
    session_logins: tuple[tuple[int, str], ...] = ()
    """(VMID, login) of every open session."""
