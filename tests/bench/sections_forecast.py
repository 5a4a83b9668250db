"""Sections of docs/en/performance.md about forecasts: of drawn clusters, and of surges that do not fit."""

from collections.abc import Sequence
from statistics import median

from tests.bench.tables import Found, table


def questions(found: Found) -> list[str]:
    """By kind, and each answer outside of which it came."""
    rows, kinds = found["rows"], dict.fromkeys(row["kind"] for row in found["rows"])
    head = ("asked", "questions", "held", "later than p95", "sooner than p5", "p95 ÷ p5, median", "what came ÷ p50, median")
    text = (
        f"Clusters drawn by seeds from {found['seed']} on ({found['agents']} desktops each), of which the forecast knows what "
        "a daemon would: what was measured, the listings, the store. `--seed N --count 1` draws one of them again. *30 known*: "
        "so many desktops were made the day before; also before a rotation, and where half of the desktops are a pool's. "
        "*Mid-switch*: those, and what is ready by then. *Night*: half was made last night, the others come in the morning. "
        "What came is what the daemon's reconciler does on the cluster, with its foreign load and failures. A band should hold "
        f"nine of ten. {found['cpu_s']:,} s of a processor for all answers."
    )
    return [
        text,
        "",
        *table(head, [_of_kind([row for row in rows if row["kind"] == kind]) for kind in kinds]),
        "",
        *_missed([row for row in rows if row["where"] != "held"]),
    ]


def _of_kind(rows: Sequence[Found]) -> tuple[object, ...]:
    held, later, earlier = (f"{sum(row['where'] == where for row in rows)}" for where in ("held", "later", "earlier"))
    banded = [row for row in rows if row["width"] is not None and row["real_s"] is not None]
    width, off = (
        (median(row["width"] for row in banded), median(row["real_s"] / row["p50_s"] for row in banded))
        if banded
        else (0.0, 0.0)
    )
    return rows[0]["kind"], len(rows), held, later, earlier, f"{width:.2f}", f"{off:.2f}"


def _missed(missed: Sequence[Found]) -> list[str]:
    """Each band that did not hold."""
    head = ("seed", "asked", "p5, s", "p95, s", "came after, s")
    rows = [
        (str(row["seed"]), row["kind"], row["p5_s"] or "-", row["p95_s"] or "-", row["real_s"] or "never") for row in missed
    ]
    return table(head, rows) if rows else ["All bands held."]


def fits(found: Found) -> list[str]:
    """Each variant: what binds, the largest wave, and what two runs say to that."""
    rows = []
    for row in found["rows"]:
        said = row["binds"] if row["right"] else f"wrong: {row['binds']}"
        confirmed = "yes" if row["so_many_in_time"] and row["more_is_too_many"] else "no"
        rows.append((row["variant"], row["people"], said, row["largest"], confirmed, row["cpu_s"]))
    head = ("short of", "people", "what the forecast says binds", "largest wave", "confirmed by two runs", "CPU s")
    return [
        "Sites on which a surge does not fit: what they have is for so many of 1,700 people, and for as large a part of fewer. "
        "*Largest wave*: so many people, the first of it, are all served in time. *Confirmed*: a run with so many serves all "
        "of them in time, and a run with 2 % of the people more does not. The forecast knows the durations, and has no bands; "
        "CPU is that of the forecast and of the search.",
        "",
        *table(head, rows),
    ]
