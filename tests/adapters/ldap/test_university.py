"""A French university on a real OpenLDAP server: supann, groups of all kinds, logins with aliases."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from provisioner.adapters.ldap.directory import LdapDirectory
from provisioner.adapters.ldap.ldif import write_ldif
from provisioner.demo.people import PEOPLE_BASE
from provisioner.errors import DirectoryIncomplete, DirectoryRefused
from provisioner.model.people.agents import AccountStatus, Roster
from provisioner.model.people.distinguished_names import group_key
from provisioner.settings.directory import DirectoryAttributes, DirectoryGroups
from tests.adapters.ldap.town_ldif import record
from tests.adapters.ldap.university import (
    ALIASES,
    COUNT,
    DOCTORAL,
    GROUPS,
    ON_CALL_IT,
    ON_CALL_LAB,
    PEOPLE,
    dn,
    login,
    university_ldif,
)
from tests.builders.cli import a_lonely_site, bascule
from tests.builders.directory import READ_AT as READ_2020
from tests.builders.directory import SERVED_AT as READ_AT
from tests.builders.directory import a_directory
from tests.builders.settings import Site
from tests.servers.certificates import Authority
from tests.servers.slapd import DYNAMIC_GROUPS, LIMITED, PASSWORD, READER, UNIVERSITY, Slapd, slapd

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def server(home: Path, authority: Authority) -> Iterator[Slapd]:
    ldif = university_ldif(home / "university.ldif")
    schemas = ("dyngroup", UNIVERSITY)
    with slapd(
        home / "server",
        certificate=authority.issue("server"),
        ldif=ldif,
        schemas=schemas,
        more=DYNAMIC_GROUPS,
        access=f"access to attrs=supannRessourceEtat by dn.exact={READER} read by * none",
    ) as server:
        yield server


@pytest.fixture
def university(tmp_path: Path, authority: Authority, server: Slapd) -> "University":
    return University(tmp_path, authority, server)


class University:
    """The server and the settings of a site that reads it."""

    def __init__(self, home: Path, authority: Authority, server: Slapd) -> None:
        self._home, self._authority, self._server, self._changes = home, authority, server, 0

    def directory(self, **settings: Any) -> LdapDirectory:
        way = {"urls": (self._server.ldaps,), "ca_file": self._authority.ca_file, "bind_dn": READER, "password": PASSWORD}
        groups = DirectoryGroups(base=GROUPS, members=("member", "uniqueMember", "memberUid"))
        usual = {"now": READ_AT, "base": PEOPLE, "groups": groups, "receive_timeout_s": 10.0, "page_size": 200}
        return a_directory(**{**usual, **way, **settings})

    def change(self, dn: str, changetype: str, **attributes: tuple[str, ...]) -> None:
        self._changes += 1
        path = self._home / f"change-{self._changes}.ldif"
        write_ldif(path, [record(dn, changetype=(changetype,), **attributes)])
        self._server.add(path)

    def add_as_dated(self, dn: str, **attributes: tuple[str, ...]) -> None:
        path = self._home / "dated.ldif"
        write_ldif(path, [record(dn, **attributes)])
        self._server.add_as_dated(path)

    def site(self, folder: Path) -> Site:
        """A configuration for this server."""
        site = a_lonely_site(folder).write("password", PASSWORD)
        way = f"urls: [{self._server.ldaps}]\n  ca_file: {self._authority.ca_file}"
        way += f"\n  bind_dn: {READER}\n  password: {{file: password}}"
        groups = f"groups: {{base: '{GROUPS}', members: [member, uniqueMember, memberUid]}}"
        names = "attributes: {end_date: finContrat, end_date_format: '%d/%m/%Y', groups: ''}"
        site.change("ldif: people.ldif", f"{way}\n  page_size: 200\n  {groups}\n  {names}")
        return site.change(f"base: {PEOPLE_BASE}", f"base: {PEOPLE}")

    @property
    def ldaps(self) -> str:
        return self._server.ldaps


def in_group(roster: Roster, group: str) -> set[str]:
    return {agent.login for agent in roster.agents.values() if group in agent.groups}


def standings(roster: Roster) -> dict[str, AccountStatus]:
    return {agent.login: agent.standing for agent in roster.agents.values()}


def logins(*numbers: int) -> set[str]:
    return {login(number) for number in numbers}


def test_groups_that_list_members_in_different_ways_are_read_beside_each_other(university: University):
    """C12: only one member attribute could be configured, so other kinds of groups had no members."""
    roster = university.directory().read()

    assert in_group(roster, "compta") == logins(40, 41)
    assert in_group(roster, "astreinte") == logins(1, 2, *range(30, 40))
    assert in_group(roster, "doctorants") == logins(*range(51, COUNT + 1))


def test_a_group_is_named_by_its_dn(university: University):
    """C9: a DN under `groups:` matched no group."""
    written = ON_CALL_IT.replace("cn=", "CN = ").replace(",ou", ", OU")
    roster = university.directory(named=frozenset({group_key(written), group_key(ON_CALL_LAB)})).read()

    assert in_group(roster, group_key(written)) == logins(1, 2)
    assert in_group(roster, group_key(ON_CALL_LAB)) == logins(*range(30, 40))


def test_a_name_that_two_groups_have_is_an_error_that_names_both(university: University):
    """C9: a second `cn=astreinte` elsewhere entitled its members too."""
    with pytest.raises(DirectoryRefused) as caught:
        university.directory(named=frozenset({"astreinte", "compta"})).read()

    assert ON_CALL_IT in str(caught.value)
    assert ON_CALL_LAB in str(caught.value)
    assert "compta" not in str(caught.value)


def test_the_states_of_supann_are_understood(university: University):
    """C12: these states could not be configured, and people who had left the university were active."""
    found = standings(university.directory().read())

    assert {key: status for key, status in found.items() if status is not AccountStatus.ACTIVE} == {
        login(10): AccountStatus.DISABLED,
        login(11): AccountStatus.LOCKED,
        login(12): AccountStatus.EXPIRED,
    }


def test_the_end_of_a_contract_may_stand_in_an_attribute_of_the_sites_own(university: University):
    """C12: a site's own attribute could not be used for an end date."""
    attributes = DirectoryAttributes(account_state=(), end_date="finContrat", end_date_format="%d/%m/%Y")

    found = standings(university.directory(attributes=attributes).read())

    assert {key for key, status in found.items() if status is AccountStatus.EXPIRED} == logins(20)


