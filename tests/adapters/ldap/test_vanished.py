"""G3: an attribute that nobody has any more, on a real OpenLDAP server: opened, left, or hidden by a rule of access."""

import subprocess
from collections.abc import Iterator

import pytest

from provisioner.adapters.ldap.ldif import write_ldif
from provisioner.demo.people import PEOPLE_BASE, SUFFIX, demo_people, write_server_ldif
from provisioner.errors import DirectoryIncomplete
from provisioner.model.people.agents import AccountStatus
from tests.adapters.ldap.town_ldif import record
from tests.builders.directory import READ_AT, SERVED_AT, a_directory
from tests.servers.certificates import Authority
from tests.servers.slapd import PASSWORD, READER, Slapd, slapd

pytestmark = pytest.mark.real
PEOPLE = 40
LOCKED = tuple(f"uid={person.login},{PEOPLE_BASE}" for person in demo_people(PEOPLE)[:12])
WHOLE = f"cn=root,{SUFFIX}"
"""An account exempt from the rule, like the reader before the rule existed."""


@pytest.fixture(name="server")
def _server(tmp_path, authority: Authority) -> Iterator[Slapd]:
    write_server_ldif(tmp_path / "people.ldif", PEOPLE)
    rule = f'access to attrs=pwdAccountLockedTime by dn.exact="{READER}" none by * none'
    with slapd(
        tmp_path / "server", certificate=authority.issue("server"), ldif=tmp_path / "people.ldif", access=rule
    ) as server:
        changed(
            server, tmp_path, changetype=("modify",), add=("pwdAccountLockedTime",), pwdAccountLockedTime=("000001010000Z",)
        )
        yield server


def changed(server: Slapd, folder, *, of=LOCKED, **change):
    path = folder / "change.ldif"
    write_ldif(path, [record(dn, **change) for dn in of])
    server.add(path)


def reading(server: Slapd, authority: Authority, account: str = WHOLE, **settings):
    way = {"urls": (server.ldaps,), "ca_file": authority.ca_file, "password": PASSWORD, "receive_timeout_s": 10.0}
    return a_directory(**way, bind_dn=account, changes=False, page_size=100, **settings)


def disabled(roster):
    return sum(agent.standing is AccountStatus.DISABLED for agent in roster.agents.values())


@pytest.mark.parametrize(
    ("change", "left"),
    [
        pytest.param({"changetype": ("modify",), "delete": ("pwdAccountLockedTime",)}, PEOPLE, id="opened"),
        pytest.param({"changetype": ("delete",)}, PEOPLE - len(LOCKED), id="deleted"),
    ],
)
def test_when_the_last_accounts_are_opened_or_leave_the_directory_is_read_on(server, authority, tmp_path, change, left):
    """G3: every reading failed for good, and its advice would have made disabled people active."""
    in_force = reading(server, authority).read()
    assert disabled(in_force) == len(LOCKED)

    changed(server, tmp_path, **change)
    roster = reading(server, authority).read(in_force=in_force)

    assert (len(roster.agents), disabled(roster)) == (left, 0)


def test_what_a_rule_hides_fails_the_reading_until_an_operator_accepts_it(server, authority):
    """G3."""
    in_force = reading(server, authority, now=SERVED_AT).read()

    hidden = reading(server, authority, account=READER, now=SERVED_AT)

    with pytest.raises(DirectoryIncomplete, match=r"these entries were not changed.*`bascule directory accept`"):
        hidden.read(in_force=in_force)
    assert disabled(hidden.read(in_force=None)) == 0, "by order"


GUESSED = tuple(f"uid=verrou{number:02d},{PEOPLE_BASE}" for number in range(12))
"""People whose password was guessed at, in 2019."""
POLICY = f"cn=policy,{SUFFIX}"
READ_ONLY = f"""\
syncrepl rid=001 provider=ldap://127.0.0.1:1 searchbase="{SUFFIX}" type=refreshAndPersist retry="60 +"
updateref ldap://127.0.0.1:1
"""
"""A replica whose server of changes is away."""


