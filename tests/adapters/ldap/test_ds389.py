"""A site on a real 389 Directory Server: read, and explained by `bascule check directory`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioner.adapters.ldap.ldif import LdifRecord, write_ldif
from provisioner.demo.people import PEOPLE_BASE
from provisioner.errors import DirectoryIncomplete
from provisioner.model.people.agents import AccountStatus
from provisioner.settings.directory import DirectoryAttributes, Tls
from tests.adapters.ldap.town_ldif import record
from tests.builders.cli import a_lonely_site, bascule
from tests.builders.directory import SERVED_AT, a_directory
from tests.servers.ds389 import PASSWORD, READER, SUFFIX, Ds389, ds389

pytestmark = pytest.mark.real
PEOPLE, GROUPS = f"ou=people,{SUFFIX}", f"ou=groups,{SUFFIX}"
COUNT, LOCKED = 40, 12
"""People; only the last of them, locked by an administrator, have nsAccountLock."""
TELEWORK, ALL = f"cn=teletravail,{GROUPS}", f"cn=tous,{GROUPS}"
"""One group is a member of the other."""


def dn(number: int) -> str:
    return f"uid=agent{number:02d},{PEOPLE}"


def records() -> Iterator[LdifRecord]:
    yield record(SUFFIX, objectClass=("domain",), dc=("departement",))
    for place in (PEOPLE, GROUPS):
        yield record(place, objectClass=("organizationalUnit",), ou=(place[3:].partition(",")[0],))
    for number in range(1, COUNT + 1):
        name = f"agent{number:02d}"
        lock = {"nsAccountLock": ("TRUE",)} if number > COUNT - LOCKED else {}
        yield record(
            dn(number), objectClass=("inetOrgPerson",), uid=(name,), cn=(name,), sn=(name,), mail=(f"{name}@x",), **lock
        )
    yield record(TELEWORK, objectClass=("groupOfNames",), cn=("teletravail",), member=(dn(1), dn(2)))
    yield record(ALL, objectClass=("groupOfNames",), cn=("tous",), member=(TELEWORK, dn(3)))


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Ds389]:
    write_ldif(home / "site.ldif", records())
    with ds389(home / "ds389", ldif=home / "site.ldif") as server:
        yield server


ATTRIBUTES = DirectoryAttributes(agent_id="nsUniqueId")


def reading(server: Ds389, **settings):
    way = {"urls": (server.ldap,), "tls": Tls.NONE, "bind_dn": READER, "password": PASSWORD, "receive_timeout_s": 10.0}
    return a_directory(**{**way, "base": PEOPLE, "attributes": ATTRIBUTES, "page_size": 15, **settings})


def test_people_groups_and_locks_are_read(server: Ds389):
    roster = reading(server).read()

    by_login = {agent.login: agent for agent in roster.agents.values()}
    assert (len(by_login), roster.rejected) == (COUNT, ())
    assert by_login["agent01"].groups == {"teletravail", "tous"}, "its plugin follows groups within groups"
    assert by_login["agent03"].groups == {"tous"}
    disabled = {login for login, agent in by_login.items() if agent.standing is AccountStatus.DISABLED}
    assert disabled == {f"agent{number:02d}" for number in range(COUNT - LOCKED + 1, COUNT + 1)}
    assert roster.mark is None


def test_unreadable_account_locks_fail_the_reading(server: Ds389, tmp_path):
    """C8: an access rule hid nsAccountLock, and desktops were built for locked accounts."""
    in_force = reading(server, now=SERVED_AT).read()
    rule = f'(targetattr="nsAccountLock")(version 3.0; acl "hidden"; deny (read,search) userdn="ldap:///{READER}";)'
    for verb, name in (("add", "hide"), ("delete", "show")):
        write_ldif(tmp_path / f"{name}.ldif", [record(SUFFIX, changetype=("modify",), **{verb: ("aci",)}, aci=(rule,))])
    server.add(tmp_path / "hide.ldif")
    try:
        with pytest.raises(DirectoryIncomplete, match=f"nobody has nsAccountLock, which {LOCKED} of {COUNT} entries had"):
            reading(server, now=SERVED_AT).read(in_force=in_force)
    finally:
        server.add(tmp_path / "show.ldif")

    assert reading(server).read(in_force=in_force).agents == in_force.agents


def test_it_is_explained_by_check_directory(server: Ds389, tmp_path):
    site = a_lonely_site(tmp_path).write("password", PASSWORD)
    way = f"urls: [{server.ldap}]\n  tls: none\n  insecure: true\n  bind_dn: {READER}\n  password: {{file: password}}"
    site.change("ldif: people.ldif", f"{way}\n  attributes: {{agent_id: nsUniqueId, department: '', site: ''}}")
    site.change(f"base: {PEOPLE_BASE}", f"base: {PEOPLE}").change("who: everyone", "who: {groups: [tous]}")

    ended = bascule("check", "directory", "--config", str(site.main))

    lines = ended.out.splitlines()
    assert ended.code == 0
    assert any(line.startswith(f"ok  server {server.ldap}: 389 Directory Server 389-Directory/") for line in lines)
    for line in (
        f"ok  changes: {server.ldap} does not tell what has changed: everything is read every 5 min",
        f"ok  directory: {COUNT} agents read",
        "ok  groups: 2 groups of agents, as their own entries list them; nested groups count only if listed there",
        "ok  profile standard: 3 agents are entitled and in wave 'everyone' of scenario 'everyone'",
        f"ok  accounts: {LOCKED} disabled: they get no desktop",
    ):
        assert line in lines
