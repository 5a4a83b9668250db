"""Judges of the shapes: near the best fixed limits, spread over all nodes, and no mechanism for nothing."""

from collections.abc import Sequence
from statistics import fmean

from tests.bench.judges import NOT_MEASURED, Found, Judge

_FEW_TIMEOUTS = 0.3
"""Percent of the desktops."""


def best_of(found: Found, shape: str, agents: int, seeds: Sequence[int] | None = None) -> Found | None:
    """The best fixed limits that were found for a shape with so many desktops under these seeds, or any; None: not measured."""
    rows = (row for row in found.get("best", ()) if (row["title"], row["agents"]) == (shape, agents))
    return next((row for row in rows if seeds is None or list(row["seeds"]) == list(seeds)), None)


def efficiency_lost(twin: str, most: float) -> Judge:
    """Of the seeds with which the best fixed limits were searched."""

    def judge(found: Found) -> tuple[bool, str]:
        best = best_of(found, twin, found["agents"])
        runs = [run for run in found["twins"][twin]["runs"] if best is not None and run["seed"] in best["seeds"]]
        if best is None or len(runs) < len(best["seeds"]):
            return False, NOT_MEASURED
        own = fmean(run["efficiency"] for run in runs)
        seeds = ", ".join(str(run["seed"]) for run in runs)
        message = f"{own:.4f}, best {best['efficiency']:.4f} ({best['clones']} clones, {best['boots']} boots), seeds {seeds}"
        return best["efficiency"] - own <= most, f"{best['efficiency'] - own:.4f}: {message}"

    return judge


def near_the_best(most: float) -> Judge:
    """On each shape that was measured with the default and with fixed limits."""

    def judge(found: Found) -> tuple[bool, str]:
        pairs = [(row, best_of(found, row["title"], row["agents"], found["seeds"])) for row in found["rows"]]
        ratios = {row["title"]: row["makespan_s"] / best["makespan_s"] for row, best in pairs if best is not None}
        if not ratios:
            return False, NOT_MEASURED
        far = [f"{title} {ratio:.3f}" for title, ratio in ratios.items() if ratio > most]
        lacking = f", {len(pairs) - len(ratios)} not measured" if len(ratios) < len(pairs) else ""
        message = f"{len(ratios) - len(far)} of {len(pairs)} shapes{lacking}, at most {max(ratios.values()):.3f}"
        return not far and len(ratios) == len(pairs), message + "".join(f"; {each}" for each in far)

    return judge


def timeouts_on_shapes(most_percent: float) -> Judge:
    """Of the default settings; where the twin makes clones time out by chance, beyond those with the best fixed limits."""

    def judge(found: Found) -> tuple[bool, str]:
        many = [row for row in found["rows"] if row["timeouts_percent"] > _by_chance(found, row) + most_percent]
        message = f"{len(found['rows']) - len(many)} of {len(found['rows'])} shapes"
        return not many, message + "".join(f"; {row['title']} {row['timeouts_percent']:g} %" for row in many)

    return judge


def _by_chance(found: Found, row: Found) -> float:
    best = best_of(found, row["title"], row["agents"], found["seeds"])
    percent = 0.0 if best is None else float(best["timeouts_percent"])
    return percent if percent > _FEW_TIMEOUTS else 0.0


def spread_over_all(found: Found) -> tuple[bool, str]:
    """Everybody whom the hardware holds is ready, on every node as many as it holds."""
    rows = found["rows"]
    message = "; ".join(
        f"{row['title']}: {row['ready']:,} of {row['held']:,}, {row['fewest']} to {row['most']} on each of {row['nodes']} nodes"
        for row in rows
    )
    return all(row["ready"] == row["held"] and row["fewest"] > 0 for row in rows), message


def each_buys(least: float) -> Judge:
    """On some shape, a share of the makespan or that time-outs stay rare."""

    def judge(found: Found) -> tuple[bool, str]:
        gains = {mechanism: _most_bought(found, mechanism) for mechanism in found["mechanisms"]}
        message = ", ".join(f"{mechanism} {gain:.1%}{' (time-outs)' * rare}" for mechanism, (gain, rare) in gains.items())
        complete = "incomplete" not in found
        enough = all(gain >= least or rare for gain, rare in gains.values())
        return complete and enough, (message or NOT_MEASURED) + ", the others not measured" * (not complete)

    return judge


def _most_bought(found: Found, mechanism: str) -> tuple[float, bool]:
    rows = [row for row in found["rows"] if row["mechanism"] == mechanism]
    gain = max((row["without"]["makespan_s"] / row["with"]["makespan_s"] - 1 for row in rows), default=0.0)
    return gain, any(row["with"]["timeouts_percent"] <= _FEW_TIMEOUTS < row["without"]["timeouts_percent"] for row in rows)
