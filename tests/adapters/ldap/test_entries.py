"""An entry becomes an agent, or is rejected with a reason that tells an operator what to correct."""

import dataclasses
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.adapters.ldap.entries import MAX_CHARACTERS, Entry, agent_id_of, agent_of, asked_of
from provisioner.adapters.ldap.roster import roster_of
from provisioner.model.people.agents import AccountStatus, Agent
from provisioner.model.people.distinguished_names import group_name
from provisioner.settings.directory import DirectoryAttributes
from tests.builders.directory import READ_AT, an_entry

ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
OTHER_ID = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
NAMES = DirectoryAttributes(enabled="enabled", extra=("costCentre",))


def agent(**attributes) -> Agent:
    return agent_of(an_entry(**attributes), NAMES, now=READ_AT)


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        pytest.param(
            {},
            {"agent_id": ID, "login": "jdupont", "display_name": "Jean Dupont", "standing": AccountStatus.ACTIVE},
            id="the least",
        ),
        pytest.param({"entryUUID": ID.upper()}, {"agent_id": ID}, id="an id in capitals"),
        pytest.param({"displayName": None}, {"display_name": "jdupont"}, id="without a name: called by the login"),
        pytest.param({"displayName": "Zoé Lefèvre"}, {"display_name": "Zoé Lefèvre"}, id="accents"),
        pytest.param({"l": "Fontainebleau  "}, {"site": "Fontainebleau"}, id="blanks around a value"),
        pytest.param({"l": "Evry\u0301".encode()}, {"site": "Evrý"}, id="decomposed accents are composed"),
        pytest.param({"departmentNumber": ["Routes", "Culture"]}, {"department": "Routes"}, id="two departments: the first"),
        pytest.param({"departmentNumber": "Direction\u00a0A"}, {"department": "Direction\u00a0A"}, id="a French space"),
        pytest.param({"memberOf": ["CN=a,DC=x", "cn=b,dc=x"]}, {"groups": {"a", "b"}}, id="groups by name"),
        pytest.param({"memberOf": "teletravail"}, {"groups": {"teletravail"}}, id="a group without a DN"),
        pytest.param({"costCentre": ["12", "13"]}, {"attributes": {"costcentre": ("12", "13")}}, id="a further attribute"),
        pytest.param({"mail": ""}, {"mail": ""}, id="an empty value"),
        pytest.param({"enabled": "FALSE"}, {"standing": AccountStatus.DISABLED}, id="disabled"),
        pytest.param({"mail;lang-fr": "x@y"}, {"mail": ""}, id="an attribute with an option is another one"),
    ],
)
def test_accepted(attributes, expected):
    found = dataclasses.asdict(agent(**attributes))

    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        pytest.param({"entryUUID": None}, "has no entryUUID, so it has no permanent id", id="no id"),
        pytest.param({"entryUUID": [ID, OTHER_ID]}, "has 2 entryUUID, so it has no single", id="two ids"),
        pytest.param({"entryUUID": "4711"}, "entryUUID is not a UUID", id="an id that is no UUID"),
        pytest.param({"entryUUID": b"\xff" * 16}, "entryUUID is not a UUID", id="a binary id in a text attribute"),
        pytest.param({"uid": None}, "has no uid, and needs one to log on with", id="no login"),
        pytest.param({"uid": " "}, "has no uid, and needs one to log on with", id="a blank login"),
        pytest.param(
            {"uid": ["jeand", "dupontj"]},
            "has 2 uid, and needs one to log on with: select it with directory.attributes.login_pattern",
            id="two logins",
        ),
        pytest.param({"uid": "x" * 257}, "uid is not a login: it needs 1 to 256 printable characters", id="an over-long login"),
        pytest.param(
            {"uid": "a\u200bb"}, "uid is not a login: it needs 1 to 256 printable characters", id="an invisible letter"
        ),
        pytest.param({"uid": b"\xff\xd8"}, "uid is binary, not text", id="a binary login"),
        pytest.param({"departmentNumber": b"\xff\xd8\xff"}, "departmentNumber is binary, not text", id="a picture"),
        pytest.param({"displayName": "Jean\nDupont"}, "displayName contains control characters", id="a line in a name"),
        pytest.param(
            {"displayName": "x" * (MAX_CHARACTERS + 1)}, "displayName has 1025 characters, more than 1024", id="endless"
        ),
        pytest.param({"memberOf": ["cn=x"] * 2_001}, "memberOf has 2001 values, more than 2000", id="too many groups"),
        pytest.param({"memberOf;range=0-1499": "cn=x"}, "the server truncated memberOf", id="groups cut short by the server"),
        pytest.param({"enabled": "maybe"}, "enabled is 'maybe', which means neither enabled nor disabled", id="neither"),
    ],
)
def test_rejected_with_the_reason(attributes, reason):
    with pytest.raises(ValueError, match=r"has|is|contains|truncated") as caught:
        agent(**attributes)

    assert reason in str(caught.value)


