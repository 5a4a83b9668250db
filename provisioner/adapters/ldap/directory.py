"""The agents' directory over LDAP: OpenLDAP, Active Directory, or a file served from memory through the same code.

A directory from an LDIF file, served from memory to the same code: for demonstrations and rehearsals.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import ldap3
from ldap3.core.exceptions import LDAPExceptionError

from provisioner.adapters.ldap.bounds import Elapsed
from provisioner.adapters.ldap.changes import changed_agents, group_count, mark_of, read_on
from provisioner.adapters.ldap.connection import Failover, connect
from provisioner.adapters.ldap.entries import GroupTree
from provisioner.adapters.ldap.groups import group_tree, with_primary_groups
from provisioner.adapters.ldap.known_states import (
    ChangeDates,
    changed_attribute,
    check_not_older,
    check_not_set_back,
    latest_of,
    noting,
    server_at,
    servers_after,
)
from provisioner.adapters.ldap.ldif import LdifRecord, read_ldif
from provisioner.adapters.ldap.roster import check_no_attribute_lost, roster_of
from provisioner.adapters.ldap.search import ServerRoot, root_of, search
from provisioner.errors import DirectoryError, DirectoryIncomplete, DirectoryRefused, DirectoryUnavailable
from provisioner.model.people.agents import NoPerson, Roster
from provisioner.ports import Clock
from provisioner.reasons import reading as reasons
from provisioner.reasons.reading import LDIF_ENTRY_WRONG, LDIF_UNREADABLE, OF_SOURCE
from provisioner.reasons.reason import ALL, ALSO, ANY, join_reasons, reason_of
from provisioner.settings.directory import DirectorySettings


class LdapDirectory:
    """ports.Directory over ldap3. One connection a reading; safe to use from several threads."""

    def __init__(
        self,
        settings: DirectorySettings,
        *,
        clock: Clock,
        named: frozenset[str] = frozenset(),
        elapsed: Elapsed = time.monotonic,
    ) -> None:
        """`named`: the groups in entitlements and waves, by name or DN (`distinguished_names.group_key`).

        `elapsed` times each server's reading; `clock` may be set or scaled."""
        self._reader = _Reader(settings=settings, failover=_failover(settings), named=named, clock=clock, elapsed=elapsed)

    def __repr__(self) -> str:
        settings = self._reader.settings
        return f"LdapDirectory({', '.join(settings.urls) or settings.ldif})"

    def name_groups(self, names: frozenset[str]) -> None:
        """Also read these groups, which entitlements or waves name, from the next reading on."""
        self._reader = replace(self._reader, named=self._reader.named | names)

    def follow(self, settings: DirectorySettings) -> None:
        """Read by other settings, from the next reading on; a reading under way ends by those that it began with."""
        if settings != self._reader.settings:
            self._reader = replace(self._reader, settings=settings, failover=_failover(settings))

    def read(self, since: Roster | None = None, *, in_force: Roster | None = None) -> Roster:
        """All agents, from one complete reading or from `since` and its changes; raises DirectoryError.

        If a server gives no complete answer, the next address is asked, and `passed_over` of the roster says which and why.
        The next server is read in full: each server numbers its changes separately.
        """
        return self._reader.read(since, in_force)


