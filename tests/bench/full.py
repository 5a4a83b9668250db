"""Shapes with one shared storage, with as many people as their nodes hold: is everybody ready, and on which nodes?"""

from collections.abc import Iterable
from functools import partial
from typing import Any

from tests.bench.parallel import spread
from tests.bench.shapes import SHAPES, played
from tests.bench.stage import SEEDS, can_hold

TITLES = ("ceph-1", "wide-3", "slow-nfs")
_EVERYBODY = 10**6


def run(
    *, agents: int = _EVERYBODY, seeds: tuple[int, ...] = SEEDS[:1], shapes: Iterable[str] = TITLES, jobs: int = 1
) -> dict[str, Any]:
    """Each shape under the first seed, with `agents` people or as many as it holds."""
    return {"seeds": seeds[:1], "rows": spread(partial(_row, agents=agents, seed=seeds[0]), shapes, jobs=jobs)}


def _row(title: str, *, agents: int, seed: int) -> dict[str, Any]:
    shape = SHAPES[title]
    held = can_hold(shape.spec(seed=seed, desktops=agents), wanted=agents)
    outcome = played(shape, held, seed=seed)
    row = {
        "title": title,
        "held": held,
        "ready": outcome.truth.ready,
        "nodes": len(outcome.spec.nodes),
        "fewest": min(outcome.ready_on.get(node.name, 0) for node in outcome.spec.nodes),
        "most": max(outcome.ready_on.values(), default=0),
        "makespan_s": round(outcome.makespan_s, 1),
        "timeouts_percent": round(outcome.timeouts_percent, 3),
    }
    print(f"full {row}", flush=True)
    return row
