"""Each reference twin in virtual time with default settings: how close to what the hardware allows."""

from statistics import fmean
from typing import Any

from tests.bench.stage import AGENTS, SEEDS, a_spec, figures_of, play

TWINS = ("local-16", "shared-1", "shared-4", "faulty")


def run(*, agents: int = AGENTS, seeds: tuple[int, ...] = SEEDS, twins: tuple[str, ...] = TWINS) -> dict[str, Any]:
    """Every twin under every seed, and the mean over the seeds."""
    return {"agents": agents, "twins": {name: _twin(name, agents, seeds) for name in twins}}


def _twin(name: str, agents: int, seeds: tuple[int, ...]) -> dict[str, Any]:
    runs = []
    for seed in seeds:
        runs.append(figures_of(play(a_spec(name, seed=seed, desktops=agents), agents)))
        print(f"virtual {name} seed {seed}: {runs[-1]['makespan_s']} s, efficiency {runs[-1]['efficiency']}", flush=True)
    means = (
        "makespan_s",
        "bound_s",
        "efficiency",
        "lock_timeouts_percent",
        "writes_per_desktop",
        "calls_per_desktop",
        "bytes_per_desktop",
    )
    return {"runs": runs, "mean": {key: round(fmean(run[key] for run in runs), 3) for key in means}}
