"""A small OpenLDAP server that starts quickly, for tests of a single server."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from provisioner.demo.people import write_server_ldif
from tests.servers.certificates import Certificate
from tests.servers.slapd import Slapd, slapd


@contextmanager
def a_small_server(
    home: Path, certificate: Certificate, *, ca_file: Path | None = None, copy_of: Path | None = None
) -> Iterator[Slapd]:
    """A server with ten people. `ca_file`: accept client certificates of this authority. `copy_of`: home of another server."""
    home.mkdir()
    write_server_ldif(home / "ten.ldif", 10)
    others = copy_of / "server" if copy_of else None
    with slapd(home / "server", certificate=certificate, ldif=home / "ten.ldif", ca_file=ca_file, copy_of=others) as server:
        yield server
