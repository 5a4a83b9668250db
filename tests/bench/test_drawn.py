"""Drawn clusters: the same for the same seed, from all over the ranges, valid, and played; and how they are judged."""

import math
from collections import Counter
from dataclasses import asdict, replace
from typing import Any

import pytest

from provisioner.model.ids import ClusterId
from provisioner.model.machines.twin_spec import ApiSpec, Durations, LogOns, RandomFaults, RivalLocks, TwinSpec
from provisioner.rehearsal.rehearse import Rehearsal, Stage
from provisioner.settings.twin_documents import TwinKeys
from provisioner.settings.twins import twin_of
from provisioner.twin.twin import Twin
from tests.bench import judges_drawn
from tests.bench.drawn import run
from tests.bench.drawn.descent import BOOTS, CLONES, descend
from tests.bench.drawn.ranges import CHOICES, RANGES, Choice, Range, drawn_figures
from tests.bench.drawn.shape import Drawn
from tests.bench.drawn.splitting import split_bound_s
from tests.bench.stage import a_config_on, a_roster, can_hold
from tests.builders.twin import EXACT, a_spec

SEEDS = range(200)


def drawn(seed: int, desktops: int = 80) -> Drawn:
    return Drawn(seed=seed, desktops=desktops)


def test_the_same_seed_draws_the_same_shape():
    first, again, other = (drawn(seed).spec(seed=1, desktops=80) for seed in (7, 7, 8))

    assert first == again
    assert first != other


