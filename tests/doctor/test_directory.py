"""The doctor's findings on a directory: their texts and fixes."""

from dataclasses import replace

import pytest

from provisioner.adapters.ldap.server_facts import BaseFacts, ServerFacts, ServerKind, kind_of
from provisioner.doctor.directory import directory_fault, server
from provisioner.doctor.directory_people import attributes, criteria, identity, unseen, without_switches
from provisioner.doctor.findings import Finding, Grade
from provisioner.errors import DirectoryIncomplete, DirectoryRefused, DirectoryUnavailable
from provisioner.model.ids import AgentId, ProfileName
from provisioner.model.people.agents import Agent, Roster
from provisioner.model.people.profiles import Entitlement, Selection
from provisioner.reasons.reading import (
    BIND_REFUSED_AS,
    CERTIFICATE_REFUSED_BY_US,
    LIMITED,
    NO_TLS_CONNECTION,
    SIZE_LIMITED,
)
from provisioner.reasons.reason import act_of
from provisioner.settings.directory import DirectoryAttributes, DirectorySettings
from tests.builders.checkup import Checkup
from tests.builders.twin import a_spec

NOW = 1_584_342_000.0
DAY = 86_400.0
BASE = BaseFacts(base="ou=people,dc=example", filter="(uid=*)", attributes=frozenset({"uid", "departmentNumber", "cn"}))
FACTS = ServerFacts(
    url="ldaps://one",
    kind=ServerKind.OPENLDAP,
    tls="TLSv1.3",
    certificate_ends=NOW + 90 * DAY,
    bound_as="dn:cn=reader",
    paged=True,
    clock_ahead_s=0.4,
    bases=(BASE,),
)


def _faults(found: list[Finding]) -> list[tuple[Grade, str, str]]:
    return [(finding.grade, finding.text, finding.fix) for finding in found if finding.grade is not Grade.GOOD]


def test_a_server_as_it_should_be_has_no_fault():
    found = list(server(FACTS, now=NOW))

    assert _faults(found) == []
    assert [finding.text for finding in found] == [
        "OpenLDAP answers",
        "protected by TLSv1.3, certificate and name checked",
        "its certificate ends on 2020-06-14, in 90 days",
        "bound as dn:cn=reader",
        "its clock and ours differ by less than 60 s",
        "supports paged results",
    ]


@pytest.mark.parametrize(
    ("change", "grade", "text", "fix"),
    [
        pytest.param({"tls": ""}, Grade.DOUBTFUL, "passwords and names can be read on the network", "ldaps://", id="in clear"),
        pytest.param({"certificate_ends": NOW + 29 * DAY}, Grade.DOUBTFUL, "in 29 days", "renew it", id="certificate ends"),
        pytest.param({"bound_as": ""}, Grade.DOUBTFUL, "anonymous bind", "read-only account of its own", id="anonymous"),
        pytest.param({"clock_ahead_s": 61.0}, Grade.DOUBTFUL, "61 s ahead of ours", "NTP", id="its clock is ahead"),
        pytest.param({"clock_ahead_s": -301.0}, Grade.DOUBTFUL, "301 s behind ours", "NTP", id="its clock is behind"),
        pytest.param({"paged": False}, Grade.DOUBTFUL, "does not support paged results", "paged results", id="no pages"),
        pytest.param(
            {"paged": False, "bases": (replace(BASE, unpaged_limit=500),)},
            Grade.BAD,
            "after 500 entries, and does not support paged results",
            "raise the size limit",
            id="a size limit and no pages",
        ),
        pytest.param(
            {"bases": (replace(BASE, problem="noSuchObject"),)}, Grade.BAD, "noSuchObject", "correct the base", id="no base"
        ),
        pytest.param(
            {"bases": (replace(BASE, attributes=frozenset()),)},
            Grade.BAD,
            "nothing below 'ou=people,dc=example' matches (uid=*)",
            "correct the base or filter",
            id="an empty base",
        ),
    ],
)
def test_each_fault_of_a_server_is_reported_with_its_fix(change, grade, text, fix):
    (fault,) = _faults(list(server(replace(FACTS, **change), now=NOW)))

    assert fault[0] is grade
    assert text in fault[1]
    assert fix in fault[2]


