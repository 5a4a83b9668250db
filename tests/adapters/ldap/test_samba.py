"""The adapter against a real Samba, the domain controller of an Active Directory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioner.adapters.ldap.connection import connected
from provisioner.adapters.ldap.directory import LdapAttributes, LdapDirectory
from provisioner.adapters.ldap.ldif import write_ldif
from provisioner.adapters.ldap.search import Question, answers
from provisioner.errors import DirectoryRefused, DirectoryUnavailable
from tests.adapters.ldap.contract import ChangesContract, DirectoryContract, IncrementalContract, plain
from tests.adapters.ldap.served import ActiveDirectoryTown, active_directory_ldif
from tests.adapters.ldap.town import EVERYONE
from tests.adapters.ldap.town_ldif import record
from tests.builders.directory import a_directory, ldap_settings
from tests.servers.certificates import Authority
from tests.servers.samba import PASSWORD, PASSWORD_TIMES, READER, SUFFIX, Samba, samba

pytestmark = pytest.mark.real
ATTRIBUTES = LdapAttributes(
    agent_id="objectGUID", login="sAMAccountName", department="department", enabled="userAccountControl"
)
BARRED = ("disabled", "ended", "old", "new")
"""Accounts that may not log on any more, for each its own reason."""


@pytest.fixture(scope="module")
def server(home: Path, authority: Authority) -> Iterator[Samba]:
    with samba(home / "samba", authority=authority, ldif=active_directory_ldif(home / "town.ldif"), accounts=BARRED) as one:
        yield one


@pytest.fixture(scope="module")
def served(home: Path, authority: Authority, server: Samba) -> ActiveDirectoryTown:
    return ActiveDirectoryTown(home, authority, server)


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


@pytest.mark.parametrize(
    ("name", "words", "changes"),
    [
        pytest.param("disabled", "the account is disabled", {"userAccountControl": "66050"}, id="disabled"),
        pytest.param("ended", "the account has expired", {"accountExpires": "131000000000000000"}, id="expired"),
        pytest.param(
            "old",
            "the password has expired",
            {"userAccountControl": "512", "pwdLastSet": "131000000000000000"},
            id="a password of 2016",
        ),
        pytest.param(
            "new",
            "the password must be changed first",
            {"userAccountControl": "512", "pwdLastSet": "0"},
            id="a password to be changed",
        ),
    ],
)
def test_a_reader_that_may_no_longer_log_on_is_told_why(tmp_path, server: Samba, authority: Authority, name, words, changes):
    dn = f"cn={name},cn=Users,{SUFFIX}"
    records = [record(dn, changetype=("modify",), replace=(key,), **{key: (value,)}) for key, value in changes.items()]
    write_ldif(tmp_path / "barred.ldif", records)
    server.change_offline(tmp_path / "barred.ldif", PASSWORD_TIMES)

    with pytest.raises(DirectoryRefused) as caught:
        reading(server, authority, bind_dn=dn).read()

    assert words in str(caught.value)
    assert PASSWORD not in str(caught.value)


def test_a_group_of_1900_is_read_range_by_range(served: ActiveDirectoryTown):
    """Samba does not cut long attributes by itself, as Microsoft's servers do: so the first range is asked for."""
    settings = ldap_settings(**served.way(), base=SUFFIX)
    question = Question(
        base=served.words.group_dn(EVERYONE), filter="(objectClass=*)", attributes=("member;range=0-499",), entry_alone=True
    )

    with connected(served.server.ldaps, settings) as connection:
        (group,) = answers(connection, served.server.ldaps, question, settings)

    members = {plain(value.decode()) for value in group.attributes["member"]}
    assert members == {plain(dn) for dn in served.words.members(served.town.groups[EVERYONE], served.town)}
    assert len(members) > 1_500
