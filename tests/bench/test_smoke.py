"""The benchmark runs on a few desktops and has the keys that the page and its readers need. No time is judged."""

import pytest

from tests.bench import (
    best,
    capacity,
    directory,
    full,
    growth,
    mechanisms,
    oracle,
    page,
    pool,
    results,
    sections,
    shapes,
    virtual,
)
from tests.bench.faults import run as faults
from tests.bench.questions import run as questions
from tests.bench.site import Site

pytestmark = pytest.mark.long

FIGURES = {
    "makespan_s", "bound_s", "efficiency", "lock_timeouts", "late_lock_timeouts", "calls_per_desktop",
    "calls_per_desktop_by_endpoint", "worker_s_per_desktop_by_endpoint", "bytes_per_desktop", "ready_50_s", "ready_90_s",
    "ready_100_s", "unmet", "can_hold",
}  # fmt: skip

A_READING = {"wanted": 20, "people": 20, "seconds": 0.5, "cpu_s": 0.25, "more_mib": 1.5}
"""Of a server; test_directory.py asks a real one."""

A_WEEK = {
    "shape": "mornings", "ratio": 3.0, "seed": 1, "people": 20, "waited_percent": 0.5, "longest_s": 9, "hours": 8,
    "of_best": 1.02, "of_office": 0.6, "blind_waited_percent": 7.0,
}  # fmt: skip
"""Of a pool; tests/planning/autoscale/test_weeks.py plays days."""

AN_UNUSUAL_DAY = {
    "kind": "snow day", "people": 200, "sites": 6, "waited_percent": 1.2, "worst_percent": 1.9, "longest_s": 20, "of_best": 1.2,
    "worst_of_best": 1.3,
}  # fmt: skip
"""Of the same pool."""

A_DRAWN = {
    "seed": 12, "what": "2 nodes, local", "agents": 8, "ready": 8, "makespan_s": 110.0, "timeouts_percent": 0.0, "clones": 2,
    "boots": 9, "best_s": 100.0, "best_timeouts_percent": 0.0, "bound_s": 88.0,
}  # fmt: skip
"""Of a drawn cluster; tests/bench/test_drawn.py plays some."""


A_QUESTION = {
    "seed": 7, "kind": "30 known", "real_s": 100.0, "p5_s": 80.0, "p50_s": 95.0, "p95_s": 115.0, "width": 1.438,
    "where": "held", "says_unknown": False, "answer": "maybe", "wrong": False, "binds_right": None, "cpu_s": 0.5,
}  # fmt: skip
"""About a drawn cluster; tests/bench/test_questions.py asks some."""

A_MORNING = {
    "ratio": 3.0, "seed": 1, "people": 20, "waited_percent": 0.5, "longest_s": 9, "unserved": 0, "most_on_one": 1, "hours": 8,
    "of_best": 1.02,
}  # fmt: skip
"""Of the same pool, on a twin; tests/rehearsal/test_borrowing.py plays mornings."""

LENDS = {
    "orders": 124, "lent": 124, "double": 0, "p50_s": 0.1, "p95_s": 0.5, "longest_s": 0.6, "made_meanwhile": 9,
    "daemon_cpu_s": 40.0, "load": 1.5,
    "statuses": {"200": 124}, "agents": 600, "pool": 140, "callers": 32, "scale": 20.0,
}  # fmt: skip
"""Of real processes; tests/e2e/test_lending.py orders from some."""


A_ROTATION = {
    "stays_percent": 3.0, "weeks": 4, "pool": 30, "most_desktops": 30, "came": 290, "worked": 290, "late": 10, "stayed": 24,
    "most_waits": 1, "wrong": 0,
}  # fmt: skip
"""Of half-days, on a twin; tests/reconciler/test_rotation_weeks.py plays weeks."""