def test_of_several_logins_the_right_one_is_taken(university: University):
    """C12: a person with an alias beside the login was rejected, and had no desktop."""
    by_name = university.directory().read()
    by_pattern = university.directory(attributes=DirectoryAttributes(login_pattern="[0-9]+|agent(?!05).*")).read()

    assert (len(by_name.agents), by_name.rejected) == (COUNT, ())
    assert login(ALIASES) in {agent.login for agent in by_name.agents.values()}
    assert "00000005" in {agent.login for agent in by_pattern.agents.values()}


def test_a_group_that_is_deleted_is_noticed_by_the_next_reading(university: University):
    """C12: its members stayed in it until the next full reading."""
    university.change(f"cn=ephemere,{GROUPS}", "add", objectClass=("groupOfNames",), cn=("ephemere",), member=(dn(3),))
    before = university.directory().read()
    university.change(f"cn=ephemere,{GROUPS}", "delete")

    after = university.directory(now=READ_AT + 300).read(since=before)

    assert (in_group(before, "ephemere"), in_group(after, "ephemere")) == (logins(3), set())


def test_another_memberurl_is_noticed_by_the_next_reading(university: University):
    """C12: this kind of group was not read for changes."""
    before = university.directory().read()
    other = f"ldap:///{PEOPLE}??sub?(uid={login(7)})"
    university.change(DOCTORAL, "modify", replace=("memberURL",), memberURL=(other,))
    try:
        after = university.directory(now=READ_AT + 300).read(since=before)
    finally:
        old = f"ldap:///{PEOPLE}??sub?(employeeType=doctorant)"
        university.change(DOCTORAL, "modify", replace=("memberURL",), memberURL=(old,))

    assert in_group(after, "doctorants") == logins(7)


def test_an_attribute_that_vanished_from_all_entries_fails_the_reading(university: University):
    """C8: the attribute of inactive people became invisible, and desktops were built for them."""
    in_force = university.directory().read()

    with pytest.raises(DirectoryIncomplete) as caught:
        university.directory(bind_dn=LIMITED).read(in_force=in_force)

    assert "supannRessourceEtat" in str(caught.value)
    assert f"{COUNT - 30 + 2} of {COUNT}" in str(caught.value), "who had it, and how many there are"
    assert university.directory().read(in_force=in_force).agents == in_force.agents


def test_changes_dated_before_the_last_change_are_read_too(university: University):
    """C12: after a correction of the server's clock its changes were dated before the last one, and were missed."""
    university.change(dn(8), "modify", replace=("l",), l=("Provins",))  # the last change is not of a group
    at = READ_2020
    first = university.directory(now=at).read()
    person = {"objectClass": ("inetOrgPerson",), "uid": ("nouveau",), "cn": ("Nouveau",), "sn": ("Nouveau",)}
    university.add_as_dated(f"uid=nouveau,{PEOPLE}", **person, entryCSN=("20200316070200.000000Z#000000#000#000000",))
    try:
        later = university.directory(now=at + 300).read(since=first)
    finally:
        university.change(f"uid=nouveau,{PEOPLE}", "delete")

    assert later.mark == first.mark, "the server's own last change is years ahead of what it dates now"
    assert {agent.login for agent in later.agents.values()} - {agent.login for agent in first.agents.values()} == {"nouveau"}


def test_it_is_explained_by_check_directory(university: University, tmp_path):
    """An entitlement by DN, and the same by a name that two groups have."""
    site = university.site(tmp_path)
    right = bascule(
        "check", "directory", "--config", str(site.change("who: everyone", f"who: {{groups: ['{ON_CALL_IT}', compta]}}").main)
    )
    wrong = bascule("check", "directory", "--config", str(site.change(f"'{ON_CALL_IT}'", "astreinte").main))

    lines = right.out.splitlines()
    assert right.code == 0
    for line in (
        f"ok  changes: {university.ldaps} tells what has changed: changes are read every 5 min, everything every 60 min",
        f"ok  directory: {COUNT} agents read",
        "ok  groups: 3 groups of agents, nested groups included",
        "ok  profile standard: 4 agents are entitled and in wave 'everyone' of scenario 'everyone'",
        "ok  accounts: 1 disabled, 2 expired: they get no desktop",
        "ok  accounts: 1 locked: they keep their desktops",
    ):
        assert line in lines
    assert wrong.code == 1
    assert f"2 groups are called 'astreinte': {ON_CALL_IT} and {ON_CALL_LAB}" in wrong.out
    assert "fix: in entitlements and waves, write the DN of the group" in wrong.out
