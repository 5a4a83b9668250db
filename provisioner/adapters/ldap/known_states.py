"""What each server of the directory had when its reading was last in force: a server that was set back shows by it. Pure.

A server that was restored from a backup is behind until somebody changes anything on it. Then its marks are newer than those
in force, and all changes between backup and restoration are missing. Its own entries are older then than they were.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from heapq import nlargest

from provisioner.adapters.ldap.root_dse import ServerRoot
from provisioner.adapters.ldap.roster import id_or_none
from provisioner.adapters.ldap.sync_marks import CLOCKS_S, behind
from provisioner.adapters.ldap.values import Entry, first
from provisioner.errors import DirectoryIncomplete
from provisioner.model.agents import Roster, ServerState, SyncMark
from provisioner.model.ids import AgentId, Instant
from provisioner.reasons import reading as reasons

ChangeDates = dict[AgentId, str]
"""When each entry was last changed, by the server: year to second (UTC), which sort as text."""
LATEST = 20
"""Entries whose dates are kept of each server: a backup lacks the last changes first."""
_FORM = "%Y%m%d%H%M%S"


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