def _failover(settings: DirectorySettings) -> Failover:
    return Failover(settings.urls, dead_for_s=settings.dead_for_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """What one reading needs: it has the same settings from its first question to its last."""

    settings: DirectorySettings
    failover: Failover
    named: frozenset[str]
    clock: Clock
    elapsed: Elapsed

    def read(self, since: Roster | None, in_force: Roster | None) -> Roster:
        settings = self.settings
        if settings.ldif is not None:
            with embedded(settings.ldif) as connection:
                return self._full(connection, str(settings.ldif), ServerRoot(), in_force)
        failed: list[DirectoryUnavailable | DirectoryIncomplete] = []
        for url in self.failover.order(self.clock.now()):
            try:
                return replace(self._read_from(url, since, in_force), passed_over=self.failover.failing)
            except (DirectoryUnavailable, DirectoryIncomplete) as exc:
                failed.append(exc)
        raise _all_failed(failed)

    def _read_from(self, url: str, since: Roster | None, in_force: Roster | None) -> Roster:
        try:
            with connect(url, self.settings, elapsed=self.elapsed) as connection:
                roster = self._roster(connection, url, since, in_force)
        except (DirectoryUnavailable, DirectoryIncomplete) as exc:
            self.failover.failed(url, self.clock.now(), exc.reason)
            raise
        self.failover.answered(url)
        return roster

    def _roster(self, connection: ldap3.Connection, url: str, since: Roster | None, in_force: Roster | None) -> Roster:
        settings, now = self.settings, self.clock.now()
        root = root_of(connection, url, settings)
        mark = mark_of(connection, url, settings, root, self.named)
        server = server_at(url, root)
        check_not_older(url, mark, in_force)
        if since is not None and mark is not None and settings.reads_changes:
            roster = read_on(connection, url, settings, root, self.named, since=since, mark=mark, now=now)
            if roster is not None:
                return replace(roster, servers=servers_after(in_force, roster, server, mark, None))
        groups = 0 if mark is None or not settings.reads_changes else group_count(connection, url, settings, root)
        dates: ChangeDates = {}
        roster = replace(self._full(connection, url, root, in_force, dates), mark=mark, group_count=groups)
        check_not_set_back(url, dates, in_force, server=server)
        latest = latest_of(dates, read_at=roster.read_at)
        return replace(roster, servers=servers_after(in_force, roster, server, mark, latest))

    def _full(
        self,
        connection: ldap3.Connection,
        source: str,
        root: ServerRoot,
        in_force: Roster | None,
        dates: ChangeDates | None = None,
    ) -> Roster:
        """`dates`: when each entry was changed, to be filled in; None: a file, which nobody dates."""
        settings, now = self.settings, self.clock.now()
        tree = group_tree(connection, source, settings, self.named, chains=root.microsoft)
        changed = changed_attribute(microsoft=root.microsoft) if dates is not None else ""
        entries = with_primary_groups(search(connection, source, settings, also=changed), connection, source, settings, root)
        if dates is not None:
            entries = noting(entries, dates, agent_id=settings.attributes.agent_id, changed=changed)
        roster = roster_of(entries, settings.attributes, read_at=now, tree=tree, source=source)
        _check_usable(roster, settings)
        _check_group_names(source, tree)
        changed_since = partial(changed_agents, connection, source, settings, root)
        check_no_attribute_lost(roster, in_force, settings.attributes, changed_since)
        return roster


def _all_failed(failed: list[DirectoryUnavailable | DirectoryIncomplete]) -> DirectoryError:
    """One error for all addresses: DirectoryIncomplete if any server answered."""
    if not failed:
        return DirectoryRefused(reasons.NO_SERVER())
    kind = DirectoryIncomplete if any(isinstance(error, DirectoryIncomplete) for error in failed) else DirectoryUnavailable
    return kind(join_reasons(error.reason for error in failed))


def _check_group_names(source: str, tree: GroupTree) -> None:
    """Raises DirectoryRefused if a configured group name fits several groups: a program cannot guess."""
    for name, dns in tree.ambiguous().items():
        ambiguous = reasons.GROUPS_SAME_NAME(count=len(dns), name=name, dns=join_reasons(dns, ALL))
        raise DirectoryRefused(reasons.OF_SOURCE(source=source, why=ambiguous))


def _check_usable(roster: Roster, settings: DirectorySettings) -> None:
    if roster.agents:
        return
    if roster.left_out and not roster.rejected:
        kinds = join_reasons((_KINDS[kind](count=count) for kind, count in roster.left_out.items()), ALSO)
        raise DirectoryRefused(reasons.OF_SOURCE(source=roster.source, why=reasons.NO_PEOPLE(kinds=kinds)))
    if not roster.rejected:
        where = join_reasons((reasons.BELOW(base=place.base, filter=place.filter) for place in settings.places), ANY)
        raise DirectoryIncomplete(reasons.OF_SOURCE(source=roster.source, why=reasons.NO_ENTRY(where=where)))
    first = roster.rejected[0]
    unusable = reasons.NO_USABLE_ENTRY(count=len(roster.rejected), entry=first.entry, why=first.reason)
    raise DirectoryRefused(reasons.OF_SOURCE(source=roster.source, why=unusable))


_KINDS = {NoPerson.COMPUTER: reasons.TIMES_COMPUTER, NoPerson.SERVICE_ACCOUNT: reasons.TIMES_SERVICE_ACCOUNT}


@contextmanager
def embedded(path: Path) -> Iterator[ldap3.Connection]:
    """A connection to the entries of the file; raises DirectoryError."""
    try:
        records = read_ldif(path)
    except OSError as exc:
        raise DirectoryUnavailable(OF_SOURCE(source=str(path), why=LDIF_UNREADABLE(said=str(exc.strerror)))) from exc
    except ValueError as exc:
        raise DirectoryRefused(reason_of(exc)) from exc
    connection = ldap3.Connection(ldap3.Server("embedded", get_info=ldap3.NONE), client_strategy=ldap3.MOCK_SYNC)
    for record in records:
        _add(connection, record, path)
    connection.bind()
    try:
        yield connection
    finally:
        connection.unbind()
        # A connection and its strategy refer to each other: without this, 10 MiB (1,700 people) wait for the garbage collector.
        connection.server.dit = connection.strategy.entries = connection.response = None


def _add(connection: ldap3.Connection, record: LdifRecord, path: Path) -> None:
    try:
        connection.strategy.add_entry(record.dn, {name: list(values) for name, values in record.attributes.items()})
    except LDAPExceptionError as exc:
        raise DirectoryRefused(OF_SOURCE(source=str(path), why=LDIF_ENTRY_WRONG(entry=record.dn, said=str(exc)))) from exc
