"""Each reference twin in virtual time with default settings: how close to what the hardware allows."""

from statistics import fmean
from typing import Any

from tests.bench.parallel import spread
from tests.bench.stage import AGENTS, SEEDS, a_spec, figures_of, play

TWINS = ("local-16", "shared-1", "shared-4", "faulty")
_MEANS = (
    "makespan_s", "bound_s", "efficiency", "lock_timeouts_percent", "writes_per_desktop", "calls_per_desktop",
    "bytes_per_desktop", "worker_s_per_desktop",
)  # fmt: skip


def run(
    *, agents: int = AGENTS, seeds: tuple[int, ...] = SEEDS, twins: tuple[str, ...] = TWINS, jobs: int = 1
) -> dict[str, Any]:
    """Every twin under every seed, and the mean over the seeds."""
    runs = spread(_run, [(name, seed, agents) for name in twins for seed in seeds], jobs=jobs)
    by_twin = {name: runs[at * len(seeds) : (at + 1) * len(seeds)] for at, name in enumerate(twins)}
    return {"agents": agents, "twins": {name: {"runs": own, "mean": _mean(own)} for name, own in by_twin.items()}}


def _run(of: tuple[str, int, int]) -> dict[str, Any]:
    name, seed, agents = of
    found = figures_of(play(a_spec(name, seed=seed, desktops=agents), agents))
    print(f"virtual {name} seed {seed}: {found['makespan_s']} s, efficiency {found['efficiency']}", flush=True)
    return found


def _mean(runs: list[dict[str, Any]]) -> dict[str, float]:
    return {key: round(fmean(run[key] for run in runs), 3) for key in _MEANS}
