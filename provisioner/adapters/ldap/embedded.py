"""A directory from an LDIF file, served from memory to the same code: for demonstrations and rehearsals."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import ldap3
from ldap3.core.exceptions import LDAPExceptionError

from provisioner.adapters.ldap.ldif import LdifRecord, read_ldif
from provisioner.errors import DirectoryRefused, DirectoryUnavailable
from provisioner.reasons.reading import LDIF_ENTRY_WRONG, LDIF_UNREADABLE, OF_SOURCE
from provisioner.reasons.reason import reason_of


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
