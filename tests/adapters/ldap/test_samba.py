"""The adapter against a real Samba, the domain controller of an Active Directory."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioner.adapters.ldap.changes import changed_agents
from provisioner.adapters.ldap.connection import connect
from provisioner.adapters.ldap.directory import LdapDirectory
from provisioner.adapters.ldap.ldif import LdifRecord, write_ldif
from provisioner.adapters.ldap.search import LdapQuery, answers, root_of
from provisioner.demo.people import PEOPLE_BASE
from provisioner.errors import DirectoryRefused, DirectoryUnavailable
from provisioner.settings.directory import DirectoryAttributes, DirectoryGroups
from tests.adapters.ldap.contract import ChangesContract, DirectoryContract, IncrementalContract, plain
from tests.adapters.ldap.served import ActiveDirectoryTown, active_directory_ldif
from tests.adapters.ldap.town import EVERYONE
from tests.adapters.ldap.town_ldif import record
from tests.builders.cli import a_lonely_site, bascule
from tests.builders.directory import READ_AT, SERVED_AT, a_directory, ldap_settings
from tests.servers.certificates import Authority
from tests.servers.samba import PASSWORD, PASSWORD_TIMES, READER, SUFFIX, Samba, samba

pytestmark = pytest.mark.real
ATTRIBUTES = DirectoryAttributes(
    agent_id="objectGUID", login="sAMAccountName", department="department", enabled="userAccountControl"
)
BARRED = ("disabled", "ended", "old", "new")
"""Accounts that can no longer log on, each for another reason."""


@pytest.fixture(scope="module")
def server(home: Path, authority: Authority) -> Iterator[Samba]:
    ldif = active_directory_ldif(home / "town.ldif", [*services(), *machines()])
    with samba(home / "samba", authority=authority, ldif=ldif, accounts=BARRED) as server:
        yield server


@pytest.fixture(scope="module")
def served(home: Path, authority: Authority, server: Samba) -> ActiveDirectoryTown:
    return ActiveDirectoryTown(home, authority, server)


COLLEAGUES = 400
"""People of a unit outside the town's bases; 2,500 people in total."""
COMPUTERS, SERVICES = 30, 5
MACHINES = f"ou=Postes,{SUFFIX}"
PERMANENT = "Agents permanents"
"""A group used as primary group: memberOf does not list it."""


def services() -> Iterator[LdifRecord]:
    """The rest of the domain: a unit, its people and their group."""
    unit = f"ou=Services,{SUFFIX}"
    yield record(unit, objectClass=("organizationalUnit",), ou=("Services",))
    for number in range(COLLEAGUES):
        login = f"service{number:03d}"
        yield record(
            f"cn={login},{unit}",
            objectClass=("user",),
            sAMAccountName=(login,),
            userAccountControl=("512",),
            mail=(f"{login}@x",),
        )
    members = tuple(f"cn=service{number:03d},{unit}" for number in range(3))
    yield record(f"cn={PERMANENT},{unit}", objectClass=("group",), sAMAccountName=(PERMANENT,), member=members)


def machines() -> Iterator[LdifRecord]:
    """Computers and service accounts: user and person by their object classes."""
    yield record(MACHINES, objectClass=("organizationalUnit",), ou=("Postes",))
    kinds = [("computer", {})] * COMPUTERS
    kinds += [("msDS-GroupManagedServiceAccount", {"msDS-ManagedPasswordInterval": ("30",)})] * SERVICES
    for number, (kind, more) in enumerate(kinds):
        name = f"machine{number:02d}"
        yield record(
            f"cn={name},{MACHINES}",
            objectClass=(kind,),
            sAMAccountName=(f"{name}$",),
            userAccountControl=("4096",),
            **more,
        )


class TestActiveDirectory(DirectoryContract, ChangesContract, IncrementalContract):
    """Samba keeps logins unique and single-valued, so people without login are the only flaw of the town here."""


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
    """Samba does not cut long attributes as Microsoft's servers do, so the test asks for the first range."""
    settings = ldap_settings(**served.way(), base=SUFFIX)
    question = LdapQuery(
        base=served.words.group_dn(EVERYONE), filter="(objectClass=*)", attributes=("member;range=0-499",), entry_alone=True
    )

    with connect(served.server.ldaps, settings) as connection:
        (group,) = answers(connection, served.server.ldaps, question, settings)

    members = {plain(value.decode()) for value in group.attributes["member"]}
    assert members == {plain(dn) for dn in served.words.members(served.town.groups[EVERYONE], served.town)}
    assert len(members) > 1_500


@pytest.mark.parametrize(("since", "everybody"), [(READ_AT, True), (SERVED_AT, False)], ids=["long ago", "later"])
def test_it_says_who_was_changed_since_a_moment(served: ActiveDirectoryTown, since, everybody):
    """G3: modifyTimestamp cannot be searched for here."""
    settings = ldap_settings(**served.way(), base=f"ou=Services,{SUFFIX}", attributes=ATTRIBUTES)
    with connect(served.server.ldaps, settings) as connection:
        root = root_of(connection, served.server.ldaps, settings)
        changed = changed_agents(connection, served.server.ldaps, settings, root, since)

    assert len(changed) == (COLLEAGUES if everybody else 0)


