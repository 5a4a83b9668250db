"""Pools that follow their people: 200 weeks by seed in virtual time, after two weeks that were learned from.

Each is compared with a plan that knows the future, and with office hours. People who come in groups are played once more with a
buffer that takes them for people who come independently of each other.
"""

from dataclasses import dataclass
from typing import Any

from tests.bench.parallel import spread
from tests.builders.arrivals import SHAPES, a_trace
from tests.builders.virtual_pool import Week, play_week, poisson_only

WEEKS = 200
RATIOS = (1.0, 3.0)
"""Variance over mean of the arrivals: people who come independently, and in groups."""
_LEARNED, _PLAYED, _BLIND = 10, 5, 1
"""Days that are learned from, and played; with the wrong buffer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One week."""

    shape: str
    ratio: float
    seed: int


def cases(weeks: int = WEEKS) -> list[Case]:
    """The shapes in turn, smooth and in groups, each with its own seed."""
    kinds = [(shape, ratio) for shape in SHAPES for ratio in RATIOS]
    return [
        Case(shape=kinds[number % len(kinds)][0], ratio=kinds[number % len(kinds)][1], seed=number + 1)
        for number in range(weeks)
    ]


def run(*, weeks: int = WEEKS, jobs: int = 1) -> dict[str, Any]:
    """So many weeks."""
    return {"weeks": spread(_run, cases(weeks), jobs=jobs)}


def _run(case: Case) -> dict[str, Any]:
    trace = a_trace(case.shape, seed=case.seed, days=_LEARNED + _PLAYED, ratio=case.ratio)
    earlier, days = trace[:_LEARNED], trace[_LEARNED:]
    found: dict[str, Any] = {"shape": case.shape, "ratio": case.ratio, "seed": case.seed}
    found |= _figures(play_week(earlier, days, seed=case.seed))
    if case.ratio > 1.0:
        blind = play_week(earlier, days[:_BLIND], seed=case.seed, blind=poisson_only)
        found["blind_waited_percent"] = round(100.0 * blind.waited_share, 3)
    print(f"autoscale {found}", flush=True)
    return found


def _figures(week: Week) -> dict[str, Any]:
    return {
        "people": week.people,
        "waited_percent": round(100.0 * week.waited_share, 3),
        "longest_s": round(week.waits_s),
        "hours": round(week.hours),
        "of_best": round(week.hours / week.least_hours, 4),
        "of_office": round(week.hours / week.office_hours, 4),
    }


__all__ = ["RATIOS", "WEEKS", "Case", "cases", "run"]
