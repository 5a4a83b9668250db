"""The latest change that was read from a server, and the filter for later changes. Pure.

Active Directory numbers its changes (uSNChanged), separately on each server. OpenLDAP dates them (entryCSN), with the number of
the server where the change was made, and keeps the latest date of each server (contextCSN) if its syncprov overlay runs.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from provisioner.model.agents import SyncMark
from provisioner.model.ids import Instant
from provisioner.reasons.reading import BEHIND_DATE, BEHIND_NUMBER, BEHIND_ORIGIN
from provisioner.reasons.reason import NONE, Reason, join_reasons

CLOCKS_S = 300.0
"""How far two clocks may differ: the same as for Kerberos (RFC 4120, 1.6)."""
_BETWEEN = " "
"""Separates several CSNs in one mark; no CSN contains a blank."""


def numbered_mark(invocation_id: str, highest: str) -> SyncMark:
    """Of Active Directory. The invocation id changes when the server is restored from a backup."""
    return SyncMark(server=f"ad {invocation_id}", value=highest)


def dated_mark(url: str, suffix_id: str, csns: Iterable[str]) -> SyncMark:
    """Of OpenLDAP: the server's address, and the id of the tree that it holds."""
    return SyncMark(server=f"csn {url} {suffix_id}", value=_BETWEEN.join(sorted(csns)))


def changed_since(then: SyncMark, now: SyncMark, *, read_at: Instant) -> str | None:
    """A filter for all changes after `then`, which was read at `read_at`; None: the server of `now` cannot tell.

    A server's clock may have been ahead: once corrected, it dates new changes earlier than the last change. So if the last
    change is dated after the reading that found it, the filter starts some minutes before that reading.
    """
    if then.server != now.server:
        return None
    if now.server.startswith("ad "):
        return f"(uSNChanged>={int(then.value) + 1})" if int(then.value) <= int(now.value) else None
    before, after = _by_origin(then), _by_origin(now)
    if before.keys() != after.keys() or any(csn > after[origin] for origin, csn in before.items()):
        return None
    # From the server with the oldest last change: its next change may arrive after later changes of the others.
    oldest = min(before.values())
    if _dated_at(oldest) > read_at:
        oldest = f"{datetime.fromtimestamp(read_at - CLOCKS_S, UTC):%Y%m%d%H%M%S}.000000Z#000000#000#000000"
    return f"(entryCSN>={oldest})"


def behind(now: SyncMark, in_force: SyncMark) -> Reason:
    """Which accepted changes a server lacks; empty: nothing can be proved, for instance between two domain controllers."""
    if _tree(now) != _tree(in_force):
        return NONE
    if now.server.startswith("ad "):
        lacks = int(now.value) < int(in_force.value)
        return BEHIND_NUMBER(number=now.value, in_force=in_force.value) if lacks else NONE
    have = _by_origin(now)
    return join_reasons(
        BEHIND_DATE(server=origin, date=_moment(have[origin]), in_force=_moment(csn))
        if origin in have
        else BEHIND_ORIGIN(server=origin, in_force=_moment(csn))
        for origin, csn in _by_origin(in_force).items()
        if csn > have.get(origin, "")
    )


def _tree(mark: SyncMark) -> tuple[str, ...]:
    """What the mark counts: the numbers of one domain controller, or a tree with all its replicas."""
    parts = mark.server.split(" ")
    return ("ad", parts[1]) if parts[0] == "ad" else ("csn", parts[2])


def _dated_at(csn: str) -> Instant:
    return datetime.strptime(csn[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC).timestamp()


def _moment(csn: str) -> str:
    return f"{datetime.fromtimestamp(_dated_at(csn), UTC):%Y-%m-%d %H:%M:%S} UTC"


def _by_origin(mark: SyncMark) -> dict[str, str]:
    """`20261124223015.123456Z#000000#001#000000`: time, count, the server where it was made, modification."""
    return {csn.split("#")[2]: csn for csn in mark.value.split(_BETWEEN)}