def test_a_server_that_tells_no_time_and_no_name_is_no_fault():
    found = list(server(replace(FACTS, clock_ahead_s=None, bound_as=None), now=NOW))

    assert _faults(found) == []
    assert {
        "does not tell its time: the clocks cannot be compared",
        "bound as configured; the server does not name the account",
    } <= {finding.text for finding in found}


@pytest.mark.parametrize(
    ("kind", "version", "text"),
    [
        pytest.param(ServerKind.DS389, "2.4", "389 Directory Server 2.4 answers", id="known, with its version"),
        pytest.param(ServerKind.OTHER, "9", "an LDAP server of another kind 9 answers", id="unknown, with its version"),
        pytest.param(ServerKind.OTHER, "", "an LDAP server of another kind answers", id="it says nothing"),
    ],
)
def test_a_server_is_named_by_its_product(kind, version, text):
    first, *_ = server(replace(FACTS, kind=kind, version=version), now=NOW)

    assert first.text == text


@pytest.mark.parametrize(
    ("root", "kind"),
    [
        pytest.param({"objectclass": ("top", "OpenLDAProotDSE")}, ServerKind.OPENLDAP, id="OpenLDAP"),
        pytest.param({"supportedcapabilities": ("1.2.840.113556.1.4.800",)}, ServerKind.ACTIVE_DIRECTORY, id="Microsoft's"),
        pytest.param(
            {"supportedcapabilities": ("1.2.840.113556.1.4.800",), "vendorname": ("Samba Team (https://www.samba.org)",)},
            ServerKind.SAMBA,
            id="Samba",
        ),
        pytest.param({"vendorname": ("389 Project",)}, ServerKind.DS389, id="389"),
        pytest.param({}, ServerKind.OTHER, id="it says nothing"),
    ],
)
def test_servers_are_distinguished_by_their_root_entry(root, kind):
    assert kind_of(root) is kind


@pytest.mark.parametrize(
    ("error", "fix"),
    [
        pytest.param(DirectoryUnavailable("ldaps://one: no answer: refused"), "check directory.urls", id="no answer"),
        pytest.param(
            DirectoryUnavailable(NO_TLS_CONNECTION(why=CERTIFICATE_REFUSED_BY_US(said="certificate has expired"))),
            "renew the certificate",
            id="certificate",
        ),
        pytest.param(DirectoryUnavailable(NO_TLS_CONNECTION(why="WRONG_VERSION")), "speaks TLS", id="no TLS there"),
        pytest.param(DirectoryRefused(BIND_REFUSED_AS(account="cn=x", said="no")), "bind_dn and password", id="bind"),
        pytest.param(
            DirectoryIncomplete(LIMITED(limit=SIZE_LIMITED(), count=1, said="no")), "raise the size limit", id="size limit"
        ),
        pytest.param(DirectoryRefused("ldaps://one: refused: noSuchObject"), "correct the base", id="base"),
        pytest.param(DirectoryRefused("none of 12 entries is usable"), "base, filter and attributes", id="something else"),
    ],
)
def test_what_keeps_a_directory_from_being_read_has_a_fix(error, fix):
    fault = directory_fault(error)

    assert fault == str(error)
    assert fix in act_of(fault)


def _agent(number: int, **given: object) -> Agent:
    login = f"agent{number}"
    usual = {"agent_id": AgentId(login), "login": login, "display_name": f"Agent {number}", "mail": f"{login}@example.org"}
    usual |= {"department": "Routes", "site": "Melun", "groups": frozenset({"télétravail"}), "unit": "ou=people,dc=example"}
    return Agent(**{**usual, **given})


def _roster(*agents: Agent) -> Roster:
    return Roster(read_at=NOW, agents={agent.agent_id: agent for agent in agents})


DIRECTORY = DirectorySettings(base="dc=example", attributes=DirectoryAttributes(department="department"))


def test_an_attribute_that_some_lack_is_counted():
    roster = _roster(_agent(1), _agent(2, mail=""), _agent(3, mail=""))

    found = [(finding.grade, finding.text) for finding in attributes(DIRECTORY, roster, {"mail"})]

    assert found == [(Grade.GOOD, "2 of 3 agents have no mail")]


