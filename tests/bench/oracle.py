"""The best fixed limit in hindsight, and how much longer the default takes: regret = makespan ÷ oracle − 1.

A fixed limit is the number of clones in flight on a shared storage id; boots stay as they are. It counts only while its
own lock time-outs are at most 0.3 % of the desktops.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from provisioner.model.budget import Budget
from provisioner.rehearsal.rehearse import Rehearsal
from tests.bench.stage import AGENTS, Played, a_spec, play

LIMITS = tuple(range(1, 13))
TOLERATED_PERCENT = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A twin, with storage of another speed."""

    twin: str
    slower: float = 1.0
    changes_to: float | None = None
    """Image operations take this many times as long from the middle of the shortest possible run on; None: no change."""
    seed: int = 1

    @property
    def title(self) -> str:
        change = f", ×{self.changes_to:g} from half-way" if self.changes_to is not None else ""
        return f"{self.twin} ×{self.slower:g}{change}"


CASES = tuple(
    Case(twin=twin, slower=slower, changes_to=changes)
    for twin in ("shared-1", "shared-4")
    for slower, changes in ((1.0, None), (0.3, None), (3.0, None), (10.0, None), (1.0, 3.0))
)


def run(
    *, folder: Path, agents: int = AGENTS, cases: tuple[Case, ...] = CASES, limits: tuple[int, ...] = LIMITS
) -> dict[str, Any]:
    """Each case's grid; runs of a fixed limit are kept in `folder`, since no change of the default can change them."""
    cache = _Cache(folder / "oracle-cache.json")
    return {
        "agents": agents,
        "tolerated_percent": TOLERATED_PERCENT,
        "cases": [_case(one, agents, limits, cache=cache) for one in cases],
    }


def _case(case: Case, agents: int, limits: tuple[int, ...], *, cache: "_Cache") -> dict[str, Any]:
    agents = _bounded(case, agents)
    fixed: dict[int, dict[str, float]] = {}
    for limit in limits:
        fixed[limit] = cache.get(case, agents, limit) or cache.put(
            case, agents, limit, found=_figures(_play(case, agents, limit))
        )
        if _hopeless(fixed):
            break
    own = _figures(_play(case, agents, None))
    allowed = {limit: one for limit, one in fixed.items() if one["timeouts_percent"] <= TOLERATED_PERCENT}
    limit, best = min(allowed.items(), key=lambda item: item[1]["makespan_s"]) if allowed else (None, None)
    regret = own["makespan_s"] / best["makespan_s"] - 1 if best else None
    print(f"oracle {case.title}: best {limit} {best}, default {own}, regret {regret}", flush=True)
    return {
        "title": case.title, "agents": agents, "fixed": fixed, "oracle_limit": limit, "oracle": best, "default": own,
        "regret": None if regret is None else round(regret, 4),
    }  # fmt: skip


def _bounded(case: Case, agents: int) -> int:
    """On slow storage fewer desktops settle the rate, and ten times slower ones would take hours of virtual time."""
    return max(min(agents, 20), round(agents / max(1.0, case.slower)))


def _hopeless(fixed: dict[int, dict[str, float]]) -> bool:
    """Two limits in a row far beyond what is tolerated: more in flight waits longer still."""
    last = [one["timeouts_percent"] for one in fixed.values()][-2:]
    return len(last) == 2 and min(last) > 10 * TOLERATED_PERCENT


def _play(case: Case, agents: int, limit: int | None) -> Played:
    spec = a_spec(case.twin, seed=case.seed, desktops=agents, slower=case.slower)
    budget = Budget() if limit is None else fixed_budget(limit)

    def change(rehearsal: Rehearsal) -> None:
        if case.changes_to is None:
            return
        clone_s = 2 * spec.storages[0].image_operation_s
        half_way = 0.5 * agents * clone_s / len(spec.storages)
        rehearsal.events.after(half_way, lambda: _slow_down(rehearsal, case.changes_to or 1.0))

    return play(spec, agents, budget=budget, prepare=change)


def fixed_budget(limit: int) -> Budget:
    """So many clones in flight on each shared storage id, whatever is measured."""
    return replace(Budget(), clones_per_shared_domain=limit)


def _slow_down(rehearsal: Rehearsal, factor: float) -> None:
    for twin in rehearsal.twins.values():
        for domain in {id(one): one for one in twin.cluster.domains.values()}.values():
            domain.spec = replace(domain.spec, image_operation_s=domain.spec.image_operation_s * factor)


def _figures(played: Played) -> dict[str, float]:
    complete = played.forecast.ready == played.agents
    return {
        "makespan_s": round(played.makespan_s, 1) if complete else float("inf"),
        "timeouts_percent": round(played.timeouts_percent, 3),
    }


class _Cache:
    """Kept under a key that changes with whatever a fixed run depends on but the planner."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: dict[str, dict[str, float]] = json.loads(path.read_text()) if path.exists() else {}

    def get(self, case: Case, agents: int, limit: int) -> dict[str, float] | None:
        return self._kept.get(_key(case, agents, limit))

    def put(self, case: Case, agents: int, limit: int, *, found: dict[str, float]) -> dict[str, float]:
        self._kept[_key(case, agents, limit)] = found
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps(self._kept, indent=1), encoding="utf-8")
        return found


def _key(case: Case, agents: int, limit: int) -> str:
    spec = a_spec(case.twin, seed=case.seed, desktops=agents, slower=case.slower)
    text = f"{spec!r} {case.changes_to} {agents} {fixed_budget(limit)!r}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]
