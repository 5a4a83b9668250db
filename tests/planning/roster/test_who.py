"""G1: who is who under an id that was there before, and which desktops stay with whom."""

import sys
from collections import Counter
from dataclasses import replace

import pytest

from provisioner.model.guard import GuardRecord
from provisioner.model.people.agents import AccountStatus, Rejected
from provisioner.model.rules import Rules
from provisioner.model.scenario.scenarios import EVERYONE
from provisioner.planning.roster.cases import Case, case_of_group
from provisioner.planning.roster.changes import AcceptedState
from provisioner.planning.roster.guard import GuardBasis
from provisioner.planning.roster.judgement import Confirmed, judge_roster
from provisioner.planning.roster.who import who_is_who
from tests.builders.actions import an_agent_id
from tests.builders.cluster import NOW
from tests.builders.core import a_roster, an_agent
from tests.planning.roster.test_guard import FOR_ALL

RULES = Rules(entitlements=FOR_ALL, scenario=EVERYONE)
ID = an_agent_id(1)
JEANNE = an_agent(
    1, login="jdupont", display_name="Jeanne Dupont", mail="jeanne.dupont@x.example", unit="ou=roads,o=x", department="Roads"
)
PAUL = an_agent(2, login="pmartin", display_name="Paul Martin", mail="paul.martin@x.example", unit="ou=social,o=x")
MADE = ("entryuuid", ("3f0c",))


def a_person(number, **changed):
    """Nobody shares anything with anybody."""
    values = {
        "login": f"login{number}x",
        "display_name": f"First{number} Last{number}",
        "mail": f"m{number}x@x.example",
        "unit": "ou=a,o=x",
    }
    return an_agent(number, **{**values, **changed})


def a_state(*accepted, made=False, owners=None, **changed):
    """Ids that people type, unless `made`; everybody owns a desktop."""
    roster = a_roster(accepted)
    values = {"accepted": roster, "rules": RULES, "ids_are_made": made}
    return AcceptedState(**{**values, "owners": frozenset(roster.agents if owners is None else owners), **changed})


def cases(reading, state, **changed):
    return {other.agent_id: other.case for other in who_is_who(a_roster(reading), state, **changed).others}


def judge(reading, state, **changed):
    return judge_roster(a_roster(reading), RULES, GuardBasis(in_force=state), now=NOW, **changed)


def under(agent, number):
    """The same entry under another id."""
    return replace(agent, agent_id=an_agent_id(number))


ALL_ELSE = {"login": "jleroy", "display_name": "Jeanne Leroy", "mail": "jeanne.leroy@x.example"}
SOMEBODY = {"login": "kroux", "display_name": "Karim Roux", "mail": "karim.roux@x.example", "unit": "ou=schools,o=x"}


@pytest.mark.parametrize(
    ("changed", "typed", "made"),
    [
        pytest.param({}, None, None, id="nothing"),
        pytest.param({"unit": "ou=a", "department": "b", "site": "c"}, None, None, id="a reorganisation"),
        pytest.param({"mail": "jdupont@new.example"}, None, None, id="another mail domain"),
        pytest.param({"login": "dupont.j"}, None, None, id="another form of logins"),
        pytest.param(
            {"login": "dupont.j", "mail": "j.dupont@new.example"}, None, None, id="both, and the name is nobody else's"
        ),
        pytest.param({"display_name": "Jeanne Leroy"}, None, None, id="a marriage, login and mailbox kept"),
        pytest.param({"display_name": "Jeanne Leroy", "mail": "jl@x.example"}, None, None, id="a marriage, login kept"),
        pytest.param({"display_name": "Jeanne Leroy", "login": "jleroy"}, None, None, id="a marriage, mailbox kept"),
        pytest.param(ALL_ELSE, Case.UNCLEAR, None, id="a marriage, and all else follows the name"),
        pytest.param({**ALL_ELSE, "display_name": "J. Leroy"}, Case.UNCLEAR, None, id="only the unit is as before"),
        pytest.param(SOMEBODY, Case.ANOTHER, None, id="somebody else"),
        pytest.param({**SOMEBODY, "mail": JEANNE.mail}, Case.ANOTHER, None, id="a mailbox that is handed on"),
        pytest.param({"login": "kroux", "display_name": "", "mail": ""}, Case.UNCLEAR, None, id="nothing but another login"),
        pytest.param({"display_name": "", "mail": ""}, None, None, id="nothing but the same login"),
    ],
)
def test_enough_of_a_person_stays_or_it_is_held(changed, typed, made):
    """G1: under an id that people type; under one that the server makes it is a rename."""
    now = [replace(JEANNE, **changed), PAUL]

    assert cases(now, a_state(JEANNE, PAUL)) == ({} if typed is None else {ID: typed})
    assert cases(now, a_state(JEANNE, PAUL, made=True)) == ({} if made is None else {ID: made})


