"""Whether a reading of the directory is believed."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.model.guard import Guard, GuardRecord, HeldInput
from provisioner.model.ids import AgentId, WaveName
from provisioner.model.intents import Allowance, Intent, IntentKind
from provisioner.model.people.agents import AccountStatus, Rejected, Roster
from provisioner.model.people.profiles import Entitlement, Selection
from provisioner.model.rules import Rules
from provisioner.model.scenario.scenarios import EVERYONE, Scenario, Wave
from provisioner.planning.roster.changes import AcceptedState, DepartureCause, changes_between
from provisioner.planning.roster.guard import allowance_for, weigh_reading
from provisioner.planning.roster.suspicion import GuardBasis, turnover_checks
from tests.builders.actions import an_agent_id
from tests.builders.cluster import NOW, OFFICE
from tests.builders.core import a_roster, an_agent
from tests.builders.rotation import a_rotation

FOR_ALL = (Entitlement(profile=OFFICE, who=Selection()),)
FOR_A_GROUP = (Entitlement(profile=OFFICE, who=Selection(groups=frozenset({"remote"}))),)
HOUR, DAY = 3600.0, 86_400.0


def a_basis(accepted=None, **changed):
    rules = Rules(entitlements=changed.pop("entitlements", FOR_ALL), scenario=changed.pop("scenario", EVERYONE))
    of_force = {name: changed.pop(name) for name in ("owners", "served") if name in changed}
    return GuardBasis(in_force=AcceptedState(accepted=accepted, rules=rules, **of_force), **changed)


def an_order(leavers=(), joiners=(), *, at=NOW, until=NOW + HOUR):
    allows = Allowance(leavers=ids(leavers), joiners=ids(joiners))
    return Intent(kind=IntentKind.ACCEPT_DIRECTORY, by="zoe", at=at, until=until, allows=allows)


def ids(numbers):
    return frozenset(an_agent_id(number) for number in numbers)


FIRST_500 = range(1, 501)


def people(first, last, **changed):
    return [an_agent(number, **changed) for number in range(first, last + 1)]


def judged(reading, accepted=None, *, now=NOW, configured=None, **changed):
    basis = a_basis(accepted, **changed)
    return weigh_reading(reading, configured or basis.in_force.rules, basis, now=now)


def held(verdict):
    return verdict.quarantine.reason if verdict.quarantine else ""


# -- how much is too much -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "believed"),
    [
        pytest.param(people(1, 1000), people(21, 1000), True, id="twenty of a thousand leave: as many as may"),
        pytest.param(people(1, 1000), people(22, 1000), False, id="twenty-one of a thousand: over both"),
        pytest.param(people(1, 2000), people(31, 2000), True, id="thirty of two thousand: over twenty, and under 2 %"),
        pytest.param(people(1, 100), people(11, 100), True, id="ten of a hundred: over 2 %, and a tenth"),
        pytest.param(people(1, 100), people(12, 100), False, id="eleven of a hundred: more than a tenth"),
        pytest.param(people(1, 40), people(6, 40), False, id="five of forty"),
        pytest.param(people(1, 10), people(3, 10), True, id="two of ten leave a pilot"),
        pytest.param(people(1, 10), people(4, 10), False, id="three of ten"),
        pytest.param(people(1, 2), people(2, 2), True, id="one of two leaves"),
        pytest.param(people(1, 1000), people(1, 500), False, id="half is gone"),
        pytest.param(people(1, 1000), people(1, 1000, standing=AccountStatus.DISABLED), False, id="all are disabled"),
        pytest.param(people(1, 1000), people(1, 1000, standing=AccountStatus.EXPIRED), False, id="all have expired"),
        pytest.param(people(1, 1000), people(1, 1000, standing=AccountStatus.LOCKED), True, id="all are locked, which passes"),
        pytest.param(people(1, 1000), people(1001, 2000), False, id="all have new ids"),
        pytest.param(people(1, 1000), people(1, 1250), True, id="a quarter more"),
        pytest.param(people(1, 1000), people(1, 1251), False, id="more than a quarter more"),
        pytest.param(people(1, 200), people(1, 300), True, id="a hundred join two hundred"),
        pytest.param(people(1, 200), people(1, 301), False, id="a hundred and one join two hundred"),
        pytest.param(people(1, 100), people(1, 150), True, id="fifty join a hundred"),
        pytest.param(people(1, 100), people(1, 151), False, id="fifty-one join a hundred"),
        pytest.param(people(1, 5), people(1, 15), True, id="ten join five"),
        pytest.param(people(1, 5), people(1, 16), False, id="eleven join five"),
        pytest.param(people(1, 100), people(1, 1000), False, id="growth by ten"),
        pytest.param(people(1, 500), people(1, 500, login="renamed"), True, id="one login for all: they stay as they were"),
    ],
)  # fmt: skip
def test_how_many_may_leave_and_join_unasked(before, after, believed):
    verdict = judged(a_roster(after), a_roster(before))

    assert (verdict.quarantine is None) is believed, held(verdict)


def test_people_who_come_by_half_days_leave_and_join_as_people_with_a_desktop_of_their_own():
    scenario = Scenario(name="rotation", waves=(), rotation=a_rotation())

    verdict = judged(a_roster(people(1, 470)), a_roster(500), scenario=scenario, entitlements=())

    assert held(verdict) == "30 of 500 entitled agents would leave; the limit is 20 within 24 h (30 gone)"


def test_the_reason_is_the_arithmetic():
    verdict = judged(a_roster(people(1, 470) + people(471, 480, standing=AccountStatus.DISABLED)), a_roster(500))
    assert held(verdict) == "30 of 500 entitled agents would leave; the limit is 20 within 24 h (10 disabled, 20 gone)"
    assert (verdict.quarantine.leavers, verdict.quarantine.joiners) == (30, 0)


@pytest.mark.parametrize(
    ("before", "after", "limit"),
    [
        (1000, 900, "the limit is 20 within"),
        (5000, 4800, "the limit is 100 (2 %) within"),
        (30, 14, "the limit is 3 (10 %) within"),
    ],
    ids=["the count binds", "the share binds", "a small site"],
)
def test_the_limit_that_binds_is_named(before, after, limit):
    assert limit in held(judged(a_roster(after), a_roster(before)))


def test_three_or_more_who_are_over_half_never_leave_unasked():
    loose = Guard(leavers_percent=100, small_site_leavers_percent=100, leavers=10_000, unit_leavers=10_000)

    assert "the limit is half of them within" in held(judged(a_roster(14), a_roster(30), guard=loose))
    assert held(judged(a_roster(15), a_roster(30), guard=loose)) == ""


def test_an_emptied_group_is_held_back_like_an_empty_directory():
    before, after = people(1, 300, groups=frozenset({"remote"})), people(1, 300)

    verdict = judged(a_roster(after), a_roster(before), entitlements=FOR_A_GROUP)

    assert "300 no longer entitled" in held(verdict)


def test_growth_of_the_entitled_without_growth_of_the_directory():
    before = people(1, 100, groups=frozenset({"remote"})) + people(101, 1000)
    after = people(1, 1000, groups=frozenset({"remote"}))

    assert "900 agents would join the 100 entitled agents" in held(
        judged(a_roster(after), a_roster(before), entitlements=FOR_A_GROUP)
    )


def test_ten_thousand_new_entries_without_entitlement_change_nothing():
    before = people(1, 100, groups=frozenset({"remote"}))

    verdict = judged(a_roster(before + people(101, 9999)), a_roster(before), entitlements=FOR_A_GROUP)

    assert verdict.quarantine is None


# -- what it is compared with -------------------------------------------------------------------------------------------


def test_the_first_reading_of_an_installation_is_believed_however_large():
    verdict = judged(a_roster(2000))

    assert verdict.quarantine is None
    assert (verdict.record.left, verdict.record.joined) == ({}, {}), (
        "nobody has joined: the next reading must not be measured by it"
    )
    assert judged(a_roster(2001), verdict.merged, record=verdict.record).quarantine is None


@pytest.mark.parametrize(
    ("reading", "believed"),
    [(a_roster(300), True), (a_roster(2000), True), (a_roster(150), False), (a_roster(people(301, 600)), False)],
    ids=["the same", "a switch was under way", "half is gone", "all have new ids"],
)
def test_without_a_roster_a_reading_is_compared_with_the_owners_of_desktops(reading, believed):
    verdict = judged(reading, owners={an_agent_id(number) for number in range(1, 301)})

    assert (verdict.quarantine is None) is believed


def test_a_quarantine_goes_on_since_it_began_and_ends_with_the_first_reading_that_is_believed():
    half = judged(a_roster(200), a_roster(400))
    again = judged(replace(a_roster(199), read_at=NOW), a_roster(400), record=half.record)
    well = judged(a_roster(400), a_roster(400), record=again.record)

    assert again.quarantine.since == half.quarantine.since == NOW - 600
    assert again.quarantine.read_at == NOW
    assert again.quarantine.leavers == 201
    assert well.quarantine is None


# -- small steps --------------------------------------------------------------------------------------------------------


def in_steps(sizes, *, every, **changed):
    """Judge successive readings of these numbers of agents. Returns the number of accepted readings."""
    accepted, record, believed = a_roster(sizes[0]), GuardRecord(), 0
    for step, size in enumerate(sizes[1:], start=1):
        verdict = judged(a_roster(size), accepted, record=record, now=NOW + step * every, **changed)
        if verdict.quarantine is not None:
            return believed
        accepted, record, believed = verdict.merged, verdict.record, believed + 1
    return believed


def test_an_accident_in_small_steps_is_held_back_too():
    assert in_steps([1000, 990, 980, 970], every=300) == 2


def test_departures_of_another_day_do_not_count():
    assert in_steps([1000, 990, 980, 970, 960], every=DAY / 2 + 1) == 4


def test_growth_in_small_steps_is_held_back_too():
    assert in_steps([400, 480, 500, 560], every=300) == 2


@pytest.mark.long
def test_an_agent_who_leaves_and_returns_counts_once():
    accepted, record = a_roster(1000), GuardRecord()
    for step in range(12):
        reading = a_roster(985 if step % 2 else 1000)
        verdict = judged(reading, accepted, record=record, now=NOW + step * 300)
        assert verdict.quarantine is None
        accepted, record = verdict.merged, verdict.record
    assert not record.joined


# -- an operator's order ------------------------------------------------------------------------------------------------


def test_an_order_lets_through_what_was_shown():
    before, reading = a_roster(1000), a_roster(people(501, 1000))
    allows = allowance_for(judged(reading, before))
    order = replace(an_order(), allows=allows)

    verdict = judged(reading, before, order=order)

    assert verdict.quarantine is None
    assert (verdict.let_through and verdict.let_through[0], verdict.used_up) == ("zoe", True)


def test_agents_not_named_by_an_order_are_judged_as_usual():
    others = judged(a_roster(people(522, 1000)), a_roster(1000), order=an_order(FIRST_500))
    few = judged(a_roster(people(521, 1000)), a_roster(1000), order=an_order(FIRST_500))
    assert few.let_through is not None

    assert held(others).startswith(
        "21 of 1000 entitled agents would leave, in addition to 500 named in the order by zoe; the limit is 20 within"
    )
    assert (few.quarantine, few.let_through[0], few.used_up) == (None, "zoe", True)
    assert {key for key, departure in few.record.left.items() if not departure.allowed} == ids(range(501, 521))


def test_an_order_for_these_lets_no_others_go():
    """C3: the intent allows exactly the people that were shown."""
    before, order = a_roster(60), an_order(range(1, 26))

    assert judged(a_roster(people(26, 60)), before, order=order).quarantine is None
    assert judged(a_roster(people(1, 35)), before, order=order).quarantine is not None


def test_a_drip_beside_an_order_is_held_back_as_ever():
    accepted, record, order = a_roster(1000), GuardRecord(), an_order([1000])
    for step, last in enumerate((989, 979, 978), start=1):
        verdict = judged(a_roster(last), accepted, record=record, order=order, now=NOW + 60 * step)
        accepted, record = (verdict.merged, verdict.record) if verdict.quarantine is None else (accepted, record)

    assert len(accepted.agents) == 979, "twenty besides the one that it names"


def test_an_order_for_leavers_lets_no_agent_join():
    verdict = judged(a_roster(people(501, 1000) + people(1001, 2000)), a_roster(1000), order=an_order(FIRST_500))

    assert held(verdict).startswith("1000 agents would join the 1000 entitled agents")


def test_an_order_whose_time_is_over_lets_nothing_through():
    assert judged(a_roster(500), a_roster(1000), order=an_order(FIRST_500, until=NOW)).quarantine is not None


def test_an_order_is_not_good_for_as_many_once_more():
    order = an_order(FIRST_500)
    first = judged(a_roster(people(301, 1000)), a_roster(1000), order=order)
    second = judged(a_roster(people(501, 1000)), first.roster, record=first.record, order=order, now=NOW + 60)
    third = judged(a_roster(people(601, 1000)), second.roster, record=second.record, order=order, now=NOW + 120)

    assert [verdict.quarantine is None for verdict in (first, second, third)] == [True, True, False]
    assert [first.used_up, second.used_up] == [False, True]


def test_leavers_allowed_by_an_order_do_not_count_later():
    merged = judged(a_roster(people(501, 1000)), a_roster(1000), order=an_order(FIRST_500))

    assert judged(a_roster(people(511, 1000)), merged.roster, record=merged.record, now=NOW + HOUR).quarantine is None


def test_an_order_is_not_used_for_what_needs_none():
    verdict = judged(a_roster(990), a_roster(1000), order=an_order(FIRST_500))

    assert (verdict.let_through, verdict.used_up) == (None, False)
    assert not any(departure.allowed for departure in verdict.record.left.values())


# -- who is there but unusable, and logins ------------------------------------------------------------------------------


def rejected(number, reason="has no login"):
    return Rejected(entry=f"uid={number}", reason=reason, agent_id=an_agent_id(number))


def test_an_unusable_entry_stays_as_last_accepted():
    reading = replace(a_roster(people(2, 3)), rejected=(rejected(1), rejected(9), Rejected(entry="cn=robot", reason="no id")))

    verdict = judged(reading, a_roster(3))

    assert verdict.merged.agents == a_roster(3).agents
    assert [entry.reason for entry in verdict.merged.rejected] == [
        "has no login; the agent stays as last accepted", "has no login", "no id",
    ]  # fmt: skip
    again = judged(replace(verdict.merged, agents=reading.agents), verdict.merged)
    assert again.roster.rejected == verdict.merged.rejected, "what goes on from an earlier reading says it once"


def test_a_directory_of_unusable_entries_takes_no_desktop():
    reading = replace(a_roster(0), rejected=tuple(rejected(number) for number in range(1, 501)))

    verdict = judged(reading, a_roster(500))

    assert verdict.quarantine is None
    assert len(verdict.merged.agents) == 500


def test_unusable_entries_do_not_stand_for_the_owners_of_a_lost_store():
    reading = replace(a_roster(0), rejected=tuple(rejected(number) for number in range(1, 501)))

    assert judged(reading, owners={an_agent_id(number) for number in range(1, 501)}).quarantine is not None


def test_a_newcomer_does_not_get_a_login_that_somebody_has():
    reading = replace(a_roster([an_agent(2, login="LOGIN0001")]), rejected=(rejected(1),))

    verdict = judged(reading, a_roster(1))

    assert verdict.merged.agents == a_roster(1).agents
    assert verdict.merged.rejected[-1].reason == "its login 'LOGIN0001' belongs to another agent: change one of the two"


def test_a_login_given_on_after_its_owner_has_another_is_the_newcomers():
    reading = a_roster([an_agent(1, login="jdupont2"), an_agent(2, login="login0001")])

    verdict = judged(reading, a_roster(1))

    assert {key: agent.login for key, agent in verdict.merged.agents.items()} == {
        an_agent_id(1): "jdupont2", an_agent_id(2): "login0001",
    }  # fmt: skip


def test_login_conflict_keeps_both_agents_as_last_accepted():
    before = a_roster([an_agent(1, login="a"), an_agent(2, login="b"), an_agent(3, login="c")])
    reading = replace(a_roster([an_agent(2, login="a"), an_agent(3, login="b")]), rejected=(rejected(1),))

    verdict = judged(reading, before)

    assert verdict.merged.agents == before.agents
    assert [entry.agent_id for entry in verdict.merged.rejected] == [an_agent_id(1), an_agent_id(2), an_agent_id(3)]


def test_two_people_who_swap_logins_swap_nothing_else():
    reading = a_roster([an_agent(1, login="login0002"), an_agent(2, login="login0001")])

    verdict = judged(reading, a_roster(2))

    assert verdict.merged == reading
    assert len(verdict.changes.renamed) == 2


# -- what has changed ---------------------------------------------------------------------------------------------------


def test_the_changes_name_everybody():
    before = people(1, 6)
    after = [
        an_agent(2, standing=AccountStatus.DISABLED),
        an_agent(3, display_name="Zoé Neuf"),
        an_agent(4, department="Roads"),
        an_agent(5, unit="ou=east"),
        an_agent(6),
        an_agent(7),
    ]

    changes = judged(a_roster(after), a_roster(before)).changes

    assert [(change.agent_id, change.why) for change in changes.left] == [
        (an_agent_id(1), DepartureCause.GONE),
        (an_agent_id(2), DepartureCause.DISABLED),
    ]
    assert [agent.agent_id for agent in changes.joined] == [an_agent_id(7)]
    assert [change.after.display_name for change in changes.renamed] == ["Zoé Neuf"]
    assert [change.after.agent_id for change in changes.moved] == [an_agent_id(4), an_agent_id(5)]
    assert (changes.entitled_before, changes.entitled_after) == (6, 5)


# -- whatever comes -----------------------------------------------------------------------------------------------------

numbers = st.integers(min_value=1, max_value=12)
agents = st.builds(
    lambda number, login, standing: an_agent(number, login=f"l{login}", standing=standing),
    numbers, numbers, st.sampled_from([*AccountStatus]),
)  # fmt: skip
readings = st.builds(
    lambda found, unusable: replace(
        a_roster(found), rejected=tuple(rejected(number) for number in unusable - {int(a.agent_id[-4:]) for a in found})
    ),
    st.lists(agents, max_size=12),
    st.sets(numbers, max_size=6),
)
GUARD = Guard(leavers=2, leavers_percent=20.0, joiners=3, joiners_percent=50.0)


@pytest.mark.long
@given(st.lists(readings, min_size=1, max_size=8))
def test_logins_stay_unique_and_no_listed_agent_vanishes(sequence):
    accepted: Roster | None = None
    for reading in sequence:
        roster = judged(reading, accepted).merged
        logins = [agent.login for agent in roster.agents.values()]
        assert len(set(logins)) == len(logins)
        there = reading.agents.keys() | {entry.agent_id for entry in reading.rejected}
        assert not accepted or accepted.agents.keys() & there <= roster.agents.keys()
        accepted = roster


@pytest.mark.long
@given(st.lists(readings, min_size=1, max_size=12))
def test_within_a_day_no_more_leave_or_join_than_may(sequence):
    accepted, record = a_roster(10), GuardRecord()
    first = set(accepted.agents)
    for step, reading in enumerate(sequence):
        verdict = judged(reading, accepted, record=record, guard=GUARD, now=NOW + step * HOUR)
        record = verdict.record
        accepted = accepted if verdict.quarantine else verdict.merged
    entitled = {key for key, agent in accepted.agents.items() if agent.enabled}
    assert len(first - entitled) <= max(GUARD.leavers, 20 * len(first) / 100)
    assert len(entitled - first) <= max(GUARD.joiners, 50 * len(first) / 100)


@pytest.mark.long
@given(readings, st.sets(st.sampled_from([AgentId(f"agent-{n:04}") for n in range(1, 13)])))
def test_the_same_again_is_the_same_again(reading, owners):
    verdict = judged(reading, owners=owners, guard=GUARD)

    assert judged(reading, owners=owners, guard=GUARD) == verdict
    if verdict.quarantine is None:
        again = judged(verdict.merged, verdict.merged, record=verdict.record, guard=GUARD)
        assert not again.changes.left
        assert not again.changes.joined
        assert again.record == verdict.record


# -- a longer window, and who belongs together ----------------------------------------------------------------------------


def test_a_slow_drip_is_held_back_within_the_week():
    """C6: ten leavers a day of 120 agents; the limit is 24 within a week."""
    sizes = [120, 110, 100, 90]
    assert in_steps(sizes, every=DAY * 1.05) == 2
    assert in_steps(sizes, every=DAY * 4) == 3, "ten in four days are twenty in a week"


def test_the_weeks_limit_is_named_with_its_window():
    accepted, record = a_roster(120), GuardRecord()
    for day, last in enumerate((110, 100, 90)):
        verdict = judged(a_roster(last), accepted, record=record, now=NOW + day * DAY * 1.05)
        accepted, record = verdict.merged, verdict.record

    assert held(verdict) == (
        "10 of 120 entitled agents would leave, in addition to 20 earlier; the limit is 24 (2 × 10 %) within 7 d (10 gone)"
    )


def test_the_arithmetic_is_there_in_numbers_too():
    reason = held(judged(a_roster(people(31, 60)), a_roster(people(1, 60))))
    much, among = (reason.arguments["why"].arguments["0"], reason.arguments["how"].arguments["0"])

    assert reason == "30 of 60 entitled agents would leave; the limit is 6 (10 %) within 24 h (30 gone)"
    assert (reason.code, among.code, among.arguments) == ("leavers", "leavers_gone", {"count": 30})
    assert much.arguments["most"].arguments == {"limit": 6, "share_percent": 10.0}
    assert much.arguments["who"].arguments == {"count": 30, "of": 60}


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ({"unit": "ou=legal,ou=hq,dc=x"}, "9 of the 9 in unit ou=legal,ou=hq,dc=x would leave together"),
        ({"groups": frozenset({"legal"})}, "9 of the 9 in group legal would leave together"),
        ({"department": "Legal"}, "9 of the 9 in department Legal would leave together"),
        ({"site": "Provins"}, "9 of the 9 in site Provins would leave together"),
    ],
)
def test_a_whole_place_gone_is_no_turnover(place, words):
    """C6."""
    before = a_roster(people(1, 991) + people(992, 1000, **place))

    assert words in held(judged(a_roster(people(1, 991)), before))
    assert held(judged(a_roster(people(1, 991) + people(996, 1000, **place)), before)) == "", "four of nine may"
    assert held(judged(a_roster(people(10, 991) + people(992, 1000, **place)), before)) == "", "nine from everywhere may"


def test_a_department_of_small_units_is_a_place_too():
    before = people(1, 980) + [an_agent(n, unit=f"ou=team{n % 5},ou=roads,dc=x") for n in range(981, 1001)]

    assert "20 of the 20 in unit ou=roads,dc=x" in held(judged(a_roster(people(1, 980)), a_roster(before)))


def test_a_place_that_empties_in_small_steps_is_seen_too():
    def team(first):
        return a_roster(people(1, 1000) + people(first, 1009, unit="ou=legal,dc=x"))

    accepted, record = team(1001), GuardRecord()
    for step, first in enumerate((1003, 1005, 1007)):
        verdict = judged(team(first), accepted, record=record, now=NOW + step * 300)
        accepted, record = (verdict.merged, verdict.record) if verdict.quarantine is None else (accepted, record)

    assert "6 of the 9 in unit ou=legal,dc=x would leave together" in held(verdict)


def test_an_order_that_names_them_lets_a_place_go():
    before = a_roster(people(1, 991) + people(992, 1000, department="Legal"))
    order = an_order(range(992, 1001))

    assert judged(a_roster(people(1, 991)), before, order=order).quarantine is None


# -- the configuration ----------------------------------------------------------------------------------------------------

REMOTE = {"groups": frozenset({"remote"})}


def rules_for(*groups, scenario=EVERYONE):
    return Rules(entitlements=(Entitlement(profile=OFFICE, who=Selection(groups=frozenset(groups))),), scenario=scenario)


def reloaded(configured, before, reading=None, **changed):
    """The verdict after a changed configuration, where a group was entitled before."""
    return judged(reading, before, entitlements=FOR_A_GROUP, configured=configured, **changed)


def test_a_misspelt_group_is_judged_like_a_group_that_is_empty():
    """C4."""
    verdict = reloaded(rules_for("remtoe"), a_roster(people(1, 80, **REMOTE)))

    assert verdict.quarantine is not None
    assert verdict.quarantine.words.startswith("with bascule.yaml as it is now, 80 of 80 entitled agents would leave")
    assert verdict.rules == rules_for("remote"), "those of before stay in force"
    assert verdict.roster is None


def test_a_change_that_takes_nothing_from_anybody_is_in_force_at_once():
    wave = Wave(name=WaveName("all"), who=Selection(), size=10, interval_s=HOUR)
    other = rules_for("remote", "crisis", scenario=Scenario(name="other", waves=(wave,)))

    verdict = reloaded(other, a_roster(people(1, 80, **REMOTE)))

    assert (verdict.quarantine, verdict.rules, verdict.roster) == (None, other, None)


def test_a_group_renamed_in_directory_and_configuration_takes_no_desktop():
    before = a_roster(people(1, 80, **REMOTE))
    after = a_roster(people(1, 80, groups=frozenset({"telework"})))

    assert reloaded(rules_for("telework"), before).quarantine is not None
    assert reloaded(rules_for("remote"), before, after).quarantine is not None
    both = reloaded(rules_for("telework"), before, after)

    assert (both.quarantine, both.rules, both.roster) == (None, rules_for("telework"), after)


def test_a_mistake_in_the_configuration_holds_no_reading_back():
    before, reading = a_roster(people(1, 80, **REMOTE)), a_roster(people(1, 82, **REMOTE))

    verdict = reloaded(rules_for("remtoe"), before, reading)

    assert verdict.quarantine is not None
    assert (verdict.quarantine.of, verdict.quarantine.leavers) == (HeldInput.CONFIGURATION, 82)
    assert (verdict.roster, verdict.rules) == (reading, rules_for("remote"))


def test_a_mistake_in_the_directory_holds_no_configuration_back():
    before, configured = a_roster(people(1, 80, **REMOTE)), rules_for("remote", "crisis")

    verdict = reloaded(configured, before, a_roster(20))

    assert verdict.quarantine is not None
    assert (verdict.quarantine.of, verdict.roster, verdict.rules) == (HeldInput.DIRECTORY, None, configured)


def test_with_both_wrong_both_are_held_back():
    verdict = reloaded(rules_for("remtoe"), a_roster(people(1, 80, **REMOTE)), a_roster(20))

    assert verdict.quarantine is not None
    assert (verdict.quarantine.of, verdict.roster, verdict.rules) == (HeldInput.BOTH, None, rules_for("remote"))


def test_a_reading_that_is_held_back_stays_so_when_the_configuration_is_judged_alone():
    before = a_roster(people(1, 80, **REMOTE))
    held_back = reloaded(rules_for("remote"), before, a_roster(20))

    again = reloaded(rules_for("remote", "crisis"), before, record=held_back.record)

    assert again.quarantine is not None
    assert (again.quarantine.of, again.quarantine.since) == (HeldInput.DIRECTORY, held_back.quarantine.since)


def test_a_configuration_put_right_is_no_longer_held_back():
    before = a_roster(people(1, 80, **REMOTE))
    wrong = reloaded(rules_for("remtoe"), before)

    assert reloaded(rules_for("remote"), before, record=wrong.record).quarantine is None


def test_an_order_lets_a_configuration_through():
    before = a_roster(people(1, 80, **REMOTE))
    verdict = reloaded(rules_for("crisis"), before, order=an_order(range(1, 81)))

    assert (verdict.quarantine, verdict.rules, verdict.used_up) == (None, rules_for("crisis"), True)


def test_an_entitlement_that_lost_its_clause_is_growth_by_leaps():
    before = a_roster(people(1, 80, **REMOTE) + people(81, 1000))
    for_all = Rules(entitlements=FOR_ALL, scenario=EVERYONE)

    assert "920 agents would join the 80 entitled agents" in held(reloaded(for_all, before))


def test_a_scenario_may_call_all_who_are_entitled():
    """C4: the legitimate case: a scenario is meant to go from fifty agents to all of them."""
    few = Scenario(name="calm", waves=(Wave(name=WaveName("few"), who=Selection(groups=frozenset({"remote"}))),))
    before = a_roster(people(1, 50, **REMOTE) + people(51, 1550))

    verdict = judged(None, before, scenario=few, configured=Rules(entitlements=FOR_ALL, scenario=EVERYONE))

    assert (verdict.quarantine, len(verdict.changes.joined)) == (None, 1500)


def test_no_wave_takes_a_desktop_from_who_has_been_given_one():
    """A15."""
    few = Scenario(name="few", waves=(Wave(name=WaveName("one"), who=Selection(logins=frozenset({"login0001"}))),))
    configured = Rules(entitlements=FOR_ALL, scenario=few)
    served = frozenset(ids(range(1, 81)))

    assert judged(None, a_roster(80), configured=configured, served=served).changes.left == ()
    assert judged(None, a_roster(80), configured=configured).quarantine is not None, "who waits for one would get none"


# -- entries that do not say whose they are -------------------------------------------------------------------------------


def hidden(number, **changed):
    """An entry with an unreadable id."""
    return Rejected(entry=f"uid=login{number:04},ou=x", reason="has no entryUUID", **changed)


def test_an_entry_without_a_readable_id_is_known_by_its_login():
    """C1."""
    reading = replace(a_roster(people(1, 980)), rejected=tuple(hidden(n, login=f"LOGIN{n:04}") for n in range(981, 1001)))

    verdict = judged(reading, a_roster(1000))

    assert (verdict.quarantine, verdict.changes.left) == (None, ())
    assert len(verdict.merged.agents) == 1000
    assert {entry.agent_id for entry in verdict.merged.rejected} == ids(range(981, 1001))


def test_an_entry_with_nothing_readable_is_known_by_its_place():
    """C1."""
    before = a_roster(an_agent(n, unit="ou=x", rdn=f"uid=login{n:04}") for n in range(1, 101))
    reading = replace(a_roster(list(before.agents.values())[:90]), rejected=tuple(hidden(n) for n in range(91, 101)))

    assert judged(reading, before).changes.left == ()


def test_leavers_are_held_back_while_new_entries_cannot_be_identified():
    """C1: a unit was moved and hidden at once; also with a single entry."""
    moved = replace(a_roster(people(1, 999)), rejected=(Rejected(entry="cn=a,ou=y", reason="has no entryUUID"),))

    assert held(judged(moved, a_roster(1000))).startswith(
        "1 agents would leave as gone, while 1 new entries cannot be matched to an agent (has no entryUUID)"
    )


def test_an_entry_that_was_always_unreadable_holds_nothing_back():
    robot = Rejected(entry="cn=robot", reason="has no entryUUID")
    before, reading = (replace(a_roster(last), rejected=(robot,)) for last in (1000, 999))

    assert judged(reading, before).quarantine is None


@pytest.mark.long
def test_the_page_says_how_many_may_leave_and_join():
    """C6: docs/en/directory.md, from ten people to ten thousand."""
    rows = {}
    for line in Path("docs/en/directory.md").read_text(encoding="utf-8").splitlines():
        first, *cells = [cell.strip() for cell in line.strip("|").split("|")]
        rows[first] = cells
    numbers = [
        [int(cell.replace(",", "")) for cell in rows[row]] for row in ("entitled", "in 24 h", "in 7 d", "may join in 24 h")
    ]
    for entitled, day, week, join in zip(*numbers, strict=True):
        in_force = AcceptedState(accepted=a_roster(entitled), rules=rules_for())
        changes = changes_between(in_force, a_roster(entitled), rules_for())
        sides = list(turnover_checks(changes, GuardBasis(in_force=in_force), NOW))
        assert [check.limit.of(check.of)[0] for check in sides] == [day, week, join], entitled
