"""The judges of shapes and mechanisms."""

import pytest

from tests.bench import judges_shapes


def a_best(title="ceph-1", makespan_s=100.0, agents=400, seeds=(1,), efficiency=0.95):
    return {
        "title": title, "agents": agents, "seeds": list(seeds), "clones": 4, "boots": 10, "makespan_s": makespan_s,
        "efficiency": efficiency,
    }  # fmt: skip


def a_shape(title="ceph-1", makespan_s=110.0, timeouts=0.3):
    return {"title": title, "agents": 400, "makespan_s": makespan_s, "timeouts_percent": timeouts}


@pytest.mark.parametrize(
    ("rows", "best", "met", "message"),
    [
        pytest.param([a_shape()], [a_best()], True, "1 of 1 shapes, at most 1.100", id="exactly"),
        pytest.param([a_shape(makespan_s=111.0)], [a_best()], False, "0 of 1 shapes, at most 1.110; ceph-1 1.110", id="above"),
        pytest.param(
            [a_shape(), a_shape("x")], [a_best()], False, "1 of 2 shapes, 1 not measured, at most 1.100", id="one has no best"
        ),
        pytest.param([a_shape()], [a_best(seeds=(1, 2))], False, "not measured", id="the best is of other seeds"),
    ],
)
def test_near_the_best_fixed_limits(rows, best, met, message):
    found = {"seeds": [1], "rows": rows, "best": best}

    assert judges_shapes.near_the_best(1.10)(found) == (met, message)


@pytest.mark.parametrize(
    ("efficiency", "seeds", "met", "message"),
    [
        pytest.param(
            0.935, (1, 2), True, "0.0150: 0.9350, best 0.9500 (4 clones, 10 boots), seeds 1, 2", id="as much as allowed"
        ),
        pytest.param(0.930, (1, 2), False, "0.0200: 0.9300, best 0.9500 (4 clones, 10 boots), seeds 1, 2", id="more"),
        pytest.param(0.940, (1,), False, "not measured", id="a seed is lacking"),
    ],
)
def test_efficiency_lost(efficiency, seeds, met, message):
    runs = [{"seed": seed, "efficiency": efficiency} for seed in seeds]
    found = {"agents": 1700, "twins": {"ceph-1": {"runs": runs}}, "best": [a_best(agents=1700, seeds=(1, 2))]}

    assert judges_shapes.efficiency_lost("ceph-1", 0.0151)(found) == (met, message)


@pytest.mark.parametrize(
    ("ready", "fewest", "met"),
    [
        pytest.param(48, 16, True, id="all, everywhere"),
        pytest.param(47, 15, False, id="there was room for one more"),
        pytest.param(48, 0, False, id="a node has none"),
    ],
)
def test_a_full_shape(ready, fewest, met):
    row = {"title": "wide-3", "held": 48, "ready": ready, "nodes": 3, "fewest": fewest, "most": 16}

    assert judges_shapes.spread_over_all({"rows": [row]})[0] is met


def a_pair(without_s=100.0, without_timeouts=0.0, mechanism="m"):
    return {
        "mechanism": mechanism, "title": "ceph-1", "with": {"makespan_s": 100.0, "timeouts_percent": 0.0},
        "without": {"makespan_s": without_s, "timeouts_percent": without_timeouts},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "met", "message"),
    [
        pytest.param([a_pair(), a_pair(102.0)], True, "m 2.0%", id="on one shape"),
        pytest.param([a_pair(100.5)], False, "m 0.5%", id="on none"),
        pytest.param([a_pair(99.0, 0.4)], True, "m -1.0% (time-outs)", id="time-outs stay rare"),
        pytest.param([a_pair(102.0), a_pair(mechanism="n")], False, "m 2.0%, n 0.0%", id="each of them"),
    ],
)
def test_what_a_mechanism_buys(rows, met, message):
    found = {"mechanisms": dict.fromkeys((row["mechanism"] for row in rows), ""), "rows": rows}

    assert judges_shapes.each_buys(0.01)(found) == (met, message)
