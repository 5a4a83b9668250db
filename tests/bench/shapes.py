"""The shapes of clusters, each a twin that was changed, and the makespan of the default settings on each.

The best fixed limits to compare with are those of `best`.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from statistics import fmean
from typing import Any, Protocol

from provisioner.model.budget import Budget
from provisioner.model.ids import PoolName
from provisioner.model.machines.twin_spec import RivalLocks, TwinSpec
from provisioner.model.site_config import SiteConfig
from provisioner.pacing.measurements import Meter
from provisioner.rehearsal.rehearse import BOUND_S, Rehearsal
from tests.bench.fixed import FixedMeter
from tests.bench.parallel import spread
from tests.bench.stage import PROFILE, SEEDS, Played, a_spec, can_hold, half_way_s, play, slow_down, surviving

AGENTS = 400
"""Desktops, or as many as the nodes hold."""


class Playable(Protocol):
    """A cluster, and what is known of its image."""

    def spec(self, *, seed: int, desktops: int) -> TwinSpec:
        """The twin."""

    def config(self, config: SiteConfig) -> SiteConfig:
        """With what an administrator writes for it."""

    def disturb(self, rehearsal: Rehearsal, *, agents: int) -> None:
        """Arrange what changes on the twin on the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A twin, changed."""

    title: str
    twin: str
    slower: float = 1.0
    """Image operations take this many times as long."""
    changes_to: float | None = None
    """Image operations take this many times as long from about half-way on; None: no change."""
    durations: Mapping[str, Any] = field(default_factory=dict)
    nodes: int | None = None
    """Only so many of its nodes."""
    rival_s: float = 0.0
    """Another client takes each storage's lock for so long, five times as often as not."""
    pool: PoolName | None = None
    """Its desktops are cloned into it."""
    expected_ready_s: float = 60.0
    ready_timeout_s: float = 900.0

    def spec(self, *, seed: int, desktops: int) -> TwinSpec:
        """The twin."""
        spec = a_spec(self.twin, seed=seed, desktops=desktops, slower=self.slower)
        spec = replace(spec, durations=replace(spec.durations, **self.durations))
        if self.nodes is not None:
            kept = {node.name for node in spec.nodes[: self.nodes]}
            templates = tuple(template for template in spec.templates if template.node in kept)
            spec = replace(spec, nodes=spec.nodes[: self.nodes], templates=templates)
        if self.rival_s:
            rivals = (RivalLocks(storage=each.storage, hold_s=self.rival_s, every_s=5 * self.rival_s) for each in spec.storages)
            spec = replace(spec, faults=(*spec.faults, *rivals))
        return spec

    def config(self, config: SiteConfig) -> SiteConfig:
        """With what an administrator writes for such an image."""
        profile = replace(
            config.profiles[PROFILE], expected_ready_s=self.expected_ready_s, ready_timeout_s=self.ready_timeout_s
        )
        pools = {} if self.pool is None else dict.fromkeys(config.naming.vmids, self.pool)
        return replace(config, profiles={PROFILE: profile}, pools=pools)

    def disturb(self, rehearsal: Rehearsal, *, agents: int) -> None:
        """The change about half-way, if there is one."""
        factor, (spec,) = self.changes_to, rehearsal.stage.twins.values()
        if factor is not None:
            rehearsal.events.after(half_way_s(spec, agents), lambda: slow_down(rehearsal, factor))


