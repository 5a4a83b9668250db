"""A pool that follows its people, with the whole reconciler on a twin: one morning in virtual time, after two learned weeks.

`autoscale` plays 200 weeks against the decisions alone. Here they are carried out: boots share their nodes, a desktop is lent
only while it reports that nobody is there, and it is reset after each person.
"""

from dataclasses import dataclass
from typing import Any

from tests.bench.autoscale import RATIOS
from tests.bench.parallel import spread
from tests.bench.stage import a_spec
from tests.builders.arrivals import CALENDAR, Visit, a_trace
from tests.builders.borrowing import Borrowers, Borrowing, a_pool

SEEDS = (1, 2)
_TWIN, _SHAPE, _LEARNED = "local-16", "mornings", 10
_MADE_BY_H, _FROM_H, _UNTIL_H = 6.9, 3.0, 9.5
"""All desktops are made before the first people come; the hour with 1,550 of them begins at 8."""
_SIZE = 1_800
_BOOT_S = 45.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One morning."""

    ratio: float
    seed: int


def run(*, seeds: tuple[int, ...] = SEEDS, ratios: tuple[float, ...] = RATIOS, jobs: int = 1) -> dict[str, Any]:
    """People who come independently of each other, and in groups."""
    cases = [Case(ratio=ratio, seed=seed) for ratio in ratios for seed in seeds]
    return {"mornings": spread(_run, cases, jobs=jobs)}


def _run(case: Case) -> dict[str, Any]:
    *earlier, day = a_trace(_SHAPE, seed=case.seed, days=_LEARNED + 1, ratio=case.ratio)
    found, best_h = play(earlier, day, seed=case.seed, size=_SIZE)
    row = {"ratio": case.ratio, "seed": case.seed} | figures(found, best_h)
    print(f"borrowing {row}", flush=True)
    return row


def play(earlier: list[list[Visit]], day: list[Visit], *, seed: int, size: int) -> tuple[Borrowers, float]:
    """That day's morning; and the desktop-hours of a plan that knows the future."""
    midnight = CALENDAR.instant(CALENDAR.date_of(day[0].came), 0)
    until = midnight + _UNTIL_H * 3600.0
    visits = [visit for visit in day if visit.came < until - 60.0]
    begins = midnight + _FROM_H * 3600.0
    borrowing = Borrowing(
        a_spec(_TWIN, seed=seed), a_pool(size), earlier=earlier, people=len(visits) + 1, begins_at=begins
    )  # fmt: skip
    borrowing.go_on(midnight + _MADE_BY_H * 3600.0)
    found = borrowing.play(visits, until)
    stays_s = sum(min(visit.left, until) - visit.came + _BOOT_S for visit in visits)
    return found, stays_s / 3600.0


def figures(found: Borrowers, best_h: float) -> dict[str, Any]:
    """Of one morning."""
    return {
        "people": found.came,
        "waited_percent": round(found.waited_percent, 3),
        "longest_s": round(found.longest_s),
        "unserved": found.came - found.served,
        "most_on_one": found.most_on_one,
        "hours": round(found.running_s / 3600.0),
        "of_best": round(found.running_s / 3600.0 / best_h, 4),
    }


__all__ = ["Case", "figures", "play", "run"]
