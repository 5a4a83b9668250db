"""`python -m tests.bench questions`: hidden questions about drawn clusters, of each kind in turn."""

import time
from collections.abc import Sequence
from functools import partial
from statistics import median
from typing import Any

from tests.bench.parallel import spread
from tests.bench.questions.judged import judged
from tests.bench.questions.kinds import Asked, Kind

COUNT = 100
AGENTS = 80
_BINDS = 4
"""What binds is compared in one of so many rounds of all kinds."""
_TOO_LONG = Kind.ROTATION
"""Of it what binds is not compared: a day in truth takes a minute and a half, and 5 × 4 of them are played for one answer."""
Row = dict[str, Any]


def run(*, count: int = COUNT, agents: int = AGENTS, seed: int | None = None, jobs: int = 1) -> dict[str, Any]:
    """Shapes of the seeds from `seed` on; None: the seconds of the clock."""
    first = int(time.time()) if seed is None else seed
    print(f"asked with --seed {first}", flush=True)
    rows = spread(partial(_asked, first=first, agents=agents), range(count), jobs=jobs)
    found = {"seed": first, "agents": agents, "rows": rows, **figures_of(rows)}
    print({name: value for name, value in found.items() if name != "rows"}, flush=True)
    return found


def _asked(at: int, *, first: int, agents: int) -> Row:
    kinds = tuple(Kind)
    asked = Asked(seed=first + at, agents=agents, kind=kinds[at % len(kinds)])
    return judged(asked, binds=at // len(kinds) % _BINDS == 0 and asked.kind is not _TOO_LONG)


def figures_of(rows: Sequence[Row]) -> dict[str, Any]:
    """Shares of the questions: with a history, and without."""
    new = [row for row in rows if row["kind"] == Kind.NEW]
    others = [row for row in rows if row["kind"] != Kind.NEW]
    sure = [row for row in rows if row["answer"] == "yes"]
    bound = [row for row in rows if row["binds_right"] is not None]
    return {
        "held": _share(others, "where", "held"),
        "later": _share(others, "where", "later"),
        "earlier": _share(others, "where", "earlier"),
        "width": _median(others),
        "new_held": _share(new, "where", "held"),
        "new_said": _share(new, "says_unknown", True),
        "new_width": _median(new),
        "yes_wrong": _share(sure, "wrong", True),
        "no_wrong": _share([row for row in rows if row["answer"] == "no"], "wrong", True),
        "binds_right": _share(bound, "binds_right", True),
        "cpu_s": round(sum(row["cpu_s"] for row in rows), 1),
    }


def _share(rows: Sequence[Row], name: str, value: object) -> float | None:
    return round(sum(row[name] == value for row in rows) / len(rows), 3) if rows else None


def _median(rows: Sequence[Row]) -> float | None:
    widths = [row["width"] for row in rows if row["width"] is not None]
    return round(median(widths), 3) if widths else None


__all__ = ["AGENTS", "COUNT", "figures_of", "run"]