RECEIVER = {
    "desktops": 20, "reports": 20, "bytes": 669, "receiver_cpu_ms": 2.0, "echo_cpu_ms": 1.5, "ratio": 1.33, "pace": 1.0,
    "share_of_core": 0.06, "daemon_share_of_core": [0.01, 0.03], "cycles": [6, 6], "cycle_cpu_ms": [10.0, 10.5],
    "cycle_cpu_ms_ratio": 1.05, "cycle_ms": [12.0, 13.0], "cycle_ms_ratio": 1.083, "together": 20, "together_taken_s": 0.5,
    "together_accepted_s": 0.9, "together_tries": 20, "together_lost": 0, "together_cpu_s": 0.05, "together_idle": 0.2,
    "together_echo_s": 0.4, "receiver_peak_mib": 80.0, "machine_idle": 0.5,
}  # fmt: skip
"""Of real processes; tests/receiver/ sends to some."""


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Small results of everything that needs no server."""
    folder = tmp_path_factory.mktemp("bench")
    Site(20).write_store(folder / "bascule.db")
    cases = (oracle.Case(twin="shared-1"), oracle.Case(twin="shared-1", changes_to=3.0))
    measured = {
        "virtual": virtual.run(agents=20, seeds=(1,)),
        "oracle": oracle.run(agents=20, cases=cases, largest=2, seeds=(1, 2)),
        "full": full.run(agents=20, shapes=("wide-3",)),
        "best": best.run(agents=20, many=30, shapes=("local-16",), most=3, tries=folder),
        "shapes": shapes.run(agents=20, shapes=("early-loss", "local-16")),
        "mechanisms": mechanisms.run(agents=20, shapes=("shared-1", mechanisms.POOLED)),
        "pool": pool.run(agents=20, seeds=(1,), shapes=(pool.Shape(twin="shared-1"),)),
        "faults": faults.run(agents=4, rows=("E8",)),
        "growth": growth.summary([growth.measure(20, folder / "bascule.db")]),
        "capacity": capacity.run(shapes=(capacity.Shape(), capacity.Shape(nodes=3, on_shared=True, profiles=2))),
        "directory": {"sizes": [A_READING], "fuzz": directory.fuzz(100)},
    }
    measured["autoscale"] = {"weeks": [A_WEEK]}
    measured["drawn"] = {"seed": 12, "agents": 8, "rows": [A_DRAWN]}
    measured["unusual"] = {"rows": [AN_UNUSUAL_DAY]}
    measured["borrowing"] = {"mornings": [A_MORNING]}
    measured["lends"] = LENDS
    measured["rotation"] = {"trials": [A_ROTATION]}
    measured["receiver"] = RECEIVER
    measured["questions"] = {"seed": 7, "agents": 8, "rows": [A_QUESTION], **questions.figures_of([A_QUESTION])}
    for name, figures in measured.items():
        results.keep(name, results.headed(name, figures, command=f"python -m tests.bench {name}"), folder / "results")
    return results.read(folder / "results")


def test_a_run_in_virtual_time_has_every_figure(found):
    (run,) = found["virtual"]["twins"]["local-16"]["runs"]

    assert run.keys() >= FIGURES
    assert (run["ready"], run["can_hold"], run["doubled"], run["orphans"]) == (20, 20, 0, 0)
    assert 0 < run["efficiency"] <= 1


def test_the_oracle_is_the_best_allowed_limit(found):
    steady, slowing = found["oracle"]["cases"]
    allowed = [
        figures["makespan_s"] for figures in steady["fixed"].values() if figures["timeouts_percent"] <= oracle.TOLERATED_PERCENT
    ]

    assert steady["oracle"]["makespan_s"] == min(allowed)
    assert steady["regret"] == pytest.approx(steady["default"]["makespan_s"] / min(allowed) - 1, abs=1e-4)
    assert slowing["oracle"]["makespan_s"] > steady["oracle"]["makespan_s"]


def test_a_fixed_limit_is_a_limit(found):
    """Two at once overlap what they do outside the lock, from the first clone on."""
    fixed = found["oracle"]["cases"][0]["fixed"]

    assert fixed["2"]["makespan_s"] < fixed["1"]["makespan_s"] - 5


def test_the_best_fixed_limits_are_searched(found):
    few, many = found["best"]["rows"]

    assert (few["agents"], many["agents"]) == (20, 30)
    assert few["clones"] in best.CLONES[:3]
    assert few["boots"] in best.BOOTS[:3]


def test_each_mechanism_is_compared_with_none_but_itself_missing(found):
    rows = found["mechanisms"]["rows"]

    assert {row["mechanism"] for row in rows} == {mechanism.title for mechanism in mechanisms.MECHANISMS}
    assert any(row["with"] != row["without"] for row in rows)


def test_a_full_shape_is_counted_by_the_twins_truth(found):
    (row,) = found["full"]["rows"]

    assert (row["held"], row["ready"], row["nodes"]) == (20, 20, 3)
    assert 0 < row["fewest"] <= row["most"] < 20


def test_a_round_takes_in_every_cluster(found):
    (row,) = found["growth"]["sizes"]

    assert (row["clusters"], row["cycles_a_round"], row["rounds"]) == (1, 1, growth.ROUNDS)
    assert row["page_bytes"] > 10_000


def test_a_clone_made_into_a_pool_is_in_the_pool(found):
    (row,) = found["pool"]["shapes"]

    assert [run["members"] for run in (*row["without"], *row["with"])] == [0, 20]
    assert row["ratio"] == pytest.approx(1.0, abs=0.05)


def test_the_page_shows_every_result(found):
    text = page.text_of(found, old=frozenset())

    assert all(f"## {title}\n" in text for title, _ in sections.SECTIONS.values())
    assert "| local-16, 1 | 20 of 20 |" in text
    assert "| E8: 64 vCPUs on nodes of 32 cores | 4 | 0 | 0 | 0 | 0 of 16 | 1, 1, 1 | 0, 0, 0 | - | cores: no VM of 64" in text
    assert "| 20 | 0.5 | 0.25 | 1.5 |" in text
    assert "| early-loss | not measured |" in text
    assert "| 12 | 2 nodes, local | 8 of 8 | 110 | 2 | 9 | 100 | 1.100 | 88 | 1.250 | 0 | 0 |" in text


def test_a_part_that_was_not_measured_is_shown_as_such(found):
    text = page.text_of(found, old=frozenset())

    assert "| unknown | local-16, efficiency over HTTPS | ≥ 0.90 | not measured | `python -m tests.bench daemon` |" in text
    assert "## The daemon\n\n`python -m tests.bench daemon`: not measured.\n" in text
