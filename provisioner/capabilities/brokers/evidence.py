"""What a broker says of sessions, beside what the desktops say. It adds people, and never takes any away.

A broker knows who is connected through it. It does not know who is connected otherwise, nor whose session goes on after the
connection has ended: so nobody connected says nothing. Somebody connected counts while the answer is fresh, whatever the
desktop said before; when the answer is older, or there is none, the desktop alone is asked, as without a broker.
"""

from collections.abc import Iterable, Mapping, Sequence

from provisioner.capabilities.brokers.model import STATES, BrokerState, BrokerUse
from provisioner.capabilities.brokers.reasons import SESSIONS_CONNECTED
from provisioner.model.ids import DesktopName, Instant
from provisioner.model.machines.desktops import Session
from provisioner.sessions.evidence import Evidence

FRESH_S = 180.0
"""So long an answer counts: three questions, each a minute after the other, may fail."""
SETTLED_S = 120.0
"""So long a connection may be there without a session that the desktop says: a log-on takes a while, and so does its report."""


def fresh_uses(states: Iterable[BrokerState], now: Instant) -> Mapping[DesktopName, BrokerUse]:
    """Desktops that somebody is connected to, with the connection that began first."""
    found: dict[DesktopName, BrokerUse] = {}
    for state in states:
        if state.uses_at is None or not now - FRESH_S <= state.uses_at <= now:
            continue
        for use in state.uses:
            if use.desktop not in found or use.began_at < found[use.desktop].began_at:
                found[use.desktop] = use
    return found


def disagreements(
    uses: Mapping[DesktopName, BrokerUse], sessions: Mapping[DesktopName, Sequence[Session] | None], now: Instant
) -> int:
    """Desktops that say that nobody is logged on, while somebody has been connected for long. Unknown is not a disagreement."""
    settled = (name for name, use in uses.items() if use.began_at <= now - SETTLED_S)
    return sum(len(known) == 0 for name in settled if (known := sessions.get(name)) is not None)


EVIDENCE = Evidence(part=STATES, in_use=fresh_uses, because=SESSIONS_CONNECTED)
