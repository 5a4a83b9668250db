"""Sections of docs/en/performance.md about shapes of clusters: full ones, the best fixed limits, and each mechanism."""

from tests.bench.judges_drawn import SHARES, quantile, ratios
from tests.bench.judges_shapes import best_of
from tests.bench.tables import Found, table


def full(found: Found) -> list[str]:
    """Everybody whom the hardware holds, and where."""
    head = ("shape", "held", "ready", "nodes", "ready per node, fewest", "most", "makespan, s", "lock time-outs, %")
    rows = [
        (row["title"], row["held"], row["ready"], row["nodes"], row["fewest"], row["most"], row["makespan_s"],
         row["timeouts_percent"])
        for row in found["rows"]
    ]  # fmt: skip
    text = (
        "As many people as the nodes have memory and cores for, within the default budget (*held*). How many are ready on each "
        "node is the twin's true state."
    )
    return [text, "", *table(head, rows)]


def best(found: Found) -> list[str]:
    """What `shapes` and `virtual` are compared with."""
    head = ("shape", "desktops", "seeds", "clones", "boots", "makespan, s", "lock time-outs, %", "efficiency")
    rows = [
        (row["title"], row["agents"], ", ".join(map(str, row["seeds"])), row["clones"], row["boots"], row["makespan_s"],
         row["timeouts_percent"], row["efficiency"])
        for row in found["rows"]
    ]  # fmt: skip
    text = (
        "The fastest pair of fixed limits, found by search: clones in each lock domain and boots on each node, always as many, "
        f"with lock time-outs for at most {found['tolerated_percent']} % of the desktops. A boot makes room for the next "
        "when it is expected to have ended, as with the default."
    )
    return [text, "", *table(head, rows)]


def shapes(found: Found) -> list[str]:
    """The default's makespan on each, compared with the best fixed limits."""
    head = ("shape", "best fixed: clones", "boots", "best fixed, s", "default, s", "ratio", "default's lock time-outs, %")
    rows = [_compared(row, best_of(found, row["title"], row["agents"], found["seeds"])) for row in found["rows"]]
    text = (
        f"{_size(found)} *Ratio*: makespan with the default settings ÷ that with the best fixed limits of the section above. "
        "×: duration of an image operation, relative to the twin. *Width*: boots that a node works on at full speed. σ: how "
        "much durations differ (0.15 elsewhere). *A rival*: another client that holds each storage's lock, a fifth of the time."
    )
    return [text, "", *table(head, rows)]


def _compared(row: Found, fixed: Found | None) -> tuple[object, ...]:
    figures = (row["makespan_s"], "not measured", row["timeouts_percent"])
    if fixed is None:
        return (row["title"], "not measured", "-", "-", *figures)
    ratio = f"{row['makespan_s'] / fixed['makespan_s']:.3f}"
    return (row["title"], fixed["clones"], fixed["boots"], fixed["makespan_s"], figures[0], ratio, figures[2])


def mechanisms(found: Found) -> list[str]:
    """What each buys on each shape."""
    head = ("mechanism", "shape", "with, s", "without, s", "without ÷ with", "time-outs with, %", "without, %")
    rows = [
        (row["mechanism"], row["title"], row["with"]["makespan_s"], row["without"]["makespan_s"],
         f"{row['without']['makespan_s'] / row['with']['makespan_s']:.3f}", row["with"]["timeouts_percent"],
         row["without"]["timeouts_percent"])
        for row in found["rows"]
    ]  # fmt: skip
    listed = [f"* *{title}*: {text}" for title, text in found["mechanisms"].items()]
    text = (
        f"{_size(found)} Above 1 the mechanism makes the switch shorter. A difference of about one percent is chance. Each is "
        "switched off alone."
    )
    lacking = [found["incomplete"], ""] if "incomplete" in found else []
    return [text, "", *lacking, *listed, "", *table(head, rows)]


def drawn(found: Found) -> list[str]:
    """Shapes that nobody has tuned for, the furthest from the best fixed limits first."""
    head = (
        "seed", "shape", "ready", "default, s", "best fixed: clones", "boots", "best fixed, s", "ratio", "bound, s", "ratio",
        "default's lock time-outs, %", "best fixed's",
    )  # fmt: skip
    rows = [
        (str(row["seed"]), row["what"], f"{row['ready']} of {row['agents']}", row["makespan_s"], row["clones"], row["boots"],
         row["best_s"], _ratio(row, "best_s"), row["bound_s"], _ratio(row, "bound_s"), row["timeouts_percent"],
         row["best_timeouts_percent"])
        for row in sorted(found["rows"], key=lambda row: row["makespan_s"] / row["best_s"], reverse=True)
    ]  # fmt: skip
    text = (
        f"Clusters drawn by seeds from {found['seed']} on, {found['agents']} desktops each, from ranges over all that a twin "
        "knows (`tests/bench/drawn/ranges.py` says where each comes from); `--seed N --count 1` draws one of them again. *Best "
        "fixed*: found by descent, not by the whole grid. *Bound*: desktops split over the nodes, each at its own speed; "
        "foreign load and failures, which some shapes have, are not in it."
    )
    summary = [("quantile", "÷ best fixed", "÷ bound"), *(_quantiles(found, name, share) for name, share in SHARES)]
    return [text, "", *table(summary[0], summary[1:]), "", *table(head, rows)]


def _quantiles(found: Found, name: str, share: float) -> tuple[str, ...]:
    of_both = (ratios(found, beside) for beside in ("best_s", "bound_s"))
    return (name, *(f"{quantile(each, share):.3f}" if each else "-" for each in of_both))


def _ratio(row: Found, beside: str) -> str:
    return f"{row['makespan_s'] / row[beside]:.3f}"


def _size(found: Found) -> str:
    seeds = ", ".join(map(str, found["seeds"]))
    return f"{found['agents']:,} desktops, or as many as the nodes hold; seeds: {seeds}."
