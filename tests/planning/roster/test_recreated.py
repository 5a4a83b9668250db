"""People recreated under a new id, and the verdict on such a reading."""

from dataclasses import replace

import pytest

from provisioner.model.ids import AgentId
from provisioner.model.intents import Rekey
from provisioner.model.people.agents import Rejected
from provisioner.model.rules import Rules
from provisioner.model.scenario.scenarios import EVERYONE
from provisioner.planning.roster.changes import AcceptedState
from provisioner.planning.roster.guard import GuardBasis
from provisioner.planning.roster.judgement import Confirmed
from provisioner.planning.roster.judgement import judge_roster as judge_all
from provisioner.planning.roster.matching import listed_as, match_recreated
from provisioner.planning.roster.who import who_is_who
from tests.builders.actions import an_agent_id
from tests.builders.cluster import NOW
from tests.builders.core import a_roster, an_agent
from tests.planning.roster.test_guard import FOR_ALL

RULES = Rules(entitlements=FOR_ALL, scenario=EVERYONE)
JEAN = an_agent(1, login="jdupont", display_name="Jean Dupont", mail="jean.dupont@x.example")
NEW = AgentId("new-1")
OTHER = an_agent(2, login="zoe", display_name="Zoé Durand", mail="zoe.durand@x.example")


def a_basis(*accepted, owners=None, **changed):
    ids = {agent.agent_id for agent in accepted} if owners is None else owners
    values = {"accepted": a_roster(accepted), "owners": frozenset(ids), "rules": RULES}
    return GuardBasis(in_force=AcceptedState(**{**values, **changed}))


def judge(reading, basis, **changed):
    return judge_all(reading, RULES, basis, **changed)


def recreated_in(reading, in_force):
    return who_is_who(reading, in_force).recreated


def found(reading, *accepted, **changed):
    return recreated_in(a_roster(reading), a_basis(*accepted, **changed).in_force)


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        pytest.param({}, ("login", "name", "mail"), id="all is as it was"),
        pytest.param({"login": "JDupont"}, ("login", "name", "mail"), id="the case of a login says nothing"),
        pytest.param({"display_name": "DUPONT, Jean"}, ("login", "name", "mail"), id="a name in another order"),
        pytest.param({"mail": ""}, ("login", "name"), id="no mail address yet"),
        pytest.param({"display_name": "Jean Martin"}, ("login", "mail"), id="another surname"),
        pytest.param({"login": "jean.dupont"}, ("name", "mail"), id="another form of logins"),
        pytest.param({"display_name": "jdupont", "mail": ""}, ("login",), id="nothing but the login, and nothing against it"),
        pytest.param({"display_name": "Julie Dupont", "mail": ""}, None, id="the login was given to somebody else"),
        pytest.param({"login": "jd2", "mail": "x@x.example"}, ("name",), id="G4: a name that nobody else has"),
        pytest.param(
            {"login": "jd2", "display_name": "Info", "mail": "jean.dupont@x.example"}, None, id="a mail address handed on"
        ),
    ],
)
def test_two_equal_values_or_an_uncontradicted_login_identify_a_person(changes, same):
    """C2."""
    again = replace(JEAN, agent_id=NEW, **changes)

    pairs = found([again, OTHER], JEAN, OTHER).pairs

    assert [pair.same for pair in pairs] == ([] if same is None else [same])
    assert [(pair.old.agent_id, pair.new.agent_id) for pair in pairs] == ([] if same is None else [(JEAN.agent_id, NEW)])


