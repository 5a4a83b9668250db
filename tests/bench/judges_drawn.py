"""Judges of drawn shapes: everybody ready, few time-outs, near the best fixed limits and near what the hardware allows."""

import math
from collections.abc import Sequence

from tests.bench.judges import NOT_MEASURED, Found, Judge

_FEW_PERCENT = 0.3
SHARES = (("median", 0.5), ("p95", 0.95), ("worst", 1.0))
"""The quantiles that are shown."""


def ratios(found: Found, beside: str) -> list[float]:
    """Makespan ÷ this figure of each shape, ascending; a shape without the figure has none."""
    return sorted(row["makespan_s"] / row[beside] for row in found["rows"] if math.isfinite(row[beside]))


def quantile(figures: Sequence[float], share: float) -> float:
    """The smallest of the ascending figures that this share of them does not exceed."""
    return figures[max(0, math.ceil(share * len(figures)) - 1)]


def everybody_ready(found: Found) -> tuple[bool, str]:
    """On each shape as many as it holds."""
    short = [row for row in found["rows"] if row["ready"] < row["agents"]]
    message = f"{len(found['rows']) - len(short)} of {len(found['rows'])} shapes"
    return not short and bool(found["rows"]), message + "".join(
        f"; seed {row['seed']}: {row['ready']} of {row['agents']}" for row in short
    )


def timeouts(found: Found) -> tuple[bool, str]:
    """Of all clones. Where the best fixed limits have more than few, only what is beyond them counts."""
    beyond = [max(0.0, row["timeouts_percent"] - _unavoidable(row)) for row in found["rows"]]
    if not beyond:
        return False, NOT_MEASURED
    mean = sum(beyond) / len(beyond)
    return mean <= _FEW_PERCENT, f"{mean:.2f} %, on {sum(each > _FEW_PERCENT for each in beyond)} shapes"


def _unavoidable(row: Found) -> float:
    percent = float(row["best_timeouts_percent"])
    return percent if percent > _FEW_PERCENT else 0.0


def within(beside: str, *, median: float, p95: float = math.inf) -> Judge:
    """Makespans compared with this figure."""

    def judge(found: Found) -> tuple[bool, str]:
        found_ratios = ratios(found, beside)
        if not found_ratios:
            return False, NOT_MEASURED
        middle, high = quantile(found_ratios, 0.5), quantile(found_ratios, 0.95)
        lacking = len(found["rows"]) - len(found_ratios)
        message = f"median {middle:.3f}, p95 {high:.3f}, {len(found_ratios)} shapes from seed {found['seed']}"
        return middle <= median and high <= p95, message + (f", {lacking} without" if lacking else "")

    return judge