def test_active_directorys_id_is_read_little_endian():
    names = DirectoryAttributes(agent_id="objectGUID")

    assert agent_of(an_entry(objectGUID=uuid.UUID(ID).bytes_le), names, now=READ_AT).agent_id == ID


@pytest.mark.parametrize("size", [0, 15, 17], ids=["empty", "a byte short", "a byte too many"])
def test_an_id_of_another_size_is_rejected(size):
    with pytest.raises(ValueError, match="objectGUID is not a UUID"):
        agent_of(an_entry(objectGUID=b"x" * size), DirectoryAttributes(agent_id="objectGUID"), now=READ_AT)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        pytest.param("cn=teletravail,ou=groups,dc=x", "teletravail", id="plain"),
        pytest.param("CN = Agents ,OU=x", "Agents", id="blanks"),
        pytest.param(r"CN=Télétravail\, tous,DC=x", "Télétravail, tous", id="an escaped comma"),
        pytest.param(r"cn=T\C3\A9l\c3\a9,dc=x", "Télé", id="escaped bytes"),
        pytest.param(r"cn=a\\b\2Bc,dc=x", r"a\b+c", id="escaped backslash and plus"),
        pytest.param("cn=a+ou=b,dc=x", "a", id="two parts in one"),
        pytest.param("teletravail", "teletravail", id="a name, no DN"),
        pytest.param("Service, annexe", "Service, annexe", id="a name with a comma"),
        pytest.param("cn=", "", id="nothing"),
    ],
)
def test_named(value, name):
    assert group_name(value) == name


def test_each_attribute_is_asked_for_once():
    names = DirectoryAttributes(
        login="mail", groups="", extra=("L", "title"), enabled="shadowExpire", account_state=("shadowexpire",)
    )

    asked = ("entryUUID", "mail", "displayName", "departmentNumber", "L", "shadowexpire", "title", "objectClass")
    assert asked_of(names) == asked


@pytest.mark.long
@given(st.dictionaries(st.sampled_from(["entryuuid", "uid", "displayname", "memberof", "enabled", "l"]), st.lists(st.binary())))
def test_arbitrary_bytes_make_an_agent_or_a_rejection(attributes):
    roster = roster_of([Entry(dn="cn=x", attributes=attributes)], NAMES, read_at=READ_AT)

    assert len(roster.agents) + len(roster.rejected) == 1


@pytest.mark.parametrize("value", ["12345", "UNIV-00042", "e.dupont@univ.example", "0"])
def test_an_id_is_any_stable_attribute(value):
    """C2: an employee number, which outlives the account."""
    assert agent_id_of(an_entry(supannEmpId=value), "supannEmpId") == value.lower()


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("", id="empty"),
        pytest.param("12|agent:somebody-else", id="a field of a note"),
        pytest.param("12\nbascule-note:v2|…", id="a line of a note"),
        pytest.param("../../etc/passwd", id="a path"),
        pytest.param("--by", id="an option"),
        pytest.param("é", id="a letter that is written in two ways"),
        pytest.param(b"\xff\xfe", id="binary"),
        pytest.param("\u202e123", id="written backwards"),
        pytest.param("1" * 65, id="too long"),
        pytest.param("12 34", id="a blank inside"),
    ],
)
def test_an_ambiguous_id_is_rejected_with_a_reason(value):
    """C2: the id is written into notes, the store and texts."""
    with pytest.raises(ValueError, match="employeeNumber cannot be an id: at most 64 letters"):
        agent_id_of(an_entry(employeeNumber=value), "employeeNumber")


@pytest.mark.parametrize(
    ("value", "same"),
    [("AB12", "ab12"), (ID.upper(), ID), (ID.replace("-", ""), ID), (" 42 ", "42")],
    ids=["case", "a UUID in capitals", "a UUID without hyphens", "blanks around it"],
)
def test_one_person_has_one_id_however_it_is_written(value, same):
    assert agent_id_of(an_entry(employeeNumber=value), "employeeNumber") == same


def test_a_uuid_of_microsoft_among_further_attributes_is_read_as_text():
    names = DirectoryAttributes(agent_id="employeeNumber", extra=("objectGUID",))
    entry = an_entry(employeeNumber="42", objectGUID=uuid.UUID(ID).bytes_le)

    assert agent_of(entry, names, now=READ_AT).attributes == {"objectguid": (ID,)}


@pytest.mark.parametrize(
    ("names", "standing"),
    [
        pytest.param({"agent_id": "employeeNumber"}, AccountStatus.DISABLED, id="an employee number tells no server"),
        pytest.param(
            {"agent_id": "employeeNumber", "login": "sAMAccountName"}, AccountStatus.DISABLED, id="a login of Microsoft's"
        ),
        pytest.param({"agent_id": "entryUUID"}, AccountStatus.ACTIVE, id="OpenLDAP's"),
    ],
)
def test_a_disabled_account_is_seen_under_any_id(names, standing):
    entry = an_entry(employeeNumber="42", sAMAccountName="jdupont", userAccountControl="514")

    assert agent_of(entry, DirectoryAttributes(**names), now=READ_AT).standing is standing
