"""The benchmark runs: on twenty desktops, with the keys that the page and its readers count on. No time is judged."""

import json

import pytest

from tests.bench import growth, oracle, page, virtual

FIGURES = {
    "makespan_s", "bound_s", "efficiency", "lock_timeouts", "calls_per_desktop", "calls_per_desktop_by_endpoint",
    "bytes_per_desktop", "ready_50_s", "ready_90_s", "ready_100_s", "unmet",
}  # fmt: skip


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Small results of everything that needs no server."""
    folder = tmp_path_factory.mktemp("bench")
    case = oracle.Case(twin="shared-1")
    found = {
        "virtual": virtual.run(agents=20, seeds=(1,), twins=("local-16",)),
        "oracle": oracle.run(folder=folder, agents=20, cases=(case,), limits=(1, 2)),
        "growth": {"sizes": [growth.measure(20)], "largest_by_smallest": {"cycle_cpu_ms": 1, "scrape_ms": 1, "peak_mib": 1}},
    }
    for name, one in found.items():
        head = {"machine": "m", "date": "d", "commit": "c", "command": name}
        (folder / f"{name}.json").write_text(json.dumps(head | one), encoding="utf-8")
    return folder, found


def test_a_run_in_virtual_time_has_every_figure(results):
    _, found = results
    (run,) = found["virtual"]["twins"]["local-16"]["runs"]

    assert run.keys() >= FIGURES
    assert (run["ready"], run["doubled"], run["orphans"]) == (20, 0, 0)
    assert 0 < run["efficiency"] <= 1


def test_the_oracle_is_the_best_allowed_limit(results):
    _, found = results
    (case,) = found["oracle"]["cases"]
    allowed = [one["makespan_s"] for one in case["fixed"].values() if one["timeouts_percent"] <= oracle.TOLERATED_PERCENT]

    assert case["oracle"]["makespan_s"] == min(allowed)
    assert case["regret"] == pytest.approx(case["default"]["makespan_s"] / min(allowed) - 1, abs=1e-4)


def test_a_fixed_limit_is_played_once(results):
    folder, found = results
    kept = json.loads((folder / "oracle-cache.json").read_text())

    assert sorted(one["makespan_s"] for one in kept.values()) == sorted(
        one["makespan_s"] for one in found["oracle"]["cases"][0]["fixed"].values()
    )


def test_the_page_shows_every_result(results, tmp_path):
    folder, _ = results
    page.write(folder, tmp_path / "performance.md")
    text = (tmp_path / "performance.md").read_text(encoding="utf-8")

    assert all(title in text for title in ("## In virtual time", "## Against the best fixed limit", "## Growth"))
    assert "| local-16, 1 | 20 of 20 |" in text
