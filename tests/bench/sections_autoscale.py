"""Section of docs/en/performance.md about pools that follow their people."""

from statistics import fmean

from tests.bench.tables import Found, table


def autoscale(found: Found) -> list[str]:
    """One row for each shape and ratio."""
    weeks = found["weeks"]
    kinds = sorted({(week["shape"], week["ratio"]) for week in weeks})
    head = (
        "shape", "variance ÷ mean", "weeks", "wait, %: mean", "worst", "longest wait, s", "hours ÷ best: worst",
        "÷ office hours: worst", "wait with a Poisson buffer, %: least",
    )  # fmt: skip
    rows = [_row(kind, [week for week in weeks if (week["shape"], week["ratio"]) == kind]) for kind in kinds]
    text = (
        "Weeks by seed: 1,550 people come in the peak hour, 40 % of them in one sixth of it, independently of each other or in "
        "groups; two weeks of the same shape were learned from. A desktop boots in 45 s and is cloned in 60 s (σ = 0.15). "
        "*Best*: a plan that knows the future has each desktop ready when its person comes, and off when the person leaves. "
        "*Office hours*: as many desktops as are in use at once, running during the half-days of the calendar."
    )
    return [text, "", *table(head, rows)]


def unusual(found: Found) -> list[str]:
    """One row for each kind of day and size of site."""
    head = (
        "day", "people on a usual day", "sites", "wait, %", "worst site", "longest wait, s", "hours ÷ best", "worst site",
    )  # fmt: skip
    keys = ("kind", "people", "sites", "waited_percent", "worst_percent", "longest_s", "of_best", "worst_of_best")
    text = (
        "Two weeks as usual were learned from, the last of their days is played without being counted, then one day comes that "
        "is otherwise; *first week* and *first day*: nothing was learned. *Snow day*: 20 to 60 % more people than usual, and "
        "the rush is an hour earlier, or 1 to 3 later. *After holidays*: two weeks with one in ten before. *Two sites merged*: "
        "as many again, at hours of their own. *A rush with a pause*: for 10 to 30 minutes in the rush nobody can come, then "
        "all come within 5 to 15. Sites of each shape, smooth and in groups; seeds drawn after the rule was written. *Best* as "
        "above. Whoever finds no ready desktop waits, be it for a second. Where few people come, the one desktop that is kept "
        "free at any hour weighs heavily in the hours, and a single person in the share who waits."
    )
    return [text, "", *table(head, [tuple(row[key] for key in keys) for row in found["rows"]])]


def borrowing(found: Found) -> list[str]:
    """One row for each morning."""
    head = (
        "variance ÷ mean",
        "seed",
        "people",
        "wait, %",
        "longest wait, s",
        "hours ÷ best",
        "most people on one desktop at once",
    )
    keys = ("ratio", "seed", "people", "waited_percent", "longest_s", "of_best", "most_on_one")
    text = (
        "One morning until 09:30 on the twin local-16, with the whole reconciler, lends and resets: two weeks of arrivals "
        "are in its store, all desktops exist. Each person asks, logs on, and gives the desktop back. *Best* as above."
    )
    return [text, "", *table(head, [tuple(row[key] for key in keys) for row in found["mornings"]])]


def lends(found: Found) -> list[str]:
    """One row."""
    head = (
        "orders", "lent", "double", "p50, s", "p95, s", "longest, s", "desktops made meanwhile",
        "processor time of the daemon, s", "load of the machine",
    )  # fmt: skip
    keys = ("orders", "lent", "double", "p50_s", "p95_s", "longest_s", "made_meanwhile", "daemon_cpu_s", "load")
    text = (
        f"{found['callers']} callers order 62 desktops a minute over HTTP, twice a minute all at once, while a switch of "
        f"{found['agents']} agents goes on beside it, {found['scale']:g} times as fast as real; the twin, the daemon and the "
        "callers share the machine."
    )
    return [text, "", *table(head, [tuple(found[key] for key in keys)])]


def rotation(found: Found) -> list[str]:
    """One row for each share of people who stay on."""
    head = (
        "stay on, %", "weeks", "desktops allowed", "most at once", "half-days wanted", "worked", "not at the first try",
        "stayed on", "most waits of a person", "wrong",
    )  # fmt: skip
    keys = ("stays_percent", "weeks", "pool", "most_desktops", "came", "worked", "late", "stayed", "most_waits", "wrong")
    text = (
        "1,700 people on 900 desktops by half-days, scaled down, with the whole reconciler on a twin: one in twelve is away "
        "for some days, a ceiling leaves room for 1,000 sessions, a node is lost at noon of the third day for two hours. "
        "*Wrong*: a session was cut, a person without a desktop was not told why, or met another person's session."
    )
    return [text, "", *table(head, [tuple(trial[key] for key in keys) for trial in found["trials"]])]


def _row(kind: tuple[str, float], weeks: list[Found]) -> tuple[object, ...]:
    blind = [week["blind_waited_percent"] for week in weeks if "blind_waited_percent" in week]
    waited = [week["waited_percent"] for week in weeks]
    return (
        *kind, len(weeks), f"{fmean(waited):.2f}", f"{max(waited):.2f}", max(week["longest_s"] for week in weeks),
        f"{max(week['of_best'] for week in weeks):.3f}", f"{max(week['of_office'] for week in weeks):.3f}",
        f"{min(blind):.1f}" if blind else "-",
    )  # fmt: skip