@pytest.mark.parametrize(
    ("reading", "accepted", "changed"),
    [
        pytest.param(
            [JEAN, replace(JEAN, agent_id=NEW, login="jdupont.adm")],
            [JEAN, replace(JEAN, agent_id=NEW, login="jdupont.adm")],
            {"owners": {JEAN.agent_id}},
            id="a second account that has long been there beside the first",
        ),
        pytest.param([replace(JEAN, agent_id=NEW)], [JEAN], {"owners": set()}, id="who had no desktop leaves and joins"),
        pytest.param([replace(JEAN, agent_id=NEW)], [JEAN], {"owners": {JEAN.agent_id, NEW}}, id="the new one has a desktop"),
        pytest.param(
            [replace(JEAN, agent_id=NEW, login="jdupont.adm")],
            [JEAN, replace(JEAN, agent_id=NEW, login="jdupont.adm")],
            {"owners": {JEAN.agent_id}},
            id="who had two accounts has left, and the other one stays a day",
        ),
    ],
)
def test_entries_that_match_no_earlier_agent(reading, accepted, changed):
    """C2."""
    assert not found(reading, *accepted, **changed)


def test_an_unusable_entry_is_there():
    """C2: it has not left, so no new entry can be the same person."""
    reading = replace(
        a_roster([replace(JEAN, agent_id=NEW)]), rejected=(Rejected(entry="x", reason="y", agent_id=JEAN.agent_id),)
    )

    assert not recreated_in(reading, a_basis(JEAN).in_force)


def test_of_two_candidates_the_likelier_is_the_person():
    """C2: the person's administrator account, created on the same day, has the same name and mail address."""
    again, admin = replace(JEAN, agent_id=NEW), replace(JEAN, agent_id=AgentId("new-2"), login="jdupont.adm")

    assert [pair.new.agent_id for pair in found([admin, again], JEAN).pairs] == [NEW]


def test_twins_are_unclear_and_neither_is_made_anything_for():
    """C2: two old agents for a new entry, and the reverse."""
    twin = replace(JEAN, agent_id=an_agent_id(3), login="jdupont2", mail="")
    old = [replace(JEAN, mail="", login="a"), replace(twin, login="b", display_name=JEAN.display_name)]
    again = replace(JEAN, agent_id=NEW, login="c", mail="")
    accepted = [replace(agent, mail="j@x.example") for agent in old]

    basis = a_basis(*accepted)
    reading = a_roster([replace(again, mail="j@x.example")])

    recreated = recreated_in(reading, basis.in_force)
    assert [
        ([agent.agent_id for agent in group.old], [agent.agent_id for agent in group.new]) for group in recreated.unclear
    ] == [([JEAN.agent_id, an_agent_id(3)], [NEW])]
    roster = judge(reading, basis, now=NOW).verdict.roster
    assert roster.agents.keys() == {JEAN.agent_id, an_agent_id(3)}
    assert [(entry.agent_id, entry.same_as) for entry in roster.rejected] == [(NEW, (JEAN.agent_id, an_agent_id(3)))]


def test_a_leaver_who_returns_under_a_new_id_is_recognised():
    """C2, C11: a desktop on the ladder still names its agent."""
    gone = replace(a_roster([OTHER]), departed={JEAN.agent_id: JEAN})
    basis = a_basis(owners={JEAN.agent_id, OTHER.agent_id}, accepted=gone)

    judged = judge(a_roster([OTHER, replace(JEAN, agent_id=NEW)]), basis, now=NOW)

    assert [pair.old for pair in judged.who.recreated.pairs] == [JEAN]
    assert judged.verdict.roster.agents == {OTHER.agent_id: OTHER, JEAN.agent_id: JEAN}
    assert judged.verdict.roster.departed == {}


def test_what_an_operator_says_counts():
    """C2: `distinct`."""
    judged = judge(
        a_roster([OTHER, replace(JEAN, agent_id=NEW)]), a_basis(JEAN, OTHER), now=NOW, confirmed=Confirmed(distinct={NEW})
    )

    assert judged.verdict.roster.agents.keys() == {OTHER.agent_id, NEW}
    assert judged.verdict.roster.departed == {JEAN.agent_id: JEAN}


