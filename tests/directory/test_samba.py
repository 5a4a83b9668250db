"""The adapter against a real Samba, the domain controller of an Active Directory."""

from collections.abc import Iterator

import pytest

from provisioner.adapters.ldap_directory import LdapAttributes, LdapDirectory
from provisioner.errors import DirectoryRefused, DirectoryUnavailable
from tests.builders_directory import a_directory
from tests.directory.contract import ChangesContract, DirectoryContract, IncrementalContract
from tests.directory.served import ActiveDirectoryTown, active_directory_ldif
from tests.servers.certificates import Authority
from tests.servers.samba import PASSWORD, READER, SUFFIX, Samba, samba

pytestmark = pytest.mark.real
ATTRIBUTES = LdapAttributes(
    agent_id="objectGUID", login="sAMAccountName", department="department", enabled="userAccountControl"
)


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("samba-ca"))


@pytest.fixture(scope="module")
def server(tmp_path_factory, authority: Authority) -> Iterator[Samba]:
    home = tmp_path_factory.mktemp("samba")
    with samba(home, authority=authority, ldif=active_directory_ldif(home / "town.ldif")) as one:
        yield one


@pytest.fixture(scope="module")
def served(tmp_path_factory, server: Samba, authority: Authority) -> ActiveDirectoryTown:
    return ActiveDirectoryTown(tmp_path_factory.mktemp("town"), authority, server)


class TestActiveDirectory(DirectoryContract, ChangesContract, IncrementalContract):
    """Its own rules keep logins apart and of one value, so of the town's flaws it has people without login alone."""


def reading(server: Samba, authority: Authority, **settings) -> LdapDirectory:
    usual = {"urls": (server.ldaps,), "ca_file": authority.ca_file, "bind_dn": READER, "password": PASSWORD}
    people = {"base": SUFFIX, "filter": "(&(objectCategory=person)(objectClass=user))", "attributes": ATTRIBUTES}
    return a_directory(**{**usual, **people, "receive_timeout_s": 10.0, **settings})


def test_the_whole_domain_is_read_with_the_account_that_every_agent_could_have(server: Samba, authority: Authority):
    roster = reading(server, authority).read()

    enabled = {agent.login: agent.enabled for agent in roster.agents.values()}
    assert enabled["reader"]
    assert not enabled["Guest"]
    assert not enabled["krbtgt"]
    assert roster.rejected == ()


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        pytest.param({"password": "wrong"}, DirectoryRefused, "invalidCredentials (wrong password)", id="wrong password"),
        pytest.param({"base": f"ou=Nobody,{SUFFIX}"}, DirectoryRefused, "noSuchObject", id="wrong base"),
        pytest.param({"ca_file": None}, DirectoryUnavailable, "its certificate is refused", id="the system's authorities"),
    ],
)
def test_a_failing_reading_gives_one_clear_error(server: Samba, authority: Authority, settings, error, words):
    with pytest.raises(error) as caught:
        reading(server, authority, **settings).read()

    assert words in str(caught.value)
    assert PASSWORD not in str(caught.value)