@pytest.mark.parametrize(
    ("before", "now"),
    [
        pytest.param({"attributes": {"employeenumber": ("77",)}}, {"attributes": {"employeenumber": ("77",)}}, id="a number"),
        pytest.param({"attributes": dict([MADE])}, {"attributes": dict([MADE])}, id="the id of the server"),
    ],
)
def test_a_third_trait_proves_a_person_whose_name_login_and_mailbox_have_changed(before, now):
    """G1: a marriage where `agent_id` is typed, and `extra` names what the server makes."""
    assert cases([replace(JEANNE, **ALL_ELSE, **now), PAUL], a_state(replace(JEANNE, **before), PAUL)) == {}


def test_a_number_that_is_the_id_or_two_peoples_proves_nothing():
    """G1."""
    itself = {"attributes": {"employeenumber": (ID,)}}
    shared = {"attributes": {"employeenumber": ("7",)}}

    for numbers in (itself, shared):
        now = [replace(JEANNE, **SOMEBODY, **numbers), replace(PAUL, **shared)]
        assert cases(now, a_state(replace(JEANNE, **numbers), replace(PAUL, **shared))) == {ID: Case.ANOTHER}


@pytest.mark.parametrize("login", ["agent-0001", "e0001x"])
def test_a_login_made_of_the_id_came_with_it(login):
    """G1: who gets the number gets the login, too."""
    before = replace(JEANNE, agent_id=an_agent_id(1234), login=login.replace("0001", "1234"))
    now = replace(before, display_name="Jeanne Leroy", mail="jeanne.leroy@x.example")

    assert cases([now], a_state(before)) == {before.agent_id: Case.UNCLEAR}


def test_a_name_that_others_have_too_proves_nothing():
    """G1."""
    namesake = replace(PAUL, display_name=JEANNE.display_name)
    now = replace(JEANNE, login="jd3", mail="jd3@x.example")

    assert cases([now, namesake], a_state(JEANNE, namesake)) == {ID: Case.UNCLEAR}


def test_a_mailbox_of_an_office_proves_nothing():
    """G1: the number of a leaver is given to a colleague with the same first name; both read the office's mail."""
    office = {"mail": "roads@x.example"}
    now = replace(JEANNE, login="jleroy", display_name="Jeanne Leroy", **office)

    assert cases([now, replace(PAUL, **office)], a_state(replace(JEANNE, **office), replace(PAUL, **office))) == {
        ID: Case.UNCLEAR
    }


@pytest.mark.parametrize("made", [False, True])
def test_two_who_exchange_the_only_trait_that_there_is_are_held(made):
    """G1: a directory without names and mailboxes, and an id that the server makes."""
    people = [an_agent(number, login=f"login{number}x", display_name="", mail="") for number in (1, 2, 3)]

    judged = judge([under(people[0], 2), under(people[1], 1), people[2]], a_state(*people, made=made))

    assert judged.verdict.roster.agents == {person.agent_id: person for person in people}


@pytest.mark.parametrize("made", [False, True])
def test_two_who_exchange_everything_are_held_whatever_makes_the_ids(made):
    """G1: an import that slipped by a row also writes to entries with an entryUUID."""
    state = a_state(JEANNE, PAUL, made=made)
    now = [under(JEANNE, 2), under(PAUL, 1)]

    who = who_is_who(a_roster(now), state)

    assert {other.agent_id: other.case for other in who.others} == {ID: Case.SWAPPED, PAUL.agent_id: Case.SWAPPED}
    assert [other.known_as for other in who.others] == [PAUL, JEANNE]
    assert judge(now, state).verdict.roster.agents == {ID: JEANNE, PAUL.agent_id: PAUL}


