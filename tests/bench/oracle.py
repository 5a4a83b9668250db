"""The best fixed limit in hindsight, and how much longer the default takes: regret = makespan ÷ oracle − 1.

A fixed limit is the number of clones at once in every lock domain, whatever is measured; all else is as ever. It counts only
while its own lock time-outs are at most 0.3 % of the desktops.
"""

import math
from dataclasses import dataclass, replace
from functools import partial
from statistics import fmean
from typing import Any

from provisioner.model.budget import Budget
from provisioner.rehearsal.rehearse import Rehearsal
from tests.bench.fixed import FixedMeter
from tests.bench.parallel import spread
from tests.bench.stage import SEEDS, Played, a_spec, half_way_s, lock_domains, play, slow_down

AGENTS = 400
"""Under five seeds 2,000 clones a limit: enough to tell 0.3 % from 0.1 %. With 1,700 each it takes ten times as long."""
TOLERATED_PERCENT = 0.3
LARGEST = 32
_IN_VAIN = 4
"""After so many larger limits in a row that were no faster, or failed too often, none is."""
_A_DOMAIN = 12
"""Desktops that each lock domain gets at least, however slow its storage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A twin, with storage of another speed."""

    twin: str
    slower: float = 1.0
    changes_to: float | None = None
    """Image operations take this many times as long from the middle of the shortest possible run on; None: no change."""

    @property
    def title(self) -> str:
        change = f", ×{self.changes_to:g} from half-way" if self.changes_to is not None else ""
        return f"{self.twin} ×{self.slower:g}{change}"


SHARED = ("shared-1", "shared-4")
_SPEEDS = (1.0, 0.3, 3.0, 10.0)
CASES = (
    *(Case(twin=twin, slower=slower) for twin in (*SHARED, "local-16") for slower in _SPEEDS),
    *(Case(twin=twin, changes_to=3.0) for twin in SHARED),
)


def run(
    *,
    agents: int = AGENTS,
    cases: tuple[Case, ...] = CASES,
    largest: int = LARGEST,
    seeds: tuple[int, ...] = SEEDS,
    jobs: int = 1,
) -> dict[str, Any]:
    """Each case's grid, from one clone at a time up to `largest`; figures are means over the seeds."""
    found = spread(partial(_case, agents=agents, largest=largest, seeds=seeds), cases, jobs=jobs)
    return {"agents": agents, "seeds": seeds, "tolerated_percent": TOLERATED_PERCENT, "cases": found}


def _case(case: Case, *, agents: int, largest: int, seeds: tuple[int, ...]) -> dict[str, Any]:
    agents = _bounded(case, agents)
    own = _figures([_play(case, agents, None, seed=seed) for seed in seeds])
    fixed: dict[int, dict[str, float]] = {}
    for limit in range(1, largest + 1):
        fixed[limit] = _figures([_play(case, agents, limit, seed=seed) for seed in seeds])
        if _in_vain(fixed):
            break
    allowed = _allowed(fixed)
    best_limit = min(allowed, key=lambda limit: allowed[limit]["makespan_s"])  # one clone at a time never fails
    regret = own["makespan_s"] / allowed[best_limit]["makespan_s"] - 1
    print(f"oracle {case.title}: best {best_limit} {allowed[best_limit]}, default {own}, regret {regret:.1%}", flush=True)
    return {
        "title": case.title, "twin": case.twin, "agents": agents, "fixed": fixed, "oracle_limit": best_limit,
        "oracle": allowed[best_limit], "default": own, "regret": round(regret, 4),
    }  # fmt: skip


def _bounded(case: Case, agents: int) -> int:
    """On slow storage fewer desktops settle the rate."""
    return min(agents, max(round(agents / max(1.0, case.slower)), _A_DOMAIN * lock_domains(a_spec(case.twin))))


def _allowed(fixed: dict[int, dict[str, float]]) -> dict[int, dict[str, float]]:
    return {limit: figures for limit, figures in fixed.items() if figures["timeouts_percent"] <= TOLERATED_PERCENT}


def _in_vain(fixed: dict[int, dict[str, float]]) -> bool:
    allowed = _allowed(fixed)
    best = min(allowed, key=lambda limit: (allowed[limit]["makespan_s"], limit), default=0)
    return max(fixed) >= best + _IN_VAIN


def _play(case: Case, agents: int, limit: int | None, *, seed: int) -> Played:
    spec = a_spec(case.twin, seed=seed, desktops=agents, slower=case.slower)

    def prepare(rehearsal: Rehearsal) -> None:
        if limit is not None:
            rehearsal.reconciler.flight.meter = FixedMeter(clones=limit)
        if case.changes_to is not None:
            rehearsal.events.after(half_way_s(spec, agents), lambda: slow_down(rehearsal, case.changes_to or 1.0))

    return play(spec, agents, budget=None if limit is None else _no_ceiling(limit), prepare=prepare)


def _no_ceiling(limit: int) -> Budget:
    return replace(Budget(), clones_per_local_domain=limit, clones_per_shared_domain=limit)


def _figures(played: list[Played]) -> dict[str, float]:
    complete = all(outcome.forecast.ready == outcome.agents for outcome in played)
    return {
        "makespan_s": round(fmean(outcome.makespan_s for outcome in played), 1) if complete else math.inf,
        "timeouts_percent": round(fmean(outcome.timeouts_percent for outcome in played), 3),
    }
