"""What each server of the directory had when its reading was last in force: its mark, from which changes are read on, and its
latest entries, by which a server that was set back shows. Pure.

Active Directory numbers its changes (uSNChanged), separately on each server. OpenLDAP dates them (entryCSN), with the number
of the server where the change was made, and keeps the latest date of each server (contextCSN) if its syncprov overlay runs.

A server that was restored from a backup is behind until somebody changes anything on it. Then its marks are newer than those
in force, and all changes between backup and restoration are missing. Its own entries are older then than they were.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from heapq import nlargest

from provisioner.adapters.ldap.roster import id_or_none
from provisioner.adapters.ldap.search import ServerRoot
from provisioner.adapters.ldap.values import Entry, first
from provisioner.errors import DirectoryIncomplete
from provisioner.model.ids import AgentId, Instant
from provisioner.model.people.agents import Roster, ServerState, SyncMark
from provisioner.reasons import reading as reasons
from provisioner.reasons.reading import BEHIND_DATE, BEHIND_NUMBER, BEHIND_ORIGIN
from provisioner.reasons.reason import NONE, Reason, join_reasons

ChangeDates = dict[AgentId, str]
"""When each entry was last changed, by the server: year to second (UTC), which sort as text."""
LATEST = 20
"""Entries whose dates are kept of each server: a backup lacks the last changes first."""
_FORM = "%Y%m%d%H%M%S"
CLOCKS_S = 300.0
"""How far two clocks may differ: the same as for Kerberos (RFC 4120, 1.6)."""
_BETWEEN = " "
"""Separates several CSNs in one mark; no CSN contains a blank."""


def changed_attribute(*, microsoft: bool) -> str:
    """Active Directory computes modifyTimestamp from whenChanged, and cannot search for it."""
    return "whenChanged" if microsoft else "modifyTimestamp"


def noting(entries: Iterable[Entry], dates: ChangeDates, *, agent_id: str, changed: str) -> Iterator[Entry]:
    """The entries; on the way each one's date is noted in `dates`, where the server says it."""
    for entry in entries:
        try:
            key, date = id_or_none(entry, agent_id), first(entry, changed)[:14]
        except ValueError:
            key, date = None, ""
        if key is not None and date.isdecimal():
            dates[key] = max(date, dates.get(key, ""))  # of two entries with one id: the order is the server's
        yield entry


def check_not_older(url: str, mark: SyncMark | None, in_force: Roster | None) -> None:
    """Raises DirectoryIncomplete if the server lacks a change that any server had when its reading was in force."""
    if mark is None or in_force is None:
        return
    for known in (in_force.mark, *(state.mark for state in in_force.servers.values())):
        if known is not None and (lacks := behind(mark, known)):
            raise DirectoryIncomplete(reasons.OF_SOURCE(source=url, why=reasons.BEHIND(lacks=lacks)))


def server_at(url: str, root: ServerRoot) -> str:
    """The server that answers at an address, for `Roster.servers`.

    Behind the name of a domain of Active Directory are several domain controllers; each dates a change when it arrives there.
    """
    return f"{url} {root.first('dsServiceName')}" if root.microsoft else url


def check_not_set_back(url: str, dates: ChangeDates, in_force: Roster | None, *, server: str) -> None:
    """Raises DirectoryIncomplete if entries of this server (`server_at`) are older than they were.

    Of this server alone: another one may have dated a wrong password, which is not replicated.
    """
    before = in_force.servers.get(server) if in_force is not None else None
    older = [key for key, date in before.latest.items() if dates.get(key, date) < date] if before is not None else []
    if older:
        raise DirectoryIncomplete(reasons.OF_SOURCE(source=url, why=reasons.BEHIND(lacks=reasons.SET_BACK(count=len(older)))))


def latest_of(dates: ChangeDates, *, read_at: Instant) -> Mapping[AgentId, str]:
    """The latest of these dates, without those that a clock may have dated too late."""
    until = f"{datetime.fromtimestamp(read_at - CLOCKS_S, UTC):{_FORM}}"
    return dict(nlargest(LATEST, ((key, date) for key, date in dates.items() if date <= until), key=lambda pair: pair[1]))


def servers_after(
    in_force: Roster | None, roster: Roster, server: str, mark: SyncMark | None, latest: Mapping[AgentId, str] | None
) -> Mapping[str, ServerState]:
    """The servers' states with a reading from this one (`server_at`), of listed agents alone; `latest`: None after a reading of
    changes."""
    known = dict(in_force.servers) if in_force is not None else {}
    before = known.get(server, ServerState())
    known[server] = ServerState(mark=mark, latest=before.latest if latest is None else latest)
    return {
        name: ServerState(mark=state.mark, latest={key: date for key, date in state.latest.items() if key in roster.agents})
        for name, state in known.items()
    }


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
        oldest = f"{datetime.fromtimestamp(read_at - CLOCKS_S, UTC):{_FORM}}.000000Z#000000#000#000000"
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
    return datetime.strptime(csn[:14], _FORM).replace(tzinfo=UTC).timestamp()


def _moment(csn: str) -> str:
    return f"{datetime.fromtimestamp(_dated_at(csn), UTC):%Y-%m-%d %H:%M:%S} UTC"


def _by_origin(mark: SyncMark) -> dict[str, str]:
    """`20261124223015.123456Z#000000#001#000000`: time, count, the server where it was made, modification."""
    return {csn.split("#")[2]: csn for csn in mark.value.split(_BETWEEN)}
