"""Section of docs/performance.md about forecasts with hidden durations."""

from collections.abc import Sequence
from statistics import median

from tests.bench.forecast import ALL
from tests.bench.tables import Found, table


def forecast(found: Found) -> list[str]:
    """Coverage and width by how many desktops were known, before and amid the switch."""
    cases = found["cases"]
    groups = sorted({(case["history"], case["amid"]) for case in cases})
    head = ("desktops known", "asked", "questions", "held", "p95 ÷ p5, median", "what came ÷ p50, median")
    rows = []
    for history, amid in groups:
        mine = [case for case in cases if (case["history"], case["amid"]) == (history, amid)]
        held = sum(case["held"] for case in mine) / len(mine)
        off = median(case["real_s"] / case["p50_s"] for case in mine)
        width = median(case["width"] for case in mine)
        rows.append((history, "amid" if amid else "before", len(mine), f"{held:.0%}", f"{width:.2f}", f"{off:.2f}"))
    least, most = found["desktops"]
    return [
        "Twins whose image operations, boots, first boots and tasks take 0.3 to 4 times as long as the default, each by a "
        "factor of its own. The forecast knows the default, and a history of so many desktops, made at once with other draws. "
        "*Amid*: half of the desktops are ready; those are known, too. A band should hold nine of ten. "
        f"Asked: {len(cases)} of {ALL} questions, each about another twin, with {least} to {most} desktops.",
        "",
        *table(head, rows),
        "",
        *_missed(cases),
        "",
        *_drifts(found["drifts"]),
    ]


def _missed(cases: Sequence[Found]) -> list[str]:
    """Each band that did not hold, and how far outside of it was what came."""
    missed = [case for case in cases if not case["held"]]
    if not missed:
        return ["All bands held."]
    return [f"Bands that did not hold what came: {len(missed)}.", "", *map(_miss, missed)]


def _miss(case: Found) -> str:
    late = case["real_s"] > case["p95_s"]
    outside = case["real_s"] / case["p95_s"] - 1 if late else 1 - case["real_s"] / case["p5_s"]
    asked = "amid" if case["amid"] else "before"
    return (
        f"* {case['twin']}, {case['history']} desktops known, {case['agents']} to make, asked {asked}: {outside:.1%} "
        f"{'later than p95' if late else 'sooner than p5'}, with p95 ÷ p5 of {case['width']:.2f}"
    )


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


def _drifts(drifts: Sequence[Found]) -> list[str]:
    """Twins that became slower half-way."""
    later = [drift for drift in drifts if not drift["over"]]
    if not later:
        return ["Twins that become slower half-way: not asked."]
    held, missed = (sum(drift[key] for drift in later) for key in ("held", "missed"))
    return [
        f"Twins whose locks become slower half-way: of {len(later)}, the forecast before the switch was a miss for {missed}, "
        f"and that ten minutes after the drift held for {held}; {len(drifts) - len(later)} more were over by then."
    ]
