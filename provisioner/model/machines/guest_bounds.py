"""How much a desktop may say of itself: the bounds of all that comes from guests. What is beyond them is refused or cut.

Sizes are checked where a text is read (`status_document`, `sessions.push`, `sessions.session_orders`), rates and the rest by
`sessions.gate`. The times in a report are by Bascule's clock: the desktop's own may be wrong, or have stood still with its VM.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace

from provisioner.model.ids import Instant
from provisioner.model.machines.desktops import GuestReport

# -- sizes
MAX_STATUS_BYTES = 65_536
"""Of UTF-8; readers stop here. A session takes about 90 bytes, so no desktop needs as much."""
MAX_SESSIONS = 256
"""Whatever the profile says (`max_sessions`)."""
MAX_EVENTS = 64
"""bascule-guest keeps 16."""
MAX_MARKS = 16
"""Of the help desk's messages that a session was shown."""
MAX_HOST_KEYS = 8
"""sshd has four kinds."""
MAX_CARDS = 16
"""Network cards, and addresses; Proxmox VE gives a VM up to 32 cards, and a desktop needs one."""
MAX_SAID = 300
"""Characters of the desktop's own words about its first boot."""
MAX_LOGIN_CHARACTERS = 256
"""Linux stops at 32, sAMAccountName at 20, a userPrincipalName at 256."""
MAX_CONNECTIONS = 65_536
"""To the log-on port: each has a port."""

# -- times
PERIODS_S = (1, 120)
"""The shortest and the longest period in a document: with a longer one a report would be too old as evidence."""
MAX_AGE_S = 180.0
"""The most between `written_at` and the reading, in either direction: the unit writes every 10 s, and clocks of one site differ
by less than one second. In an older document the sessions are no longer true: its writer has stopped. As old at most is a push;
and so far at most its sequence number may be ahead of the document that Bascule has read, which may be that old."""
LONGEST_S = 1e9
"""Thirty years without a restart."""
SAME_S = 2.0
"""Clocks of one site differ by less than a second."""


# -- rates
class Flow(enum.StrEnum):
    """What a desktop can do often; a word of the metrics."""

    DOCUMENT = "document"
    """A push that is looked into."""
    CHANGE = "change"
    """A log-on or log-off that its events tell of, and that is counted at its moment."""
    QUESTION = "question"
    """For its first-boot data, for the receiver's authority, who may log on, about its sessions."""
    LINE = "line"
    """A line of the journal or of the log."""
    BOOT = "boot"
    """A restart from inside: by its own word alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many at once, and so many an hour after that; and more for each session that the desktop can have."""

    at_once: float
    an_hour: float
    at_once_each: float = 0.0
    an_hour_each: float = 0.0


RATES: Mapping[Flow, Rate] = {
    Flow.DOCUMENT: Rate(at_once=60, an_hour=120),  # at rest 60 an hour, at a log-on four, and those that waited in the receiver
    Flow.CHANGE: Rate(at_once=16, an_hour=0, at_once_each=4, an_hour_each=15),  # a document's sixteen events are all taken
    Flow.QUESTION: Rate(at_once=30, an_hour=300),  # 240 while something is due, and 4 who may log on
    Flow.LINE: Rate(at_once=4, an_hour=1, at_once_each=2, an_hour_each=1),
    Flow.BOOT: Rate(at_once=6, an_hour=4),
}
CUT_NAMED_S = 3600.0
"""For so long after something was cut its desktop is named."""


def on_our_clock(report: GuestReport, made_at: Instant) -> GuestReport:
    """The report, made at `made_at`, with its times moved, if its clock is wrong. None is before all times, or to come."""
    shift_s = 0.0 if report.written_at is None else made_at - report.written_at
    if abs(shift_s) <= SAME_S and all(session.since <= report.read_at for session in report.sessions):
        return report

    def moved(at: Instant) -> Instant:
        return min(max(0.0, at + shift_s), report.read_at)

    return replace(
        report,
        booted_at=None if report.booted_at is None else moved(report.booted_at),
        ready_at=None if report.ready_at is None else moved(report.ready_at),
        written_at=made_at,
        sessions=tuple(replace(session, since=moved(session.since)) for session in report.sessions),
    )