@pytest.mark.parametrize(
    ("known", "fix"),
    [
        pytest.param({"departmentNumber", "uid"}, "did you mean departmentNumber?", id="the other server's name for it"),
        pytest.param({"Departement"}, "did you mean Departement?", id="misspelt"),
        pytest.param({"department"}, "department exists, but is empty", id="there and empty"),
        pytest.param(set(), "correct the name, leave it empty, or let this account read it", id="nothing is known"),
    ],
)
def test_for_an_attribute_without_values_a_similar_name_is_suggested(known, fix):
    (finding,) = attributes(DIRECTORY, _roster(_agent(1, department="")), known)

    assert finding.text == "no agent has department (directory.attributes.department)"
    assert fix in finding.fix


@pytest.mark.parametrize(
    ("selection", "text", "fix"),
    [
        pytest.param(
            Selection(groups=frozenset({"teletravail"})),
            "no agent has the group 'teletravail'",
            "did you mean 'télétravail'?",
            id="an accent is missing",
        ),
        pytest.param(
            Selection(departments=frozenset({"Crèches"})),
            "no agent has the department 'Crèches'",
            "correct it, or wait",
            id="nothing is like it",
        ),
        pytest.param(
            Selection(units=frozenset({"ou=elus,dc=example"})),
            "no agent is below 'ou=elus,dc=example'",
            "it must lie below one of them",
            id="an empty unit",
        ),
        pytest.param(
            Selection(attributes=(("title", frozenset({"chef"})),)), "no agent has the title 'chef'", "correct it", id="extra"
        ),
    ],
)
def test_a_criterion_that_no_agent_meets_is_reported(selection, text, fix):
    (finding,) = criteria([("wave one", selection)], _roster(_agent(1)))

    assert (finding.subject, finding.text) == ("wave one", text)
    assert fix in finding.fix


def test_without_id_or_login_no_entry_is_an_agent():
    found = list(identity(DIRECTORY, {"sAMAccountName", "objectGUID", "cn"}))

    assert [(finding.grade, finding.fix) for finding in found] == [
        (Grade.BAD, "did you mean objectGUID?"),
        (Grade.BAD, "did you mean sAMAccountName?"),
    ]
    assert list(identity(DIRECTORY, {"UID", "entryuuid"})) == []
    assert list(identity(DIRECTORY, set())) == [], "no server could be looked at"


def test_a_disabling_attribute_without_values_is_reported():
    directory = DirectorySettings(base="dc=example", attributes=DirectoryAttributes(enabled="active"))

    (finding,) = without_switches(directory, known={"isActive", "uid"}, absent={"active"})

    assert finding.text.startswith("no entry has active")
    assert finding.fix == "did you mean isActive?"
    assert list(without_switches(directory, known={"isActive", "uid"}, absent=())) == [], "an entry has it, or nobody knows"


@pytest.mark.parametrize("name", ["entryDN", "entryid", "entryCSN", "parentid"])
def test_what_changes_with_each_move_is_proposed_as_nobodys_id(name):
    """G8."""
    settings = replace(DirectorySettings(), attributes=DirectoryAttributes(agent_id="entryd"))

    (finding,) = identity(settings, {name, "uid"})

    assert name not in finding.fix


@pytest.mark.parametrize(
    ("changed", "who", "named"),
    [
        pytest.param({}, Selection(), [], id="a directory may do without what nobody has named"),
        pytest.param({}, Selection(sites=frozenset({"Melun"})), ["l"], id="a selection needs it"),
        pytest.param({"site": "ville"}, Selection(), ["ville"], id="it was named"),
        pytest.param({"site": ""}, Selection(sites=frozenset({"Melun"})), [], id="it is not read"),
    ],
)
def test_check_names_attributes_that_were_named_or_are_needed(changed, who, named, tmp_path):
    """F19."""
    directory = DirectorySettings(base="dc=example", attributes=DirectoryAttributes(**changed))
    entitlements = (Entitlement(profile=ProfileName("standard"), who=who),)
    settings, _, _ = Checkup(spec=a_spec(), entitlements=entitlements, settings={"directory": directory}).site(tmp_path)

    found = list(unseen(settings, _roster(_agent(1, site="")), known=(), absent=()))

    assert [finding.text.split()[3] for finding in found] == named


def test_criteria_that_somebody_meets_are_not_mentioned():
    selection = Selection(groups=frozenset({"télétravail"}), sites=frozenset({"Melun"}), units=frozenset({"DC=example"}))

    assert list(criteria([("wave one", selection)], _roster(_agent(1)))) == []
