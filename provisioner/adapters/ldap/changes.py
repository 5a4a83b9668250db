"""Read only the changes since an earlier roster, where the server can tell them. Otherwise everything is read again."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import ldap3

from provisioner.adapters.ldap.groups import group_tree, with_primary_groups
from provisioner.adapters.ldap.known_states import CLOCKS_S, changed_attribute, changed_since, dated_mark, numbered_mark
from provisioner.adapters.ldap.roster import id_or_none, merge_changes, roster_of
from provisioner.adapters.ldap.search import NO_ATTRIBUTES, LdapQuery, ServerRoot, answers, search
from provisioner.adapters.ldap.values import Entry
from provisioner.errors import DirectoryRefused
from provisioner.model.ids import AgentId, Instant
from provisioner.model.people.agents import Roster, SyncMark
from provisioner.model.people.distinguished_names import is_below
from provisioner.settings.directory import GROUP_FILTER, DirectorySettings


def mark_of(
    connection: ldap3.Connection, url: str, settings: DirectorySettings, root: ServerRoot, named: frozenset[str]
) -> SyncMark | None:
    """The server's latest change; None if the server does not tell. Ask before the entries are read."""
    try:
        mark = (_numbered if root.microsoft else _dated)(connection, url, settings, root)
    except DirectoryRefused:
        # Our account may not see it: each reading is a full one.
        return None
    return None if mark is None else replace(mark, server=f"{mark.server} {_asked(settings, named)}")


def read_on(
    connection: ldap3.Connection,
    url: str,
    settings: DirectorySettings,
    root: ServerRoot,
    named: frozenset[str],
    *,
    since: Roster,
    mark: SyncMark,
    now: Instant,
) -> Roster | None:
    """`since` with all changes up to `mark`; None if a full reading is needed. Raises DirectoryError.

    A changed group does not touch its members' entries, so it needs a full reading. A deleted group cannot be found: the
    number of groups shows it.
    """
    changed = changed_since(since.mark, mark, read_at=since.read_at) if since.mark is not None else None
    if changed is None or group_count(connection, url, settings, root, changed):
        return None
    if group_count(connection, url, settings, root) != since.group_count:
        return None
    entries = list(with_primary_groups(search(connection, url, settings, changed), connection, url, settings, root))
    tree = group_tree(connection, url, settings, named, chains=root.microsoft) if entries else None
    found = roster_of(entries, settings.attributes, read_at=now, tree=tree, source=url)
    whole = merge_changes(since, found)
    return None if whole is None else replace(whole, mark=mark)


def changed_agents(
    connection: ldap3.Connection, url: str, settings: DirectorySettings, root: ServerRoot, since: Instant
) -> frozenset[AgentId]:
    """Whose entries were changed since then, by the server's clock (`sync_marks.CLOCKS_S`); who does not say it was not.

    Raises DirectoryError.
    """
    changed = changed_attribute(microsoft=root.microsoft)
    from_on = datetime.fromtimestamp(since - CLOCKS_S, UTC)
    found = search(connection, url, settings, f"({changed}>={from_on:%Y%m%d%H%M%S}{'.0Z' if root.microsoft else 'Z'})")
    return frozenset(key for entry in found if (key := id_or_none(entry, settings.attributes.agent_id)) is not None)


def group_count(
    connection: ldap3.Connection, url: str, settings: DirectorySettings, root: ServerRoot, changed: str = ""
) -> int:
    """How many groups match; 0 if no group matters. Raises DirectoryError."""
    if not settings.attributes.groups and settings.groups is None:
        return 0
    base = settings.groups.base if settings.groups else root.first("defaultNamingContext") or _suffix(settings, root)
    chosen = settings.groups.filter if settings.groups else GROUP_FILTER
    question = LdapQuery(base=base, filter=f"(&{chosen}{changed})", attributes=NO_ATTRIBUTES)
    return sum(1 for _ in answers(connection, url, question, settings))


def _asked(settings: DirectorySettings, named: frozenset[str]) -> str:
    """A digest of what is read, and how. After a change of configuration no reading continues an earlier reading."""
    read = (settings.places, settings.attributes, settings.groups, sorted(named))
    return hashlib.sha256(repr(read).encode()).hexdigest()[:16]


def _numbered(connection: ldap3.Connection, url: str, settings: DirectorySettings, root: ServerRoot) -> SyncMark | None:
    service = _alone(connection, url, settings, root.first("dsServiceName"), ("invocationId",))
    ids = service.attributes.get("invocationid", ()) if service else ()
    highest = root.first("highestCommittedUSN")
    return numbered_mark(ids[0].hex(), highest) if ids and highest.isdecimal() else None


def _dated(connection: ldap3.Connection, url: str, settings: DirectorySettings, root: ServerRoot) -> SyncMark | None:
    suffix = _suffix(settings, root)
    top = _alone(connection, url, settings, suffix, ("contextCSN", "entryUUID")) if suffix else None
    csns = top.attributes.get("contextcsn", ()) if top else ()
    ids = top.attributes.get("entryuuid", ()) if top else ()
    return dated_mark(url, ids[0].decode(), (csn.decode() for csn in csns)) if csns and ids else None


def _suffix(settings: DirectorySettings, root: ServerRoot) -> str:
    """The naming context that contains all bases; empty: there is none."""
    bases = [place.base for place in settings.places] + ([settings.groups.base] if settings.groups else [])
    contexts = root.values.get("namingcontexts", ())
    return next((context for context in contexts if context and all(is_below(base, context) for base in bases)), "")


def _alone(
    connection: ldap3.Connection, url: str, settings: DirectorySettings, dn: str, attributes: tuple[str, ...]
) -> Entry | None:
    question = LdapQuery(base=dn, filter="(objectClass=*)", attributes=attributes, entry_alone=True)
    return next(iter(list(answers(connection, url, question, settings))), None)