def guessed_at():
    """Their locks are over: each ends when its owner logs on."""
    dated = {"modifyTimestamp": ("20190601080000Z",)}
    person = {"objectClass": ("inetOrgPerson",), "sn": ("Verrou",), "userPassword": (PASSWORD,), **dated}
    for dn in GUESSED:
        login = dn[4:12]
        locked = {"pwdAccountLockedTime": ("20190601080000Z",), "pwdPolicySubentry": (POLICY,)}
        yield record(dn, uid=(login,), cn=(login,), **person, **locked)


@pytest.fixture(name="guessed")
def _guessed(tmp_path, authority: Authority) -> Iterator[tuple[Slapd, Slapd]]:
    """A server with people who are locked for a minute after wrong passwords, and a read-only replica of it."""
    write_server_ldif(tmp_path / "people.ldif", PEOPLE)
    rules = {"objectClass": ("organizationalRole", "pwdPolicy"), "pwdAttribute": ("userPassword",), "pwdLockout": ("TRUE",)}
    write_ldif(tmp_path / "policy.ldif", [record(POLICY, cn=("policy",), **rules, pwdLockoutDuration=("60",))])
    write_ldif(tmp_path / "guessed.ldif", guessed_at())
    certificate = authority.issue("server")
    hides = {"access": f'access to attrs=pwdAccountLockedTime by dn.exact="{READER}" none by * none'}
    with slapd(tmp_path / "first", certificate=certificate, ldif=tmp_path / "people.ldif", **hides) as first:
        first.add(tmp_path / "policy.ldif")
        first.add(tmp_path / "guessed.ldif")
        replica = {"copy_of": tmp_path / "first", "more": READ_ONLY}
        with slapd(tmp_path / "second", certificate=certificate, ldif=tmp_path / "people.ldif", **replica) as second:
            yield first, second


def log_on(server: Slapd, dn: str):
    password = ["-y", str(server.password_file)]
    subprocess.run(["/usr/bin/ldapwhoami", "-x", "-H", server.ldap, "-D", dn, *password], check=True, capture_output=True)


def locked(roster):
    return sum(agent.standing is AccountStatus.LOCKED for agent in roster.agents.values())


def test_locks_that_end_by_themselves_are_dated_and_no_loss(guessed, authority):
    """G3: OpenLDAP dates the end of a lock, whoever ends it."""
    server, _ = guessed
    in_force = reading(server, authority).read()
    assert locked(in_force) == len(GUESSED)

    for dn in GUESSED:
        log_on(server, dn)
    roster = reading(server, authority, now=READ_AT + 300).read(in_force=in_force)

    assert (locked(roster), len(roster.agents)) == (0, PEOPLE + len(GUESSED))


def test_a_rule_that_hides_locks_alone_fails_the_reading(guessed, authority):
    """G3: only locked people had the attribute, and hiding it was taken for no loss: a disabled account would show no more."""
    server, _ = guessed
    in_force = reading(server, authority).read()

    with pytest.raises(DirectoryIncomplete, match=r"pwdAccountLockedTime, which 12 of 52 .*not changed.*directory accept`"):
        reading(server, authority, account=READER, now=READ_AT + 300).read(in_force=in_force)


def test_a_read_only_replica_does_not_date_the_end_of_a_lock_and_the_reading_says_so(guessed, authority):
    """G3: it keeps locks to itself. What cannot be told from a rule that hides them is not proof that they are over."""
    _, replica = guessed
    in_force = reading(replica, authority).read()

    for dn in GUESSED:
        log_on(replica, dn)

    with pytest.raises(DirectoryIncomplete, match=r"read-only replica .*`bascule directory accept`"):
        reading(replica, authority, now=READ_AT + 300).read(in_force=in_force)
    assert locked(reading(replica, authority).read()) == 0
