"""Half-days that do not suffice: fewer for whoever is new, then none, as the scenario says; nobody loses any by it."""

from dataclasses import replace

import pytest

from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.half_days import Share
from provisioner.model.scenario.scenarios import Shortage
from provisioner.planning.rotation.shares import SharedOut, patterns_of
from provisioner.planning.rotation.slots import assign
from tests.planning.rotation import shares
from tests.planning.rotation.test_weeks import a_rotation, agents, plan_of

FOUR, THREE = Share(slots=4, of=10), Share(slots=3, of=10)
FEWER = Shortage(shares=(FOUR, THREE), refuses=True)


def counts(plan):
    return {week.agent_id: len(week.slots) for week in plan.weeks}


def before(plan):
    return {week.agent_id: week for week in plan.weeks}


@pytest.mark.parametrize("refuses", [True, False])
@pytest.mark.parametrize("first", [0, 50])
def test_no_random_week_is_shared_out_worse_than_need_be(first, refuses):
    assert [what for seed in range(first, first + 50) for what in shares.wrong_in(seed, refuses=refuses)] == []


def test_a_planner_that_refuses_without_a_need_or_cuts_who_was_sure_is_found_out():
    def refuses_all(people_with, options, capacity, *, certain, refuses):
        people = people_with(options[-1])
        refused = frozenset(person.agent_id for person in people)
        return SharedOut(people=(), assignment=assign((), capacity, {}), share=options[-1], refused=refused)

    def shares_evenly(people_with, options, capacity, *, certain, refuses):
        people = people_with(options[-1])
        return SharedOut(people=people, assignment=assign(people, capacity, patterns_of(people, capacity)), share=options[-1])

    for planner in (refuses_all, shares_evenly):
        assert sum(bool(shares.wrong_in(seed, refuses=True, planner=planner)) for seed in range(50)) > 20


@pytest.mark.parametrize(
    ("people", "share", "served", "refused"),
    [
        pytest.param(4, Share(slots=5, of=10), 4, 0, id="they suffice: 4 × 5 of 20"),
        pytest.param(5, FOUR, 5, 0, id="5 × 4"),
        pytest.param(6, THREE, 6, 0, id="6 × 3"),
        pytest.param(9, THREE, 6, 3, id="not even 9 × 3"),
    ],
)
def test_the_largest_share_that_suffices_for_all_is_taken_and_then_whole_ones(people, share, served, refused):
    plan = plan_of(a_rotation(), agents(people), desktops=2, shortage=FEWER)

    assert (plan.share, len(plan.refused)) == (share, refused)
    assert sorted(counts(plan).values()) == [share.slots] * served
    assert {week.less for week in plan.weeks} == {None if share.slots == 5 else share}
    assert all(week.waits == 0 for week in plan.weeks)


def test_who_had_half_days_keeps_as_many_and_only_newcomers_have_fewer():
    first = plan_of(a_rotation(), agents(2), desktops=2, shortage=FEWER)

    then = plan_of(a_rotation(), agents(5), desktops=2, shortage=FEWER, earlier=before(first))

    assert counts(then) == {"a0": 5, "a1": 5, "a2": 3, "a3": 3, "a4": 3}
    assert (then.share, then.refused) == (THREE, frozenset())


def test_with_more_desktops_everybody_has_the_whole_share_again():
    first = plan_of(a_rotation(), agents(9), desktops=2, shortage=FEWER)

    then = plan_of(a_rotation(), agents(9), desktops=5, shortage=FEWER, earlier=before(first))

    assert (set(counts(then).values()), then.refused, {week.less for week in then.weeks}) == ({5}, frozenset(), {None})


def test_with_fewer_desktops_nobody_who_had_some_is_refused_and_they_share_the_waits():
    first = plan_of(a_rotation(), agents(4), desktops=2, shortage=FEWER)

    then = plan_of(a_rotation(), agents(6), desktops=1, shortage=FEWER, earlier=before(first))

    assert then.refused == {"a4", "a5"}
    assert sorted(week.waits for week in then.weeks) == [2, 2, 3, 3]


def test_without_a_refusal_the_smallest_share_is_shared_out_evenly():
    plan = plan_of(a_rotation(), agents(9), desktops=2, shortage=replace(FEWER, refuses=False))

    assert (plan.refused, sorted(counts(plan).values())) == (frozenset(), [2] * 7 + [3] * 2)


def test_who_has_every_half_day_has_no_fewer_and_is_refused_none():
    rotation = a_rotation(obliged=Selection(logins=frozenset({"login0"})))

    plan = plan_of(rotation, agents(9), desktops=2, shortage=FEWER)

    assert counts(plan)["a0"] == 10
    assert (len(plan.refused), next(week.less for week in plan.weeks if week.agent_id == "a0")) == (5, None)


def test_who_is_refused_follows_from_the_person_not_from_the_others_order():
    people = agents(9)

    plans = [plan_of(a_rotation(), some, desktops=2, shortage=FEWER) for some in (people, people[::-1])]

    assert plans[0] == plans[1]
