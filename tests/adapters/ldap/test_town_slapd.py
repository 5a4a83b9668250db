"""The town on a real OpenLDAP."""

from pathlib import Path

import pytest

from provisioner.settings.directory import Tls
from tests.adapters.ldap.contract import ChangesContract, DirectoryContract, IncrementalContract
from tests.adapters.ldap.served import OpenLdapTown, open_ldap_ldif
from tests.adapters.ldap.town import a_town
from tests.servers.certificates import Authority
from tests.servers.slapd import Slapd

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def ldif(home: Path) -> Path:
    return open_ldap_ldif(home / "town.ldif", a_town())


@pytest.fixture(scope="class")
def served(request, home: Path, authority: Authority, server: Slapd) -> OpenLdapTown:
    return OpenLdapTown(home, authority, server, request.cls.tls)


class TestStartTls(DirectoryContract):
    """No answer holds more than 200 entries. Readings only: changes are tested over LDAPS, with the same code."""

    tls = Tls.STARTTLS


class TestLdaps(DirectoryContract, ChangesContract, IncrementalContract):
    """No answer holds more than 200 entries."""

    tls = Tls.LDAPS