def test_a_held_reading_judged_again_comes_to_the_same():
    """C2: the next reading lists the same entries."""
    reading = a_roster([OTHER, replace(JEAN, agent_id=NEW)])
    first = judge(reading, a_basis(JEAN, OTHER), now=NOW).verdict
    before = a_basis(JEAN, OTHER)
    after = replace(before, in_force=replace(before.in_force, accepted=first.roster), record=first.record)
    again = judge(reading, after, now=NOW).verdict

    assert (again.roster, again.record.left, again.record.joined) == (first.roster, {}, {})


# -- by what an operator names ---------------------------------------------------------------------------------------------


def numbered(agent, number, **changed):
    return replace(agent, attributes={"employeenumber": (number,)}, **changed)


def test_people_are_found_by_an_attribute_whatever_else_has_changed():
    """C2."""
    reading = a_roster([numbered(JEAN, "7", agent_id=NEW, login="x", display_name="y", mail=""), numbered(OTHER, "8")])

    recreated = match_recreated(
        reading, a_roster([numbered(JEAN, "7"), numbered(OTHER, "8")]), {JEAN.agent_id}, by="employeeNumber"
    )

    assert [(pair.old.agent_id, pair.new.agent_id, pair.same) for pair in recreated.pairs] == [
        (JEAN.agent_id, NEW, ("employeeNumber", "number"))
    ]


def test_people_are_found_by_the_old_id_without_any_roster():
    """C2: `agent_id` was changed, and the store lost."""
    reading = a_roster([replace(JEAN, agent_id=NEW, attributes={"entryuuid": (JEAN.agent_id.upper(),)})])

    recreated = match_recreated(reading, None, {JEAN.agent_id}, by="entryUUID")

    assert [(pair.old.agent_id, pair.new.agent_id) for pair in recreated.pairs] == [(JEAN.agent_id, NEW)]


@pytest.mark.parametrize("by", ["login", "mail", "employeeNumber"])
def test_two_of_one_value_are_unclear(by):
    """C2."""
    twin = numbered(JEAN, "7", agent_id=an_agent_id(3))
    recreated = match_recreated(
        a_roster([numbered(JEAN, "7", agent_id=NEW)]), a_roster([numbered(JEAN, "7"), twin]), frozenset(), by=by
    )

    assert (recreated.pairs, len(recreated.unclear)) == ((), 1)


def test_a_list_is_taken_as_far_as_it_is_true():
    """C2."""
    reading, accepted = a_roster([replace(JEAN, agent_id=NEW), OTHER]), a_roster([JEAN, OTHER])
    pairs = (
        Rekey(JEAN.agent_id, NEW),
        Rekey(OTHER.agent_id, NEW),
        Rekey(AgentId("ghost"), NEW),
        Rekey(JEAN.agent_id, AgentId("?")),
    )

    recreated = listed_as(pairs, reading, accepted, {JEAN.agent_id}, taken={JEAN.agent_id})

    assert [(pair.old.agent_id, pair.new.agent_id) for pair in recreated.pairs] == [(JEAN.agent_id, NEW)]


def test_values_shared_by_the_whole_list_identify_no_person():
    """C2: an import gives all people the same name and mailbox, and the attribute does not identify a person."""
    before = [numbered(an_agent(number, mail=f"p{number}@x.example"), "staff") for number in range(1, 3_001)]
    again = [
        replace(agent, agent_id=AgentId(f"new-{agent.agent_id}"), display_name="Info", mail="info@x.example")
        for agent in before
    ]
    basis = a_basis(*(replace(agent, display_name="Info", mail="info@x.example") for agent in before)).in_force

    assert len(recreated_in(a_roster(again), basis).pairs) == 3_000
    recreated = match_recreated(a_roster(again), basis.accepted, basis.owners, by="employeeNumber")
    assert (recreated.pairs, [(len(group.old), len(group.new)) for group in recreated.unclear]) == ((), [(3_000, 3_000)])
