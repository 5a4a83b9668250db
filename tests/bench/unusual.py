"""Pools on days on which people come otherwise than before, by seed in virtual time: who waits, and how many desktops run.

The seeds were drawn after the rule was written; while it was written, others were played.
"""

from dataclasses import dataclass
from typing import Any

from provisioner.model.autoscale import AutoscaleRules
from tests.bench.parallel import spread
from tests.builders.arrivals import SHAPES
from tests.builders.unusual_days import KINDS, Site, an_unusual
from tests.builders.virtual_pool import Week, play_week

SIZES = (20, 60, 200, 600, 2000)
"""People on a usual day."""
SEEDS = range(3001, 3007)
"""As many as there are shapes and ratios."""
_RATIOS = (1.0, 3.0)
_ROOM = 3
"""Desktops at most, for each person of a usual day, where more people come than usual; otherwise a fifth more than people."""
_MORE = frozenset({"snow day", "twice as many", "two sites merged"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Days of one kind, at sites of one size."""

    kind: str
    people: int
    seeds: tuple[int, ...] = tuple(SEEDS)


def run(*, jobs: int = 1, sizes: tuple[int, ...] = SIZES, seeds: tuple[int, ...] = tuple(SEEDS)) -> dict[str, Any]:
    """Each kind of day, at sites of each size."""
    return {"rows": spread(_run, [Case(kind=kind, people=size, seeds=seeds) for kind in KINDS for size in sizes], jobs=jobs)}


def _run(case: Case) -> dict[str, Any]:
    weeks = [_play(case, seed) for seed in case.seeds]
    waited, people = sum(week.waited for week in weeks), sum(week.people for week in weeks)
    found = {
        "kind": case.kind,
        "people": case.people,
        "sites": len(weeks),
        "waited_percent": round(100.0 * waited / people, 3),
        "worst_percent": round(100.0 * max(week.waited_share for week in weeks), 3),
        "longest_s": round(max(week.waits_s for week in weeks)),
        "of_best": round(sum(week.hours for week in weeks) / sum(week.least_hours for week in weeks), 4),
        "worst_of_best": round(max(week.hours / week.least_hours for week in weeks), 4),
    }
    print(f"unusual {found}", flush=True)
    return found


def _play(case: Case, seed: int) -> Week:
    kinds = [(shape, ratio) for shape in sorted(SHAPES) for ratio in _RATIOS]
    shape, ratio = kinds[seed % len(kinds)]
    drawn = an_unusual(case.kind, Site(shape=shape, people=case.people, ratio=ratio, seed=seed))
    most = case.people * _ROOM if case.kind in _MORE else case.people + case.people // 5
    return play_week(drawn.earlier, drawn.days, rules=AutoscaleRules(max=most), seed=seed, warm=min(1, len(drawn.earlier)))


__all__ = ["SEEDS", "SIZES", "Case", "run"]
