"""The agents' directory over LDAP: OpenLDAP, Active Directory, or a file served from memory through the same code."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import ldap3
from ldap3.core.exceptions import LDAPExceptionError

from provisioner.adapters.ldap_connection import connected
from provisioner.adapters.ldap_entries import LdapAttributes, roster_of
from provisioner.adapters.ldap_search import search
from provisioner.adapters.ldap_settings import LdapSettings, TlsMode
from provisioner.adapters.ldif import LdifRecord, read_ldif
from provisioner.errors import DirectoryIncomplete, DirectoryRefused, DirectoryUnavailable
from provisioner.model.agents import Roster
from provisioner.ports import Clock


class LdapDirectory:
    """ports.Directory over ldap3. One connection a reading; safe to use from several threads."""

    def __init__(self, settings: LdapSettings, *, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    def __repr__(self) -> str:
        return f"LdapDirectory({', '.join(self._settings.urls) or self._settings.ldif})"

    def read(self, since: Roster | None = None) -> Roster:  # noqa: ARG002
        """All agents of one complete reading; raises DirectoryError. The next address is asked when one is unavailable."""
        if self._settings.ldif is not None:
            source = str(self._settings.ldif)
            return self._roster(source, _embedded(self._settings.ldif))
        unavailable: list[str] = []
        for url in self._settings.urls:
            try:
                return self._roster(url, connected(url, self._settings))
            except DirectoryUnavailable as exc:
                unavailable.append(str(exc))
        if not unavailable:
            raise DirectoryRefused("no address of a directory is given")
        raise DirectoryUnavailable("; ".join(unavailable))

    def _roster(self, source: str, way: AbstractContextManager[ldap3.Connection]) -> Roster:
        read_at = self._clock.now()
        with way as connection:
            entries = list(search(connection, source, self._settings))
        if not entries:
            where = f"below '{self._settings.base}' with {self._settings.filter}"
            raise DirectoryIncomplete(f"{source}: no entry at all {where}: an empty answer is never a roster")
        roster = roster_of(entries, self._settings.attributes, read_at=read_at)
        if not roster.agents:
            first = roster.rejected[0]
            raise DirectoryRefused(
                f"{source}: none of {len(entries)} entries is usable; the first, {first.entry}: {first.reason}"
            )
        return roster


@contextmanager
def _embedded(path: Path) -> Iterator[ldap3.Connection]:
    try:
        records = read_ldif(path)
    except OSError as exc:
        raise DirectoryUnavailable(f"{path}: cannot be read: {exc.strerror}") from exc
    except ValueError as exc:
        raise DirectoryRefused(str(exc)) from exc
    connection = ldap3.Connection(ldap3.Server("embedded", get_info=ldap3.NONE), client_strategy=ldap3.MOCK_SYNC)
    for record in records:
        _add(connection, record, path)
    connection.bind()
    try:
        yield connection
    finally:
        connection.unbind()


def _add(connection: ldap3.Connection, record: LdifRecord, path: Path) -> None:
    try:
        connection.strategy.add_entry(record.dn, {name: list(values) for name, values in record.attributes.items()})
    except LDAPExceptionError as exc:
        raise DirectoryRefused(f"{path}: the entry '{record.dn}' cannot be served: {exc}") from exc


__all__ = ["LdapAttributes", "LdapDirectory", "LdapSettings", "TlsMode"]
