"""Four weeks of a rotation on a twin, in virtual time: people stay on and are away, a node is lost at noon, a ceiling binds.

A judge of its own looks at every status: is anybody cut, are there too many desktops, is everybody who waits told why and until
when. `tests/planning/rotation` compares the weeks themselves with exact optima.
"""

from dataclasses import dataclass
from typing import Any

from tests.bench.parallel import spread
from tests.builders.rotation_trial import RotationTrial, TrialPlan

WEEKS = 4
PART = 30
"""A thirtieth of 1,700 people on 900 desktops: a week of it takes a minute of processor time."""
STAYS = (0.0, 0.03, 0.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One trial."""

    stays: float
    weeks: int
    part: int


def run(*, weeks: int = WEEKS, part: int = PART, stays: tuple[float, ...] = STAYS, jobs: int = 1) -> dict[str, Any]:
    """One trial for each share of people who stay on at a half-day's end."""
    return {"trials": spread(_run, [Case(stays=share, weeks=weeks, part=part) for share in stays], jobs=jobs)}


def _run(case: Case) -> dict[str, Any]:
    trial = RotationTrial(TrialPlan(part=case.part, weeks=case.weeks, stays=case.stays))
    found = trial.run()
    row = {
        "stays_percent": round(100 * case.stays, 1),
        "weeks": case.weeks,
        "pool": trial.size,
        "most_desktops": found.most_desktops,
        "came": found.came,
        "worked": found.worked,
        "late": found.late,
        "stayed": found.stayed,
        "most_waits": found.largest,
        "wrong": len(found.wrong),
    }
    print(f"rotation {row} {found.wrong[:3]}", flush=True)
    return row