@pytest.mark.parametrize("made", [False, True])
@pytest.mark.parametrize("by", [1, -1])
@pytest.mark.parametrize("number", [2, 3, 60, 500])
def test_ids_that_slip_by_a_row_move_no_desktop(made, by, number):
    """G1: one id falls out, one is new; few are held by name, many are quarantined with the sum."""
    people = [a_person(n) for n in range(1, number + 1)]
    state = a_state(*people, made=made)

    judged = judge([under(person, n + by) for n, person in enumerate(people, 1)], state)

    assert len(judged.who.others) == number - 1
    assert len(judged.who.recreated.pairs) == 1, "the person at the end is there under a new id"
    if number <= 3:
        assert judged.verdict.roster.agents == {person.agent_id: person for person in people}
        assert judged.verdict.quarantine is None
    else:
        assert judged.verdict.roster is None
        text = f"{number - 1} of {number} entitled agents would be other people under the same id; the limit is"
        assert text in judged.verdict.quarantine.reason


def test_a_number_given_again_while_the_desktop_is_there_waits():
    """G1: the leaver stays a leaver, the newcomer gets nothing of theirs, and the ladder goes on."""
    left = replace(a_roster([PAUL]), departed={ID: JEANNE})
    state = a_state(PAUL, accepted=left, owners={ID, PAUL.agent_id})
    newcomer = replace(JEANNE, **SOMEBODY)

    judged = judge([PAUL, newcomer], state)

    roster = judged.verdict.roster
    assert (roster.agents, roster.departed) == ({PAUL.agent_id: PAUL}, {ID: JEANNE})
    (entry,) = roster.rejected
    assert (entry.agent_id, entry.same_as, entry.is_other_person) == (ID, (ID,), True)
    assert "`bascule directory distinct agent-0001` if it is somebody else" in entry.reason


def test_who_comes_back_under_the_own_number_is_no_other():
    """G1."""
    left = replace(a_roster([PAUL]), departed={ID: JEANNE})

    judged = judge([PAUL, replace(JEANNE, mail="")], a_state(PAUL, accepted=left, owners={ID, PAUL.agent_id}))

    assert judged.verdict.roster.agents.keys() == {ID, PAUL.agent_id}
    assert not judged.who


def test_who_owns_no_desktop_may_become_anybody():
    """G1."""
    assert cases([replace(JEANNE, **SOMEBODY)], a_state(JEANNE, owners=())) == {}


def test_an_order_says_that_it_is_the_same_person():
    """G1: `rekey --renamed`."""
    now = replace(JEANNE, **ALL_ELSE)

    judged = judge([now, PAUL], a_state(JEANNE, PAUL), confirmed=Confirmed(renamed={ID}))

    assert (judged.verdict.roster.agents[ID], judged.who.others) == (now, ())


def test_who_is_held_stays_held_and_is_counted_once():
    """G1: twenty numbers given again in a month are twenty cases, and no quarantine."""
    people = [a_person(n) for n in range(1, 41)]
    now = [
        replace(
            person,
            **SOMEBODY,
        )
        if n < 10
        else person
        for n, person in enumerate(people)
    ]
    now = [replace(each, login=f"{each.login}{n}", mail=f"{n}{each.mail}") if n < 10 else each for n, each in enumerate(now)]
    state = a_state(*people)
    first = judge(now, state)
    assert first.verdict.quarantine is not None

    held = tuple(
        Rejected(entry="x", reason="y", agent_id=person.agent_id, same_as=(person.agent_id,)) for person in people[:10]
    )
    again = judge(now, a_state(*people, accepted=replace(a_roster(people), rejected=held)))

    assert (again.verdict.quarantine, len(again.who.others)) == (None, 10)
    assert again.verdict.roster.agents == {person.agent_id: person for person in people}


def test_the_cases_of_new_ids_are_named():
    """G1."""
    assert [case_of_group(*counts) for counts in ((1, 1), (2, 1), (1, 2), (2, 2))] == [
        Case.RECREATED,
        Case.MERGED,
        Case.SPLIT,
        Case.UNCLEAR,
    ]


