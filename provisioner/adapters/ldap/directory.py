"""The agents' directory over LDAP: OpenLDAP, Active Directory, or a file served from memory through the same code."""

import time
from dataclasses import replace

import ldap3

from provisioner.adapters.ldap.bounds import Elapsed
from provisioner.adapters.ldap.changes import group_count, mark_of, read_on
from provisioner.adapters.ldap.connection import connect
from provisioner.adapters.ldap.credibility import check_no_attribute_lost, check_not_older
from provisioner.adapters.ldap.embedded import embedded
from provisioner.adapters.ldap.failover import Failover
from provisioner.adapters.ldap.groups import group_tree
from provisioner.adapters.ldap.nested_groups import GroupTree
from provisioner.adapters.ldap.primary_groups import with_primary_groups
from provisioner.adapters.ldap.root_dse import ServerRoot, root_of
from provisioner.adapters.ldap.roster import roster_of
from provisioner.adapters.ldap.search import search
from provisioner.errors import DirectoryError, DirectoryIncomplete, DirectoryRefused, DirectoryUnavailable
from provisioner.model.agents import NoPerson, Roster
from provisioner.ports import Clock
from provisioner.reasons import reading as reasons
from provisioner.reasons.reason import ALL, ALSO, ANY, join_reasons
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
        self._settings = settings
        self._named = named
        self._clock = clock
        self._elapsed = elapsed
        self._failover = Failover(settings.urls, dead_for_s=settings.dead_for_s)

    def __repr__(self) -> str:
        return f"LdapDirectory({', '.join(self._settings.urls) or self._settings.ldif})"

    def name_groups(self, names: frozenset[str]) -> None:
        """Also read these groups, which entitlements or waves name, from the next reading on."""
        self._named |= names

    def read(self, since: Roster | None = None, *, in_force: Roster | None = None) -> Roster:
        """All agents, from one complete reading or from `since` and its changes; raises DirectoryError.

        If a server gives no complete answer, the next address is asked, and `passed_over` of the roster says which and why.
        The next server is read in full: each server numbers its changes separately.
        """
        if self._settings.ldif is not None:
            with embedded(self._settings.ldif) as connection:
                return self._full(connection, str(self._settings.ldif), ServerRoot(), in_force)
        failed: list[DirectoryUnavailable | DirectoryIncomplete] = []
        for url in self._failover.order(self._clock.now()):
            try:
                return replace(self._read_from(url, since, in_force), passed_over=self._failover.failing)
            except (DirectoryUnavailable, DirectoryIncomplete) as exc:
                failed.append(exc)
        raise _all_failed(failed)

    def _read_from(self, url: str, since: Roster | None, in_force: Roster | None) -> Roster:
        try:
            with connect(url, self._settings, elapsed=self._elapsed) as connection:
                roster = self._roster(connection, url, since, in_force)
        except (DirectoryUnavailable, DirectoryIncomplete) as exc:
            self._failover.failed(url, self._clock.now(), exc.reason)
            raise
        self._failover.answered(url)
        return roster

    def _roster(self, connection: ldap3.Connection, url: str, since: Roster | None, in_force: Roster | None) -> Roster:
        settings, now = self._settings, self._clock.now()
        root = root_of(connection, url, settings)
        mark = mark_of(connection, url, settings, root, self._named)
        check_not_older(url, mark, in_force)
        if since is not None and mark is not None and settings.reads_changes:
            roster = read_on(connection, url, settings, root, self._named, since=since, mark=mark, now=now)
            if roster is not None:
                return roster
        groups = 0 if mark is None or not settings.reads_changes else group_count(connection, url, settings, root)
        return replace(self._full(connection, url, root, in_force), mark=mark, group_count=groups)

    def _full(self, connection: ldap3.Connection, source: str, root: ServerRoot, in_force: Roster | None) -> Roster:
        settings, now = self._settings, self._clock.now()
        tree = group_tree(connection, source, settings, self._named, chains=root.microsoft)
        entries = with_primary_groups(search(connection, source, settings), connection, source, settings, root)
        roster = roster_of(entries, settings.attributes, read_at=now, tree=tree, source=source)
        _check_usable(roster, settings)
        _check_group_names(source, tree)
        check_no_attribute_lost(roster, in_force)
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
