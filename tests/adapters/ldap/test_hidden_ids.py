"""C1: an access rule of a real OpenLDAP server hides the ids of a department from the reading account: nobody has left."""

from collections.abc import Iterator

import pytest

from provisioner.demo.people import SUFFIX, demo_people, write_server_ldif
from provisioner.model.people.profiles import Entitlement, Selection
from provisioner.model.rules import Rules
from provisioner.model.scenario.scenarios import EVERYONE
from provisioner.planning.roster.changes import AcceptedState
from provisioner.planning.roster.guard import GuardBasis, weigh_reading
from tests.builders.cluster import NOW, OFFICE
from tests.builders.directory import a_directory
from tests.servers.certificates import Authority
from tests.servers.slapd import PASSWORD, READER, Slapd, slapd

pytestmark = pytest.mark.real

PEOPLE = 200
HIDDEN = sum(person.department == "Routes" for person in demo_people(PEOPLE))
RULES = Rules(entitlements=(Entitlement(profile=OFFICE, who=Selection()),), scenario=EVERYONE)
WHOLE = f"cn=root,{SUFFIX}"
"""An account exempt from the rule, like the reader before the rule existed."""


@pytest.fixture(scope="module", params=["entryUUID", "entryUUID,uid"], ids=["the id", "id and login"])
def server(request, tmp_path_factory, authority: Authority) -> Iterator[Slapd]:
    home = tmp_path_factory.mktemp("hidden")
    write_server_ldif(home / "people.ldif", PEOPLE)
    rule = f"access to filter=(departmentNumber=Routes) attrs={request.param} by * none"
    with slapd(home / "server", certificate=authority.issue("server"), ldif=home / "people.ldif", access=rule) as server:
        yield server


def test_who_is_listed_with_a_hidden_id_has_not_left(server: Slapd, authority: Authority):
    """C1."""
    usual = {"urls": (server.ldaps,), "ca_file": authority.ca_file, "password": PASSWORD, "receive_timeout_s": 10.0}
    before = a_directory(**usual, bind_dn=WHOLE).read()
    now = a_directory(**usual, bind_dn=READER, page_size=100).read()
    assert (len(before.agents), len(now.agents), len(now.rejected)) == (PEOPLE, PEOPLE - HIDDEN, HIDDEN)
    assert HIDDEN > 10

    verdict = weigh_reading(now, RULES, GuardBasis(in_force=AcceptedState(accepted=before, rules=RULES)), now=NOW)

    assert (verdict.quarantine, verdict.changes.left) == (None, ())
    assert verdict.merged.agents.keys() == before.agents.keys()
    assert {entry.agent_id for entry in verdict.merged.rejected} == before.agents.keys() - now.agents.keys()
    assert all(entry.reason.endswith("; the agent stays as last accepted") for entry in verdict.merged.rejected)