def test_the_end_of_a_lock_is_a_change_of_the_entry(tmp_path, server: Samba, authority: Authority):
    """G3: what locked people alone had is judged by the date of their entries: a domain controller dates a lock's end, too."""
    lock = record(READER, changetype=("modify",), replace=("lockoutTime",), lockoutTime=("131000000000000000",))
    write_ldif(tmp_path / "locked.ldif", [lock])
    server.change_offline(tmp_path / "locked.ldif")
    before = shown(server, "(sAMAccountName=reader)", "lockoutTime", "uSNChanged")

    reading(server, authority).read()

    after = shown(server, "(sAMAccountName=reader)", "lockoutTime", "uSNChanged")
    assert (before["lockoutTime"], after["lockoutTime"]) == ("131000000000000000", "0"), "its owner has logged on"
    assert int(after["uSNChanged"]) > int(before["uSNChanged"])


def test_computers_and_accounts_of_services_are_no_people(server: Samba, authority: Authority):
    """C10: a filter common in guides entitled them, and each got a desktop."""
    roster = reading(server, authority, filter="(objectClass=user)").read()

    assert not [agent.login for agent in roster.agents.values() if agent.login.endswith("$")]
    assert roster.left_out == {"computer": COMPUTERS + 1, "managed service account": SERVICES}
    assert roster.rejected == ()


@pytest.mark.parametrize("nested", [pytest.param(True, id="groups within groups"), pytest.param(False, id="direct ones alone")])
def test_the_primary_group_is_seen(server: Samba, authority: Authority, tmp_path, nested):
    """C10: all people are in `Domain Users`, but memberOf does not list the primary group."""
    services_unit = f"ou=Services,{SUFFIX}"
    rid = primary_token(server, PERMANENT)
    change = record(
        f"cn=service000,{services_unit}", changetype=("modify",), replace=("primaryGroupID",), primaryGroupID=(rid,)
    )
    write_ldif(tmp_path / "primary.ldif", [change])
    server.change_offline(tmp_path / "primary.ldif")
    groups = DirectoryGroups(base=SUFFIX) if nested else None

    roster = reading(server, authority, base=services_unit, groups=groups, named=frozenset({"Users"})).read()

    by_login = {agent.login: agent.groups for agent in roster.agents.values()}
    assert by_login["service000"] >= {PERMANENT, "Domain Users"}
    assert by_login["service009"] >= {"Domain Users"}
    assert ("Users" in by_login["service009"]) is nested, "Domain Users is in the built-in group Users"
    assert PERMANENT not in by_login["service009"]


def primary_token(server: Samba, group: str) -> str:
    """The number that a user's entry uses for its primary group."""
    return shown(server, f"(cn={group})", "primaryGroupToken")["primaryGroupToken"]


def shown(server: Samba, which: str, *names: str) -> dict[str, str]:
    """Attributes of an entry, as the server's own tool shows them."""
    command = ["/usr/bin/ldbsearch", "-H", str(server.home / "private" / "sam.ldb"), f"--configfile={server.home}/smb.conf"]
    done = subprocess.run([*command, which, *names], check=True, capture_output=True, text=True, timeout=60)
    return {name: value for line in done.stdout.splitlines() for name, _, value in [line.partition(": ")] if name in names}


def test_the_domain_is_explained_by_check_directory(server: Samba, authority: Authority, tmp_path):
    """C10: a wide filter, an entitlement by the primary group, and how changes are read, in words."""
    site = a_lonely_site(tmp_path).write("password", PASSWORD)
    way = f"urls: [{server.ldaps}]\n  ca_file: {authority.ca_file}\n  bind_dn: {READER}\n  password: {{file: password}}"
    names = "{agent_id: objectGUID, login: sAMAccountName, department: department}"
    site.change(
        "ldif: people.ldif", f"{way}\n  attributes: {names}\n  groups: {{base: '{SUFFIX}'}}\n  filter: (objectClass=user)"
    )
    site.change(f"base: {PEOPLE_BASE}", f"base: {SUFFIX}").change("who: everyone", "who: {groups: [Domain Users]}")

    ended = bascule("check", "directory", "--config", str(site.main))

    assert ended.code == 0
    for line in (
        f"ok  changes: {server.ldaps} tells what has changed: changes are read every 5 min, everything every 60 min",
        f"ok  directory: {COMPUTERS + 1} computers and {SERVICES} managed service accounts match the filter; "
        "they are not people, and are ignored",
    ):
        assert line in ended.out.splitlines()
    read = int(re.search(r"directory: (\d+) agents read", ended.out)[1])
    entitled = int(re.search(r"profile standard: (\d+) agents are entitled", ended.out)[1])
    assert read > 2_400
    assert 0 <= read - entitled < 300, "all but those who are disabled or expired are in Domain Users"
    assert "no agent has the group" not in ended.out
