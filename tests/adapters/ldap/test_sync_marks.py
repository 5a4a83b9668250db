"""Changes after a sync mark, and the roster after reading them."""

import pytest

from provisioner.adapters.ldap.known_states import behind, changed_since, dated_mark, numbered_mark
from provisioner.adapters.ldap.roster import merge_changes, roster_of
from provisioner.model.people.agents import Roster
from provisioner.settings.directory import DirectoryAttributes
from tests.builders.directory import READ_AT, an_entry

ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
OTHER_ID = "7c9e6679-7425-40de-944b-e07fc1f90ae7"


def csn(time: str, origin: str = "000") -> str:
    return f"{time}.000000Z#000000#{origin}#000000"


EARLY, LATE = "20261124200000", "20261124210000"


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        pytest.param(numbered_mark("a", "41"), numbered_mark("a", "50"), "(uSNChanged>=42)", id="numbered"),
        pytest.param(numbered_mark("a", "41"), numbered_mark("a", "41"), "(uSNChanged>=42)", id="numbered: nothing new"),
        pytest.param(numbered_mark("a", "41"), numbered_mark("a", "40"), None, id="numbered: gone backwards"),
        pytest.param(numbered_mark("a", "41"), numbered_mark("b", "50"), None, id="numbered: another server, or restored"),
        pytest.param(numbered_mark("a", "9"), numbered_mark("a", "10"), "(uSNChanged>=10)", id="numbers, not texts"),
        pytest.param(
            dated_mark("u", "s", [csn(EARLY)]), dated_mark("u", "s", [csn(LATE)]), f"(entryCSN>={csn(EARLY)})", id="dated"
        ),
        pytest.param(dated_mark("u", "s", [csn(LATE)]), dated_mark("u", "s", [csn(EARLY)]), None, id="dated: gone backwards"),
        pytest.param(dated_mark("u", "s", [csn(EARLY)]), dated_mark("v", "s", [csn(LATE)]), None, id="dated: another server"),
        pytest.param(dated_mark("u", "s", [csn(EARLY)]), dated_mark("u", "t", [csn(LATE)]), None, id="dated: another tree"),
        pytest.param(
            dated_mark("u", "s", [csn(EARLY, "002"), csn(LATE, "001")]),
            dated_mark("u", "s", [csn(LATE, "001"), csn(LATE, "002")]),
            f"(entryCSN>={csn(EARLY, '002')})",
            id="dated: from the origin that is furthest behind",
        ),
        pytest.param(
            dated_mark("u", "s", [csn(EARLY, "001")]),
            dated_mark("u", "s", [csn(LATE, "001"), csn(EARLY, "002")]),
            None,
            id="dated: an origin that was not known",
        ),
        pytest.param(numbered_mark("a", "41"), dated_mark("u", "s", [csn(LATE)]), None, id="a server of another kind"),
    ],
)
def test_changed_since(then, now, expected):
    assert changed_since(then, now, read_at=READ_AT + 10**9) == expected


def test_a_clock_that_was_ahead_hides_no_change():
    """C12: changes dated before the last change, and after the last reading, are requested too."""
    ahead = dated_mark("u", "s", [csn("20310101000000")])

    assert changed_since(ahead, ahead, read_at=READ_AT) == "(entryCSN>=20200316065500.000000Z#000000#000#000000)"


@pytest.mark.parametrize(
    ("now", "in_force", "words"),
    [
        pytest.param(
            numbered_mark("a", "40"), numbered_mark("a", "41"), "its changes go to 40, those in force to 41", id="numbers"
        ),
        pytest.param(numbered_mark("a", "41"), numbered_mark("a", "41"), "", id="the same"),
        pytest.param(numbered_mark("b", "1"), numbered_mark("a", "41"), "", id="another domain controller numbers for itself"),
        pytest.param(
            dated_mark("v", "s", [csn(EARLY)]), dated_mark("u", "s", [csn(LATE)]), "2026-11-24 20:00:00 UTC", id="a replica"
        ),
        pytest.param(dated_mark("v", "s", [csn(LATE)]), dated_mark("u", "s", [csn(EARLY)]), "", id="a replica that is ahead"),
        pytest.param(dated_mark("v", "t", [csn(EARLY)]), dated_mark("u", "s", [csn(LATE)]), "", id="another tree"),
        pytest.param(
            dated_mark("v", "s", [csn(LATE, "001"), csn(EARLY, "002")]),
            dated_mark("u", "s", [csn(EARLY, "001"), csn(LATE, "002")]),
            "made on server 002",
            id="ahead of one writer, behind another",
        ),
        pytest.param(
            dated_mark("v", "s", [csn(LATE, "001")]),
            dated_mark("u", "s", [csn(EARLY, "001"), csn(EARLY, "002")]),
            "no change made on server 002",
            id="G5: a writer that it does not know",
        ),
        pytest.param(dated_mark("v", "s", [csn(LATE)]), numbered_mark("a", "41"), "", id="a server of another kind"),
    ],
)
def test_behind(now, in_force, words):
    """C7: only a state that is provably behind."""
    assert words in behind(now, in_force)
    assert bool(words) is bool(behind(now, in_force))


def read(*entries, at: float = READ_AT) -> Roster:
    return roster_of(entries, DirectoryAttributes(), read_at=at, source="ldaps://one")


OLD = read(an_entry("uid=a"), an_entry("uid=b", entryUUID=OTHER_ID, uid="b"), an_entry("uid=c", entryUUID="none"))


@pytest.mark.parametrize(
    ("changed", "logins"),
    [
        pytest.param([], ["jdupont", "b"], id="nothing"),
        pytest.param([an_entry("uid=a,ou=new", uid="jdurand")], ["jdurand", "b"], id="a rename and a move"),
        pytest.param([an_entry("uid=d", entryUUID=ID.replace("0f", "ff"), uid="d")], ["jdupont", "b", "d"], id="a newcomer"),
        pytest.param([an_entry("uid=a", uid="b"), an_entry("uid=b", entryUUID=OTHER_ID, uid="jdupont")], ["b", "jdupont"],
                     id="two logins exchanged"),
    ],
)  # fmt: skip
def test_changes_are_put_into_the_roster(changed, logins):
    whole = merge_changes(OLD, read(*changed, at=READ_AT + 300))

    assert [agent.login for agent in whole.agents.values()] == logins
    assert (whole.rejected, whole.read_at, whole.full_at) == (OLD.rejected, READ_AT + 300, READ_AT)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param([an_entry("uid=a", uid="b")], id="a login that somebody else has"),
        pytest.param([an_entry("uid=a", uid=None)], id="an entry that has become unusable"),
    ],
)
def test_an_unusual_change_needs_a_full_reading(changed):
    assert merge_changes(OLD, read(*changed)) is None


def test_a_changed_rejected_entry_needs_a_full_reading():
    both = read(an_entry("uid=a"), an_entry("uid=b", entryUUID=OTHER_ID))

    assert merge_changes(both, read(an_entry("uid=b", entryUUID=OTHER_ID, uid="b"))) is None
