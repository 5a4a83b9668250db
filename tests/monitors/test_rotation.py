"""Half-days in turn as metrics."""

from dataclasses import replace

from monitors.gauges.rotation import people, published_until, reserve, reserve_left, waiting_oldest
from provisioner.model.ids import AgentId
from provisioner.model.scenario.half_days import PersonWeek, Slot
from provisioner.model.scenario.rotation import RotationState, Waiting
from provisioner.reasons.reason import Reason
from tests.builders.monitors import MONDAY, a_status
from tests.builders.pools import A_POOL
from tests.monitors.test_pools import a_view, read

HOUR = 3600.0
GOES_ON, COMES = Slot(begins=MONDAY - HOUR, ends=MONDAY + HOUR), Slot(begins=MONDAY + 600, ends=MONDAY + 4 * HOUR)
LATER = Slot(begins=MONDAY + 24 * HOUR, ends=MONDAY + 28 * HOUR)


def who_waits(number, slot):
    return Waiting(agent_id=AgentId(f"a{number}"), slot=slot, why=Reason("none is free"), expected_at=slot.ends)


def a_week(number, *slots):
    return PersonWeek(run=1, week=MONDAY, agent_id=AgentId(f"a{number}"), wants=2, slots=slots)


def a_rotation(**changed):
    values = {"due": 9, "has": 7, "staying": 3, "pool": A_POOL.pool.name, "reserve": 4, **changed}
    return replace(a_status(), pools=(A_POOL,), rotation=RotationState(**values))


def since(metric, status):
    return dict(metric.since(a_view(status)))


def test_each_person_is_in_one_state():
    values = read(people, a_rotation(waiting=(who_waits(1, GOES_ON), who_waits(2, COMES))))

    assert values == {("with_desktop",): 7, ("waiting",): 2, ("staying",): 3}


def test_a_wait_counts_from_the_half_days_beginning_and_not_before():
    both, early = (who_waits(1, GOES_ON), who_waits(2, COMES)), (who_waits(2, COMES),)

    assert since(waiting_oldest, a_rotation(waiting=both)) == {(): MONDAY - HOUR}
    assert since(waiting_oldest, a_rotation(waiting=early)) == {(): None}


def test_of_the_reserve_is_left_what_is_free():
    lent_out = replace(A_POOL, ready=1, off=0, coming=0)

    assert read(reserve, a_rotation()) == {(): 4}
    assert read(reserve_left, a_rotation()) == {(): 4}
    assert read(reserve_left, replace(a_rotation(), pools=(lent_out,))) == {(): 1}


def test_it_is_known_until_when_half_days_are_published():
    assert since(published_until, a_rotation(weeks=(a_week(1, GOES_ON), a_week(2, GOES_ON, LATER)))) == {(): LATER.ends}
    assert since(published_until, a_rotation()) == {(): None}


def test_without_a_rotation_there_is_no_series():
    assert [read(each, a_status()) for each in (people, reserve, reserve_left)] == [{}, {}, {}]
    assert [since(each, a_status()) for each in (waiting_oldest, published_until)] == [{}, {}]