SHAPES = {
    shape.title: shape
    for shape in (
        Shape(title="local-16", twin="local-16"),
        Shape(title="shared-1", twin="shared-1"),
        Shape(title="shared-4", twin="shared-4"),
        Shape(title="faulty", twin="faulty"),
        Shape(title="early-loss", twin="early-loss"),
        Shape(title="windows", twin="windows", expected_ready_s=240.0, ready_timeout_s=3600.0),
        Shape(title="mixed-8", twin="mixed-8"),
        Shape(title="ceph-1", twin="ceph-1"),
        Shape(title="wide-3", twin="wide-3"),
        Shape(title="windows-ceph", twin="windows-ceph", expected_ready_s=900.0, ready_timeout_s=7200.0),
        Shape(title="slow-nfs", twin="slow-nfs"),
        Shape(title="local-16, width 4", twin="local-16", durations={"boots_width": 4}),
        Shape(title="local-16, width 16", twin="local-16", durations={"boots_width": 16}),
        Shape(title="local-16, loss from the fifth", twin="local-16",
              durations={"boots_width": 4, "boots_before_loss": 4, "boots_loss": 0.08}),
        Shape(title="local-16, σ 0.6", twin="local-16", durations={"sigma": 0.6}),
        Shape(title="local-16, 4 nodes", twin="local-16", nodes=4),
        Shape(title="local-16, ×10", twin="local-16", slower=10.0),
        Shape(title="shared-1, ×0.3", twin="shared-1", slower=0.3),
        Shape(title="shared-1, ×3", twin="shared-1", slower=3.0),
        Shape(title="shared-4, ×3 from half-way", twin="shared-4", changes_to=3.0),
        Shape(title="local-16, ×3 from half-way", twin="local-16", changes_to=3.0),
        Shape(title="shared-4, a rival", twin="shared-4", rival_s=1.0),
        Shape(title="local-16, a rival", twin="local-16", rival_s=2.0),
        Shape(title="local-16, ×0.3, a pool", twin="local-16", slower=0.3, pool=PoolName("desks")),
    )
}  # fmt: skip


def run(
    *, agents: int = AGENTS, seeds: tuple[int, ...] = SEEDS[:1], shapes: Iterable[str] = SHAPES, jobs: int = 1
) -> dict[str, Any]:
    """Each shape with the default settings; figures are means over the seeds."""
    rows = spread(partial(_own, agents=agents, seeds=seeds), shapes, jobs=jobs)
    return {"agents": agents, "seeds": seeds, "rows": rows}


def _own(title: str, *, agents: int, seeds: tuple[int, ...]) -> dict[str, Any]:
    row = {"title": title, "agents": agents, **figures_of([played(SHAPES[title], agents, seed=seed) for seed in seeds])}
    print(f"shape {row}", flush=True)
    return row


def played(
    shape: Playable,
    agents: int,
    *,
    seed: int,
    fixed: tuple[int, int] | None = None,
    meter: Callable[[], Meter] | None = None,
    at_most_s: float = BOUND_S,
) -> Played:
    """One run; `fixed`: clones a lock domain, boots a node; `meter`: another than the product's; cut after `at_most_s`."""
    spec = shape.spec(seed=seed, desktops=agents)
    agents = can_hold(spec, wanted=agents)
    if fixed is not None:
        meter = partial(FixedMeter, clones=fixed[0], boots=fixed[1])

    def prepare(rehearsal: Rehearsal) -> None:
        if meter is not None:
            rehearsal.reconciler.flight.meter = meter()
        shape.disturb(rehearsal, agents=agents)

    budget = None
    if fixed is not None:
        clones, boots = fixed
        budget = replace(Budget(), clones_per_local_domain=clones, clones_per_shared_domain=clones, boots_per_node=boots)
    return play(spec, agents, budget=budget, prepare=prepare, change=shape.config, at_most_s=at_most_s)


def figures_of(runs: list[Played]) -> dict[str, float]:
    """Means; a run in which fewer were ready at the end than the hardware held then has no end (L7)."""
    complete = all(len(run.ready_after_s) >= can_hold(surviving(run.spec), wanted=run.agents) for run in runs)
    return {
        "makespan_s": round(fmean(outcome.makespan_s for outcome in runs), 1) if complete else math.inf,
        "timeouts_percent": round(fmean(outcome.timeouts_percent for outcome in runs), 3),
    }
