"""One OpenLDAP server a file of tests, with a certificate; a file that wants other people in it has an `ldif` of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioner.demo.people import write_server_ldif
from tests.servers.certificates import Authority
from tests.servers.slapd import Slapd, slapd


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a file of tests writes."""
    return tmp_path_factory.mktemp("directory")


@pytest.fixture(scope="module")
def authority(home: Path) -> Authority:
    """Whose certificates are trusted."""
    return Authority(home / "ca")


@pytest.fixture(scope="module")
def ldif(home: Path) -> Path:
    """What the server holds: the 1,700 people of the demonstration."""
    write_server_ldif(home / "people.ldif")
    return home / "people.ldif"


@pytest.fixture(scope="module")
def server(home: Path, authority: Authority, ldif: Path) -> Iterator[Slapd]:
    """Up for all tests of the file."""
    with slapd(home / "server", certificate=authority.issue("server"), ldif=ldif) as server:
        yield server
