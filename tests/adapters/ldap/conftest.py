"""An OpenLDAP server with a certificate for each test file. A file overrides the fixture `ldif` to serve other people."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioner.demo.people import write_server_ldif
from tests.servers.certificates import Authority
from tests.servers.slapd import Slapd, slapd


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory for the files of the test module."""
    return tmp_path_factory.mktemp("directory")


@pytest.fixture(scope="module")
def authority(home: Path) -> Authority:
    """The authority whose certificates are trusted."""
    return Authority(home / "ca")


@pytest.fixture(scope="module")
def ldif(home: Path) -> Path:
    """The server's content: the 1,700 people of the demonstration."""
    write_server_ldif(home / "people.ldif")
    return home / "people.ldif"


@pytest.fixture(scope="module")
def server(home: Path, authority: Authority, ldif: Path) -> Iterator[Slapd]:
    """The server, shared by all tests of the file."""
    with slapd(home / "server", certificate=authority.issue("server", days=1), ldif=ldif) as server:
        yield server
