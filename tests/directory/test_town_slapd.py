"""The town on a real OpenLDAP."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioner.adapters.ldap_settings import TlsMode
from tests.directory.contract import ChangesContract, DirectoryContract, IncrementalContract
from tests.directory.served import OpenLdapTown, open_ldap_ldif
from tests.directory.town import a_town
from tests.servers.certificates import Authority
from tests.servers.slapd import Slapd, slapd

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("town")


@pytest.fixture(scope="module")
def authority(home: Path) -> Authority:
    return Authority(home / "ca")


@pytest.fixture(scope="module")
def server(home: Path, authority: Authority) -> Iterator[Slapd]:
    ldif = open_ldap_ldif(home / "town.ldif", a_town())
    with slapd(home / "server", certificate=authority.issue("server"), ldif=ldif) as one:
        yield one


@pytest.fixture(scope="class")
def served(request, home: Path, authority: Authority, server: Slapd) -> OpenLdapTown:
    return OpenLdapTown(home, authority, server, request.cls.tls)


class TestStartTls(DirectoryContract):
    """Before any change; no answer holds more than 200 entries. What changes is read alike over LDAPS."""

    tls = TlsMode.STARTTLS


class TestLdaps(DirectoryContract, ChangesContract, IncrementalContract):
    """No answer holds more than 200 entries."""

    tls = TlsMode.LDAPS