@pytest.mark.parametrize("name", RANGES)
def test_each_range_is_reached_from_end_to_end(name: str):
    reached = sorted(drawn_figures(seed).of[name] for seed in SEEDS)
    each = RANGES[name]

    assert each.low <= reached[0] < each.at(0.05)
    assert each.at(0.95) < reached[-1] <= each.high
    assert each.at(0.4) < reached[len(reached) // 2] < each.at(0.6)


@pytest.mark.parametrize("name", CHOICES)
def test_each_kind_is_drawn_about_as_often_as_its_share_says(name: str):
    drawn_kinds = Counter(drawn_figures(seed).kinds[name] for seed in SEEDS)

    assert sum(CHOICES[name].kinds.values()) == pytest.approx(1.0)
    assert {kind: drawn_kinds[kind] / len(SEEDS) for kind in CHOICES[name].kinds} == pytest.approx(CHOICES[name].kinds, abs=0.1)


def test_the_ends_of_ranges_and_choices():
    ratio, plain, kinds = Range(low=1, high=4, why=""), Range(low=0, high=3, ratio=False, why=""), {"a": 0.5, "b": 0.5}

    assert [ratio.at(share) for share in (0.0, 0.5, 1.0)] == pytest.approx([1.0, 2.0, 4.0])
    assert [plain.at(share) for share in (0.0, 0.5, 1.0)] == [0.0, 1.5, 3.0]
    assert [Choice(kinds=kinds, why="").at(share) for share in (0.1, 0.5, 1.0)] == ["a", "b", "b"]


def test_every_range_says_where_it_comes_from():
    assert all(each.why.endswith(".") for each in (*RANGES.values(), *CHOICES.values()))


def test_every_shape_can_be_written_as_a_twins_file_and_holds_everybody():
    for seed in SEEDS:
        spec = drawn(seed).spec(seed=seed, desktops=80)

        assert replace(twin_of(TwinKeys.model_validate(_written(spec))), roles={}, tokens=()) == spec
        assert can_hold(spec, wanted=80) == 80


def _written(spec: TwinSpec) -> dict[str, object]:
    """As in a twin's file."""
    parts = {"durations": Durations, "api": ApiSpec, "log_ons": LogOns, "random_faults": RandomFaults}
    return {
        "name": spec.name,
        "seed": spec.seed,
        "nodes": [
            {"names": node.name, "cores": node.cores, "memory_gib": node.memory_mib // 1024, "speed": node.speed}
            for node in spec.nodes
        ],
        "storages": [_part(storage) | {"nodes": _range(storage.nodes)} for storage in spec.storages],
        "templates": [_part(template, "node") | {"nodes": template.node} for template in spec.templates],
        "faults": [{"rival_locks": _fault(fault)} for fault in spec.faults if isinstance(fault, RivalLocks)],
        **{name: _part(getattr(spec, name)) for name in parts},
    }


def _part(value: Any, *without: str) -> dict[str, object]:
    return {name.removesuffix("_s"): each for name, each in asdict(value).items() if name not in without}


def _fault(fault: RivalLocks) -> dict[str, object]:
    parts = _part(fault, "node")
    return {"lasts" if name == "for" else name: each for name, each in parts.items()}


def _range(names: tuple[str, ...]) -> str | None:
    return f"pve[{names[0][3:]}-{names[-1][3:]}]" if names else None


def test_speeds_sizes_and_load_are_unlike_where_they_should_be():
    shapes = [drawn(seed) for seed in SEEDS]
    unlike = [shape for shape in shapes if shape.figures.kinds["speeds"] != "alike"]

    assert all(max(node.speed for node in shape.calm.nodes) <= 1.0 for shape in shapes)
    assert all(len({node.speed for node in shape.calm.nodes}) > 1 for shape in unlike)
    assert all(len({node.speed for node in shape.calm.nodes}) == 1 for shape in shapes if shape not in unlike)
    assert any(len({node.memory_mib for node in shape.calm.nodes}) > 2 for shape in shapes)
    assert {len(shape.calm.storages) for shape in shapes} >= {1, 2, 3, 4}
    assert all(bool(shape.spec(seed=1, desktops=80).faults) == ("rival" in _load(shape)) for shape in shapes)


def _load(shape: Drawn) -> str:
    return shape.figures.kinds["load"].replace("both", "rival and slow")


TWO = replace(a_spec(nodes=2), durations=replace(EXACT, boot_s=40.0, first_boot_s=8.0))
UNLIKE = replace(TWO, nodes=(TWO.nodes[0], replace(TWO.nodes[1], speed=0.25)))
PLENTY = {"pve1": 1000, "pve2": 1000}


@pytest.mark.parametrize(
    ("spec", "desktops", "holds", "full", "seconds"),
    [
        pytest.param(TWO, 1, PLENTY, False, 1.2 + 2.8 + 48, id="one: its own chain"),
        pytest.param(TWO, 160, PLENTY, False, 4 + 80 * 5 + 8, id="alike: half each"),
        pytest.param(UNLIKE, 100, PLENTY, False, 7.6 + 20 * 20 + 8, id="unlike: a fifth on the slow one"),
        pytest.param(UNLIKE, 100, {"pve1": 50, "pve2": 50}, False, 7.6 + 50 * 20 + 8, id="what the slow one has to take"),
        pytest.param(
            replace(a_spec(nodes=2, shared=True), durations=replace(TWO.durations, boot_s=10.0)),
            100,
            PLENTY,
            False,
            100 * 1.2 + 20.8,
            id="a shared storage: its lock",
        ),
        pytest.param(TWO, 20, PLENTY, True, 10 * 64 + 50.8, id="full clones: each bandwidth"),
    ],
)
def test_the_bound_by_splitting_worked_out_by_hand(spec, desktops, holds, full, seconds):
    assert split_bound_s(spec, desktops=desktops, holds=holds, full=full) == pytest.approx(seconds, abs=0.1)


@pytest.mark.parametrize("start", [(1, 2), (24, 45), (5, 9)])
def test_a_descent_ends_at_the_best_pair_and_skips_what_times_out(start):
    tried = []

    def attempt(pair, best):
        tried.append(pair)
        clones, boots = pair
        return (float(clones) if clones > 3 else 0.0), abs(math.log(boots / 13)) + abs(math.log(clones / 8))

    assert descend(start, attempt)[0] == (3, 13)
    assert len(tried) == len(set(tried)) < len(CLONES) * len(BOOTS) / 2


@pytest.fixture(scope="module")
def found():
    return run.run(count=1, agents=8, seed=12)


def test_a_small_shape_is_played(found):
    (row,) = found["rows"]

    assert (row["seed"], row["agents"], row["ready"]) == (12, 8, 8)
    assert row["makespan_s"] >= row["best_s"] * 0.9
    assert row["makespan_s"] >= row["bound_s"] * 0.9


def test_time_outs_that_the_twin_makes_by_itself_are_not_the_limits_fault():
    shapes = [drawn(seed) for seed in SEEDS]
    plain = [shape for shape in shapes if not shape.spec(seed=1, desktops=80).random_faults.share]

    assert {shape.tolerated_percent for shape in plain} == {0.3}
    assert all(0.6 < shape.tolerated_percent < 12 for shape in shapes if shape not in plain)


@pytest.mark.parametrize(("seed", "slower"), [(12, True), (3, False)])
def test_storages_get_slow_and_recover(seed: int, slower: bool):
    shape = drawn(seed)
    spec = shape.spec(seed=1, desktops=80)
    rehearsal = Rehearsal(Stage(config=a_config_on(spec), roster=a_roster(80), twins={ClusterId(spec.name): spec}))
    shape.disturb(rehearsal, agents=80)
    (twin,) = rehearsal.twins.values()
    operation_s = [_operation_s(twin)]
    for share in (shape.figures.of["load_from"] + 0.01, 2.0):
        rehearsal.events.advance(share * shape.bound_s)
        operation_s.append(_operation_s(twin))

    times = shape.figures.of["slower"] if slower else 1.0
    assert operation_s == pytest.approx([operation_s[0], times * operation_s[0], operation_s[0]])


def _operation_s(twin: Twin) -> float:
    return next(iter(twin.cluster.domains.values())).spec.image_operation_s


def a_row(seed=1, makespan_s=110.0, best_s=100.0, bound_s=90.0, ready=80, timeouts=0.0, best_timeouts=0.0):
    return {
        "seed": seed, "what": "2 nodes, local", "agents": 80, "ready": ready, "makespan_s": makespan_s,
        "timeouts_percent": timeouts, "clones": 2, "boots": 9, "best_s": best_s, "best_timeouts_percent": best_timeouts,
        "bound_s": bound_s,
    }  # fmt: skip


def a_result(*rows):
    return {"seed": 1, "agents": 80, "rows": list(rows)}


@pytest.mark.parametrize(
    ("rows", "met", "message"),
    [
        pytest.param([a_row()] * 3, True, "median 1.100, p95 1.100, 3 shapes from seed 1", id="exactly"),
        pytest.param(
            [a_row(makespan_s=100.0)] * 19 + [a_row(makespan_s=500.0)], True,
            "median 1.000, p95 1.000, 20 shapes from seed 1", id="one in twenty is far",
        ),
        pytest.param(
            [a_row(makespan_s=100.0)] * 18 + [a_row(makespan_s=130.0)] * 2, False,
            "median 1.000, p95 1.300, 20 shapes from seed 1", id="two in twenty are",
        ),
        pytest.param([], False, "not measured", id="no shape"),
        pytest.param(
            [a_row(), a_row(best_s=math.inf)], True, "median 1.100, p95 1.100, 1 shapes from seed 1, 1 without", id="no best"
        ),
    ],
)  # fmt: skip
def test_near_the_best_fixed_limits(rows, met, message):
    assert judges_drawn.within("best_s", median=1.10, p95=1.25)(a_result(*rows)) == (met, message)


def test_everybody_ready():
    assert judges_drawn.everybody_ready(a_result(a_row())) == (True, "1 of 1 shapes")
    assert judges_drawn.everybody_ready(a_result(a_row(), a_row(2, ready=79))) == (False, "1 of 2 shapes; seed 2: 79 of 80")


def test_timeouts_count_beyond_those_that_no_limit_saves():
    assert judges_drawn.timeouts(a_result(a_row(timeouts=2.0, best_timeouts=2.0), a_row(timeouts=0.2)))[0]
    assert judges_drawn.timeouts(a_result(a_row(timeouts=2.0, best_timeouts=0.2), a_row())) == (False, "1.00 %, on 1 shapes")