@pytest.mark.long
@pytest.mark.parametrize("made", [False, True])
def test_the_work_grows_with_the_people_and_no_faster(made):
    """G1: everybody has another login and mail domain; or everybody another number."""

    def calls(count: int, *, shift: bool) -> int:
        people = [a_person(n) for n in range(1, count + 1)]
        state = a_state(*people, made=made)
        renamed = [replace(each, login=f"n.{each.login}", mail=f"{each.login}@new.example") for each in people]
        roster = a_roster([under(each, n + 1) for n, each in enumerate(people, 1)] if shift else renamed)
        counted = Counter[str]()
        sys.setprofile(lambda frame, event, arg: counted.update([event]))
        try:
            judged = judge_roster(roster, RULES, GuardBasis(in_force=state, record=GuardRecord()), now=NOW)
        finally:
            sys.setprofile(None)
        assert len(judged.who.others) == (count - 1 if shift else 0)
        return counted.total()

    for shift in (False, True):
        assert calls(1_000, shift=shift) < 11 * calls(100, shift=shift)


@pytest.mark.parametrize(
    ("changed", "held"),
    [
        pytest.param({"login": "jdupont2"}, True, id="the same name and mailbox: a second tree"),
        pytest.param({"login": "dupont.j", "mail": "jd@new.example"}, True, id="G4: the name and the unit"),
        pytest.param({"login": "j2", "mail": "j@y.example", "unit": "ou=a", "department": "b"}, False, id="a namesake"),
        pytest.param(SOMEBODY, False, id="somebody else"),
    ],
)
def test_a_newcomer_beside_an_owner_who_seems_to_be_the_same_gets_no_second_desktop(changed, held):
    """G1: two trees that become one; an operator says `distinct` of a second account, or a namesake in one unit."""
    second = replace(under(JEANNE, 9), **changed)

    judged = judge([JEANNE, PAUL, second], a_state(JEANNE, PAUL))

    assert [pair.new for pair in judged.who.twice] == ([second] if held else [])
    assert (second.agent_id in judged.verdict.roster.agents) is not held
    if held:
        (entry,) = judged.verdict.roster.rejected
        assert (entry.same_as, entry.is_other_person) == ((ID,), False)
        again = judge([JEANNE, PAUL, second], a_state(JEANNE, PAUL), confirmed=Confirmed(distinct={second.agent_id}))
        assert second.agent_id in again.verdict.roster.agents


@pytest.mark.parametrize(
    ("old", "came", "held"),
    [
        pytest.param(None, True, True, id="gone, and the new entry came some days ago"),
        pytest.param({"standing": AccountStatus.DISABLED}, True, True, id="disabled, and the new entry came some days ago"),
        pytest.param({}, True, False, id="still there"),
        pytest.param(None, False, False, id="both have long been there"),
    ],
)
def test_who_is_replaced_step_by_step_is_the_same_person(old, came, held):
    """G4: the new entry came first, without a word of the old one, and has a desktop by now."""
    new = under(replace(JEANNE, login="dupont.j", mail="jd@new.example", unit="ou=new", department=""), 9)
    state = a_state(JEANNE, PAUL, new, came=frozenset({new.agent_id} if came else ()))

    judged = judge([new, PAUL, *([] if old is None else [replace(JEANNE, **old)])], state)

    assert [(pair.old.agent_id, pair.new.agent_id) for pair in judged.who.recreated.pairs] == (
        [(ID, new.agent_id)] if held else []
    )
    if held:
        assert judged.verdict.roster.agents == {ID: JEANNE, PAUL.agent_id: PAUL, new.agent_id: new}


def test_a_migration_by_batches_makes_pairs():
    """G4: new ids, logins and mail domains; some of the names are two people's, some people have numbers."""
    people = [a_person(n) for n in range(1, 101)]
    people[1] = replace(people[1], display_name=people[0].display_name)
    people[3] = replace(people[3], display_name=people[2].display_name)
    numbered = {n: {"attributes": {"employeenumber": (f"n{n}",)}} for n in (2, 3)}
    people = [replace(each, **numbered.get(n, {})) for n, each in enumerate(people)]
    now = [under(replace(each, login=f"n.{n}", mail=f"n.{n}@new.example"), 500 + n) for n, each in enumerate(people[:8])]

    judged = judge([*now, *people[8:]], a_state(*people, made=True))

    assert {(pair.old.agent_id, pair.new.agent_id) for pair in judged.who.recreated.pairs} == {
        (people[n].agent_id, now[n].agent_id) for n in range(2, 8)
    }
    assert [(len(group.old), len(group.new)) for group in judged.who.recreated.unclear] == [(2, 2)]
