"""Each promise against its measured figure: one line, `met`, `MISSED`, `unknown` without a figure, or `old`: the code that was
measured has changed since."""

from collections.abc import Mapping, Set
from dataclasses import dataclass

from tests.bench import judges, judges_autoscale, judges_drawn, judges_late, judges_receiver, judges_shapes
from tests.bench.judges import Found, Judge


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One promise."""

    what: str
    target: str
    measured: str
    met: bool
    old: bool
    command: str
    part: str
    """The sub-benchmark that measures it."""

    @property
    def word(self) -> str:
        """A verdict that is shown."""
        if self.measured == judges.NOT_MEASURED:
            return "unknown"
        if self.old:
            return "old"
        return "met" if self.met else "MISSED"

    @property
    def line(self) -> str:
        """For a terminal."""
        return f"{self.word}: {self.what}, target {self.target}, measured {self.measured}, `{self.command}`"


_SPEEDS = "with image operations × 1, × 0.3, × 3, × 10 and changing"
_EFFICIENCY_LOST = "1,700 desktops, efficiency lost compared with the best fixed limits"
_PROMISES: tuple[tuple[str, str, str, Judge], ...] = (
    ("virtual", "local-16, efficiency in virtual time", "≥ 0.95", judges.mean_efficiency("local-16", 0.95)),
    ("daemon", "local-16, efficiency over HTTPS", "≥ 0.90", judges.switch("efficiency", least=0.90)),
    ("virtual", "local-16, lock time-outs after each domain's first 20 clones", "0", judges.no_late_timeouts("local-16")),
    ("daemon", "the same over HTTPS", "0", judges.switch("late_lock_timeouts", most=0)),
    ("oracle", "local-16, regret, image operations × 1, × 0.3, × 3, × 10", "≤ 3 %", judges.regret("local-16", 0.03)),
    ("virtual", "shared-1, efficiency in virtual time", "no target", judges.mean_efficiency("shared-1", 0.0)),
    ("virtual", "shared-1, lock time-outs", "≤ 0.3 %", judges.mean_timeouts("shared-1", 0.3)),
    ("oracle", f"shared-1, regret, {_SPEEDS}", "≤ 3 %", judges.regret("shared-1", 0.03)),
    ("oracle", "shared-1, lock time-outs, the same", "≤ 0.3 %", judges.timeouts_at_all_speeds("shared-1", 0.3)),
    ("virtual", "shared-4, efficiency in virtual time", "no target", judges.mean_efficiency("shared-4", 0.0)),
    ("virtual", "shared-4, lock time-outs", "≤ 0.3 %", judges.mean_timeouts("shared-4", 0.3)),
    ("oracle", f"shared-4, regret, {_SPEEDS}", "≤ 3 %", judges.regret("shared-4", 0.03)),
    ("oracle", "shared-4, lock time-outs, the same", "≤ 0.3 %", judges.timeouts_at_all_speeds("shared-4", 0.3)),
    ("virtual", "faulty, ready", "all that fit on the surviving hardware", judges.everybody_held("faulty")),
    (
        "virtual",
        "faulty, efficiency with the bound of the surviving hardware",
        "≥ 0.85",
        judges.mean_efficiency("faulty", 0.85),
    ),
    *(
        ("virtual", f"{twin}, {_EFFICIENCY_LOST}", "≤ 0.015", judges_shapes.efficiency_lost(twin, 0.015))
        for twin in ("local-16", "shared-1", "shared-4", "faulty")
    ),
    ("shapes", "each shape, makespan compared with the best fixed limits", "≤ 1.10 times", judges_shapes.near_the_best(1.10)),
    ("shapes", "the same, lock time-outs", "≤ 0.3 %", judges_shapes.timeouts_on_shapes(0.3)),
    ("full", "as many people as ceph-1, wide-3, slow-nfs hold", "all ready, on all nodes", judges_shapes.spread_over_all),
    ("mechanisms", "each mechanism makes some shape shorter", "≥ 1 %", judges_shapes.each_buys(0.01)),
    ("drawn", "drawn shapes: everybody ready", "on all", judges_drawn.everybody_ready),
    ("drawn", "the same, lock time-outs beyond those of the best fixed limits", "≤ 0.3 %", judges_drawn.timeouts),
    (
        "drawn",
        "the same, makespan compared with the best fixed limits",
        "≤ 1.10 times at the median, 1.25 at p95",
        judges_drawn.within("best_s", median=1.10, p95=1.25),
    ),
    (
        "drawn",
        "the same, compared with what the hardware allows",
        "≤ 1.20 times at the median",
        judges_drawn.within("bound_s", median=1.20),
    ),
    ("pool", "makespan with a pool, compared with no pool", "≤ 1.01 times", judges.into_a_pool(1.01)),
    ("pool", "the same, lock time-outs of user.cfg", "0", judges.no_membership_lost),
    ("faults", "under each fault for an hour, more VMs than wanted", "≤ 1 %", judges.under_faults(1.0)),
    ("faults", "the same, foreign VMs touched, and other violations", "0", judges.nobody_else_touched),
    ("faults", "the same, cycles until status, log and metric show the reason", "≤ 2", judges.soon_told(2)),
    ("daemon", "local-16, writes per desktop", "≤ 3", judges.switch("writes_per_desktop", most=3.0)),
    ("daemon", "local-16, calls per desktop", "≤ 5.5", judges.switch("calls_per_desktop", most=5.5)),
    ("peers", "local-16, calls compared with each other tool", "≥ 3 times fewer", judges.fewer_calls("local-16", 3.0)),
    ("peers", "shared-1, calls compared with each other tool", "≥ 3 times fewer", judges.fewer_calls("shared-1", 3.0)),
    ("peers", "shared-4, calls compared with each other tool", "≥ 3 times fewer", judges.fewer_calls("shared-4", 3.0)),
    ("peers", "faulty, calls compared with each other tool", "≥ 3 times fewer", judges.fewer_calls("faulty", 3.0)),
    ("peers", "local-16, makespan and failed desktops", "better than both other tools", judges.ahead("local-16")),
    ("peers", "shared-1, makespan and failed desktops", "better than both other tools", judges.ahead("shared-1")),
    ("peers", "shared-4, makespan and failed desktops", "better than both other tools", judges.ahead("shared-4")),
    ("peers", "faulty, makespan and failed desktops", "better than both other tools", judges.ahead("faulty")),
    ("daemon", "daemon, CPU ms per desktop", "≤ 10", judges.switch("cpu_ms_per_desktop", most=10.0)),
    ("daemon", "the same ÷ a bare client's with the same calls", "≤ 2", judges.switch("times_bare", most=2.0)),
    ("growth", "a steady round of cycles, CPU", "≤ 50 ms at 1,700", judges.smallest("round_cpu_ms", 50.0, "ms")),
    ("growth", "the same at 100,000", "≤ 70 times that", judges.times_the_smallest("round_cpu_ms", 70.0)),
    ("growth", "a cycle of it at 100,000", "≤ 50 times that at 1,700", judges.times_the_smallest("cycle_cpu_ms", 50.0)),
    ("daemon", "daemon, peak memory in MiB", "≤ 150", judges.switch("peak_mib", most=150.0)),
    ("peers", "the same on every twin", "≤ 150", judges.peak_everywhere(150.0)),
    ("growth", "peak memory at 100,000", "≤ 600 MiB", judges.largest("peak_mib", 600.0, "MiB")),
    ("growth", "a scrape, CPU", "≤ 10 ms at 1,700", judges.smallest("scrape_ms", 10.0, "ms")),
    ("growth", "the same at 100,000", "≤ 20 ms", judges.largest("scrape_ms", 20.0, "ms")),
    (
        "scrape",
        "a scrape ÷ as many constant series by prometheus_client's own writer",
        "≤ 0.5",
        judges.largest("ratio", 0.5, ""),
    ),
    ("capacity", "capacity on 40 nodes, with the loss of each, CPU", "≤ 50 ms", judges.capacity(40, 50.0)),
    ("directory", "reading 2,000 people over LDAPS", "≤ 2 s", judges.reading(0, "seconds", 2.0, "s")),
    ("directory", "additional memory for it", "≤ 30 MiB", judges.reading(0, "more_mib", 30.0, "MiB")),
    ("directory", "reading 50,000 people over LDAPS", "≤ 40 s", judges.reading(-1, "seconds", 40.0, "s")),
    ("directory", "10,000 random entries", "each an agent, or rejected with a reason", judges.nothing_unexplained),
    ("questions", "drawn shapes, bands that hold what comes", "0.86 to 0.96", judges.forecasts("held", 0.86, 0.96)),
    ("questions", "the same, later than p95", "≤ 0.05", judges.forecasts("later", 0.0, 0.05)),
    ("questions", "the same, p95 ÷ p5, median", "≤ 1.5", judges.forecasts("width", 1.0, 1.5)),
    ("questions", "with no history, bands that hold what comes", "≥ 0.90", judges.forecasts("new_held", 0.90, 1.0)),
    ("questions", "the same: it says so", "all", judges.forecasts("new_said", 1.0, 1.0)),
    ("questions", "a plain yes is wrong", "≤ 0.05", judges.forecasts("yes_wrong", 0.0, 0.05)),
    ("questions", "what binds is right", "≥ 0.85", judges.forecasts("binds_right", 0.85, 1.0)),
    ("fits", "surges that do not fit: what binds is right, and a run confirms the largest wave", "all", judges.fits),
    ("late", "disturbed waves that are late on drawn shapes: warned of five minutes before", "≥ 95 %", judges_late.in_time),
    ("late", "undisturbed waves that are warned of in vain", "≤ 2 %", judges_late.in_vain),
    ("late", "live bands that hold what comes; later than the band", "86 to 96 %; ≤ 5 %", judges_late.bands),
    ("probes", "what is broken is named by probes in a surge", "≥ 28 of 30 each", judges.probes_name(28 / 30)),
    ("probes", "named where nothing is broken", "0", judges.probes_silent),
    ("autoscale", "people who wait for a desktop of a pool", "≤ 1 %", judges_autoscale.most_of("waited_percent", 1.0, " %")),
    ("autoscale", "desktop-hours, a plan that knows the future", "≤ 1.15 times", judges_autoscale.most_of("of_best", 1.15)),
    ("autoscale", "desktop-hours, office hours", "≤ 0.85 times", judges_autoscale.most_of("of_office", 0.85)),
    ("autoscale", "people in groups, buffer for a Poisson demand: who waits", "> 1 %", judges_autoscale.blind_fails),
    ("unusual", "people who wait on an unusual day", "≤ 2 %", judges_autoscale.unusual_most("waited_percent", 2.0, " %")),
    (
        "unusual",
        "desktop-hours on it, a plan that knows the future",
        "≤ 1.25 times",
        judges_autoscale.unusual_most("of_best", 1.25),
    ),
    ("borrowing", "people who wait, carried out on a twin", "≤ 1 %", judges_autoscale.mornings_wait),
    ("receiver", "a report, CPU, receiver and bare TLS echo", "≤ 1.5 times", judges_receiver.at_most("ratio", 1.5, "{:g}")),
    (
        "receiver",
        "1,700 desktops at rest, receiver",
        "≤ 10 % of a core",
        judges_receiver.at_most("share_of_core", 0.1, "{:.1%}"),
    ),
    ("receiver", "1,700 reports at once, accepted", "within 15 s, none lost", judges_receiver.absorbed),
    (
        "receiver",
        "a cycle of the control thread with all desktops pushing, CPU",
        "≤ 1.1 times",
        judges_receiver.at_most("cycle_cpu_ms_ratio", 1.1, "{:g}"),
    ),
    ("lends", "p95 of lends, 62 a minute by 32 at once", "< 2 s", judges_autoscale.lends_quick),
    ("rotation", "weeks of half-days: cut, not told, or too many desktops", "0", judges_autoscale.rotation_right),
)
"""Which sub-benchmark, what, the target, and who judges."""


def verdicts_of(results: Mapping[str, Found], *, old: Set[str] = frozenset()) -> list[Verdict]:
    """Every promise; `results` by sub-benchmark; `old`: those whose code has changed since."""
    return [_verdict(*promise, found=results.get(promise[0]), old=promise[0] in old) for promise in _PROMISES]


def _verdict(source: str, what: str, target: str, judge: Judge, *, found: Found | None, old: bool) -> Verdict:
    met, measured = (False, judges.NOT_MEASURED) if found is None else judge(found)
    command = f"python -m tests.bench {source}" if found is None else found["command"]
    return Verdict(what=what, target=target, measured=measured, met=met, old=old, command=command, part=source)
