"""The whole reconciler on a twin: people borrow desktops of a pool that follows them, for a morning of virtual time."""

from random import Random

import pytest

from provisioner.model.autoscale import AutoscaleMode, Spare
from tests.bench.borrowing import figures, play
from tests.bench.stage import a_spec
from tests.builders.arrivals import CALENDAR, Visit, a_trace
from tests.builders.borrowing import Borrowing, a_pool

pytestmark = pytest.mark.long


def a_tenth(day: list[Visit], random: Random) -> list[Visit]:
    """Of the groups: whoever came together comes together."""
    chosen: dict[float, bool] = {}
    return [visit for visit in day if chosen.setdefault(visit.came, random.random() < 0.1)]


def test_few_wait_and_nobody_meets_another_on_a_desktop():
    """The harder trace, in which people come in bunches; `make bench` plays the even ones as well."""
    random, ratio = Random(7), 3.0
    *earlier, day = (a_tenth(each, random) for each in a_trace("mornings", seed=7, days=11, ratio=ratio))
    found = figures(*play(earlier, day, seed=7, size=210))

    assert found["people"] > 100
    assert found["waited_percent"] <= 1.0, found
    assert (found["unserved"], found["most_on_one"]) == (0, 1)


def a_few(mode, visits, **rules):
    """A small pool without any history; the visits are (minutes from the begin, minutes of stay)."""
    begin = CALENDAR.instant(CALENDAR.date_of(1.8e9), 8 * 60)
    borrowing = Borrowing(a_spec("local-16"), a_pool(6, mode=mode, **rules), people=20, begins_at=begin)
    borrowing.go_on(begin + 1800.0)
    people = [Visit(begin + 1800.0 + 60.0 * came, begin + 1800.0 + 60.0 * (came + stays)) for came, stays in visits]
    return borrowing, borrowing.play(people, begin + 1800.0 + 3600.0)


def test_people_come_log_on_leave_and_the_next_gets_a_reset_desktop():
    borrowing, found = a_few(AutoscaleMode.ON, [(number * 2, 5) for number in range(12)], spare=Spare(count=3))

    assert (found.came, found.served, found.most_on_one) == (12, 12, 1)
    assert any(len(people) > 1 for people in found.had.values())
    assert all(len(people) == len(set(people)) for people in found.had.values())
    assert borrowing.state.came == 12


def test_a_shadow_counts_the_same_people_and_orders_nothing():
    borrowing, found = a_few(AutoscaleMode.SHADOW, [(1, 30), (2, 30)], spare=Spare(count=1))

    assert (found.came, found.waited) == (2, 0)
    assert borrowing.state.came == 2
    assert borrowing.state.decision.counts.free == 6, "all are kept on, by the pool's size, after their people have left"
    assert borrowing.state.differences == {"off": 5}
