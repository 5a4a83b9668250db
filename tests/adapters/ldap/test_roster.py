"""Entries become a roster: duplicates are rejected, and unusable entries are still known to exist."""

import itertools

import pytest

from provisioner.adapters.ldap.roster import roster_of
from provisioner.model.people.agents import Rejected, Roster
from provisioner.settings.directory import DirectoryAttributes
from tests.builders.directory import READ_AT, an_entry

ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
OTHER_ID = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
THIRD = {"entryUUID": "11111111-7425-40de-944b-e07fc1f90ae7", "uid": "third"}


def roster(*entries) -> Roster:
    return roster_of(entries, DirectoryAttributes(), read_at=READ_AT, source="ldaps://one")


@pytest.mark.parametrize(
    ("second", "same", "ids"),
    [
        pytest.param({"entryUUID": OTHER_ID}, "login jdupont", [ID, OTHER_ID], id="the login twice"),
        pytest.param({"entryUUID": OTHER_ID, "uid": "JDUPONT"}, "login jdupont", [ID, OTHER_ID], id="in capitals"),
        pytest.param({"uid": "other"}, f"id {ID}", [ID, ID], id="the id twice"),
    ],
)
def test_all_who_are_alike_are_rejected_in_whatever_order_they_come(second, same, ids):
    entries = [an_entry("cn=one"), an_entry("cn=two", **second), an_entry("cn=three", **THIRD)]

    results = {(found.rejected, tuple(found.agents)) for found in (roster(*some) for some in itertools.permutations(entries))}

    ((rejected, agents),) = results
    assert agents == (THIRD["entryUUID"],)
    assert [(entry.entry, entry.agent_id) for entry in rejected] == list(zip(["cn=one", "cn=two"], ids, strict=True))
    assert rejected[0].reason == f"has the same {same} as cn=two: correct the directory"


def test_hundreds_of_duplicates_are_reported_in_one_line():
    found = roster(*(an_entry(f"cn={n:03}", entryUUID=f"{n:08x}-0000-4000-8000-000000000000") for n in range(500)))

    assert found.agents == {}
    assert found.rejected[9].reason.startswith("has the same login jdupont as cn=000 and cn=001 and cn=002 and 496 others: ")


def test_an_entry_below_two_bases_counts_once():
    assert len(roster(an_entry("uid=a,ou=People, dc=x"), an_entry("UID=a,ou=people,dc=x")).agents) == 1


def test_an_unusable_entry_keeps_its_id():
    found = roster(an_entry("cn=one", uid=None), an_entry("cn=two", entryUUID=None))

    assert found.rejected == (
        Rejected(entry="cn=one", reason="has no uid, and needs one to log on with", agent_id=ID),
        Rejected(entry="cn=two", reason="has no entryUUID, so it has no permanent id", login="jdupont"),
    )


def test_why_an_entry_is_no_agent_has_a_code_and_says_what_it_is_about():
    (entry,) = roster(an_entry("cn=one", uid=None)).rejected
    alike = roster(*(an_entry(f"cn={n}", entryUUID=f"{n:08x}-0000-4000-8000-000000000000") for n in range(2))).rejected

    assert (entry.reason.code, entry.reason.arguments) == ("login_missing", {"name": "uid"})
    assert [(each.reason.code, each.reason.arguments["others"]) for each in alike] == [
        ("login_shared", "cn=1"),
        ("login_shared", "cn=0"),
    ]


def test_one_bad_entry_does_not_cost_the_others():
    found = roster(an_entry("cn=bad", uid=None, entryUUID=OTHER_ID), an_entry("cn=good"))

    assert ([agent.login for agent in found.agents.values()], len(found.rejected)) == (["jdupont"], 1)


def test_a_roster_says_where_and_when_it_was_read():
    found = roster(an_entry())

    assert (found.source, found.read_at, found.full_at, found.mark) == ("ldaps://one", READ_AT, READ_AT, None)
