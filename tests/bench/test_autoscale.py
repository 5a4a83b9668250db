"""The weeks that the benchmark plays, and how they are judged."""

from collections import Counter

from tests.bench.autoscale import cases
from tests.bench.judges_autoscale import blind_fails, most_of


def test_two_hundred_weeks_are_of_each_shape_smooth_and_in_groups():
    kinds = Counter((case.shape, case.ratio) for case in cases())
    assert len(cases()) == 200
    assert len(kinds) == 6
    assert min(kinds.values()) == 33
    assert len({case.seed for case in cases()}) == 200


def test_the_worst_week_is_judged():
    found = {"weeks": [{"waited_percent": 0.2}, {"waited_percent": 1.1}]}
    assert most_of("waited_percent", 1.0, " %")(found) == (False, "1.1 % at worst, 2 weeks")
    assert most_of("waited_percent", 1.2)(found)[0]
    assert most_of("waited_percent", 1.0)({"weeks": []})[0] is False


def test_a_wrong_buffer_has_to_fail_every_time():
    good = {"weeks": [{"blind_waited_percent": 5.0}, {}]}
    assert blind_fails(good) == (True, "5 to 5 %, 1 days")
    assert not blind_fails({"weeks": [{"blind_waited_percent": 5.0}, {"blind_waited_percent": 0.9}]})[0]
    assert not blind_fails({"weeks": [{}]})[0]
