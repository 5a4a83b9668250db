"""G3: an attribute that nobody has any more, on a real OpenLDAP server: opened, left, or hidden by a rule of access."""

from collections.abc import Iterator

import pytest

from provisioner.adapters.ldap.ldif import write_ldif
from provisioner.demo.people import PEOPLE_BASE, SUFFIX, demo_people, write_server_ldif
from provisioner.errors import DirectoryIncomplete
from provisioner.model.agents import AccountStatus
from tests.adapters.ldap.town_ldif import record
from tests.builders.directory import SERVED_AT, a_directory
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
