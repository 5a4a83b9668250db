"""Clones into a pool, compared with clones outside it: membership takes the single lock of user.cfg as the last step.

A wait for it that times out rolls the whole clone back. How long it is held is the twin's (`twin/api/endpoints/user_cfg.py`).
The more clones end in a second, the more of them want it at once: fast storage on many nodes is the worst shape.
"""

from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any

from provisioner.model.ids import PoolName
from provisioner.model.site_config import SiteConfig
from tests.bench.parallel import spread
from tests.bench.stage import AGENTS, SEEDS, a_spec, play


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A reference twin, with storage of another speed."""

    twin: str
    slower: float = 1.0

    @property
    def title(self) -> str:
        return f"{self.twin} ×{self.slower:g}"


SHAPES = (
    Shape(twin="local-16"),
    Shape(twin="local-16", slower=0.3),
)
"""The second is the worst: sixteen storage locks, each of which lets a clone out every third of a second."""
_POOL = PoolName("desks")


def run(
    *, agents: int = AGENTS, seeds: tuple[int, ...] = SEEDS, shapes: tuple[Shape, ...] = SHAPES, jobs: int = 1
) -> dict[str, Any]:
    """Every shape, without and with a pool, under every seed."""
    plays = [(shape, pooled, seed, agents) for shape in shapes for pooled in (False, True) for seed in seeds]
    runs = dict(zip(plays, spread(_run, plays, jobs=jobs), strict=True))
    rows = [
        _row(shape, *([runs[shape, pooled, seed, agents] for seed in seeds] for pooled in (False, True))) for shape in shapes
    ]
    return {"agents": agents, "seeds": seeds, "shapes": rows}


def _run(of: tuple[Shape, bool, int, int]) -> dict[str, Any]:
    shape, pooled, seed, agents = of
    spec = a_spec(shape.twin, seed=seed, desktops=agents, slower=shape.slower)
    played = play(spec, agents, change=_into_pool if pooled else None)
    found = {
        "makespan_s": round(played.makespan_s, 1),
        "ready": played.forecast.ready,
        "lock_timeouts": played.truth.lock_timeouts,
        "user_cfg_timeouts": played.truth.user_cfg_timeouts,
        "members": played.members,
    }
    print(f"pool {shape.title}, {'with' if pooled else 'without'}, seed {seed}: {found}", flush=True)
    return found


def _into_pool(config: SiteConfig) -> SiteConfig:
    """The twin has the pools that the configuration names."""
    pools = dict.fromkeys(config.naming.vmids, _POOL)
    return replace(config, pools=pools)


def _row(shape: Shape, without: list[dict[str, Any]], within: list[dict[str, Any]]) -> dict[str, Any]:
    ratio = fmean(run["makespan_s"] for run in within) / fmean(run["makespan_s"] for run in without)
    return {"title": shape.title, "without": without, "with": within, "ratio": round(ratio, 4)}


__all__ = ["SHAPES", "Shape", "run"]
