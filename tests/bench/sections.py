"""The sections of docs/en/performance.md, one for each sub-benchmark: its result as tables."""

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean

from tests.bench import sections_autoscale, sections_cost, sections_forecast, sections_late, sections_receiver, sections_shapes
from tests.bench.tables import Found, table


def _virtual(found: Found) -> list[str]:
    head = (
        "twin, seed", "ready of wanted", "50 %, s", "90 %, s", "100 %, s", "bound, s", "efficiency", "lock time-outs", "late",
        "writes", "calls", "KiB", "worker seconds",
    )  # fmt: skip
    rows = [
        (f"{name}, {run['seed']}", f"{run['ready']:,} of {run['wanted']:,}", run["ready_50_s"], run["ready_90_s"],
         run["ready_100_s"], run["bound_s"], run["efficiency"], run["lock_timeouts"], run["late_lock_timeouts"],
         run["writes_per_desktop"], run["calls_per_desktop"], _kib(run), run["worker_s_per_desktop"])
        for name, twin in found["twins"].items()
        for run in twin["runs"]
    ]  # fmt: skip
    text = (
        f"{found['agents']:,} desktops. Writes, calls, KiB and API worker seconds are per desktop. *Late*: lock time-outs "
        "after the first 20 clones of a lock domain."
    )
    lines = [text, "", *table(head, rows), ""]
    lines += [
        *_endpoints({name: twin["runs"][0] for name, twin in found["twins"].items()}),
        "",
        "Agents without a ready desktop, and why:",
        "",
    ]
    unmet = [
        f"* {name}, seed {run['seed']}: {count} × {why}"
        for name, twin in found["twins"].items()
        for run in twin["runs"]
        for why, count in run["unmet"].items()
    ]
    return lines + (unmet or ["* none"])


def _endpoints(columns: Mapping[str, Found]) -> list[str]:
    """Calls, and what they take of the API workers."""
    names = sorted({endpoint for column in columns.values() for endpoint in column["calls_per_desktop_by_endpoint"]})
    head = ("calls per desktop (API worker seconds)", *columns)
    return table(head, [(f"`{name}`", *(_calls(column, name) for column in columns.values())) for name in names])


def _calls(column: Found, endpoint: str) -> str:
    calls = column["calls_per_desktop_by_endpoint"].get(endpoint, 0)
    worker_s = column["worker_s_per_desktop_by_endpoint"].get(endpoint, 0)
    return f"{calls:g} ({worker_s:g})" if worker_s else f"{calls:g}"


def _oracle(found: Found) -> list[str]:
    head = (
        "storage", "desktops", "best fixed limit", "oracle, s", "default, s", "regret", "oracle's time-outs, %",
        "default's, %",
    )  # fmt: skip
    rows = [
        (case["title"], case["agents"], case["oracle_limit"], case["oracle"]["makespan_s"], case["default"]["makespan_s"],
         f"{case['regret']:.1%}", case["oracle"]["timeouts_percent"], case["default"]["timeouts_percent"])
        for case in found["cases"]
    ]  # fmt: skip
    text = (
        "*Oracle*: the best fixed number of concurrent clones per lock domain, with lock time-outs for at most "
        f"{found['tolerated_percent']} % of the desktops. ×: duration of an image operation, relative to the reference twin. "
        f"Means over {len(found['seeds'])} seeds."
    )
    return [text, "", *table(head, rows)]


def _pool(found: Found) -> list[str]:
    head = ("storage", "seeds", "without, s", "with, s", "ratio", "lock time-outs without", "with", "time-outs of user.cfg")
    rows = [
        (shape["title"], len(shape["with"]), _mean_of(shape["without"]), _mean_of(shape["with"]), shape["ratio"],
         _sum_of(shape["without"], "lock_timeouts"), _sum_of(shape["with"], "lock_timeouts"),
         _sum_of(shape["with"], "user_cfg_timeouts"))
        for shape in found["shapes"]
    ]  # fmt: skip
    text = (
        f"{found['agents']:,} desktops, cloned with and without a pool. Makespans are means over the seeds, time-outs are "
        "sums. ×: duration of an image operation, relative to the reference twin. As its last step, a clone with a pool takes "
        "the cluster-wide lock of user.cfg; if this times out, Proxmox VE rolls the clone back."
    )
    return [text, "", *table(head, rows)]


def _mean_of(runs: Sequence[Found]) -> float:
    return round(fmean(run["makespan_s"] for run in runs), 1)


def _sum_of(runs: Sequence[Found], key: str) -> int:
    return sum(run[key] for run in runs)


def _faults(found: Found) -> list[str]:
    head = (
        "fault", "wanted", "clones", "VMs at most", "ready", "foreign VMs touched", "cycles: status, log, metric", "seconds",
        "violations", "the reason",
    )  # fmt: skip
    rows = [
        (f"{row['row']}: {row['what']}", row["wanted"], row["made"], row["most"], row["ready"],
         f"{len(row['touched'])} of {row['foreign']}", _until(row, "cycles"), _until(row, "seconds"), row["amiss"] or "-",
         _cut(row["words"]))
        for row in found["rows"]
    ]  # fmt: skip
    text = (
        f"Each fault lasts for an hour of virtual time, with {found['people']:,} people on {found['nodes']} nodes. Foreign "
        "VMs, including the templates, must not be touched. *Clones*: all successful clones. *VMs at most*: the largest number "
        "of VMs for people at the same time. *Cycles* of the daemon, and seconds, from the first answer that shows the fault "
        "until status, log and metric show the reason; a dash: there is nothing to report. *Violations*: other rules that "
        "were broken."
    )
    return [text, "", *table(head, rows)]


def _until(row: Found, what: str) -> str:
    if not row["to_tell"]:
        return "-"
    return ", ".join(
        "never" if (cycles := row[what][place]) is None else f"{cycles:g}" for place in ("status", "log", "metric")
    )


_SHOWN = 120
"""Characters of a reason."""


def _cut(words: str) -> str:
    text = words.replace("|", "/")
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _peers(found: Found) -> list[str]:
    text = (
        "Bascule and each peer on fresh twins behind HTTPS, with the same number of desktops and the same clock. *Clock*: "
        "virtual seconds per real second (Ansible: 1, because its own processor time is part of its makespan). *Machine*: "
        f"share of this machine's {found['cores']} cores that it used; *twin*: share of one core that the twin used; *idle*: "
        "what was left of all cores. Without idle time, the processor limits the makespan, not the cluster. The peers do not "
        "check that a desktop gets ready; Bascule's calls include these checks, counted until its last desktop is ready. If "
        "a peer has failed desktops, its makespan ends with the last desktop that it started."
    )
    head = (
        "twin, who", "clock", "desktops", "failed", "makespan, s", "efficiency", "calls", "writes", "lock time-outs",
        "worker seconds", "KiB", "machine", "twin", "idle",
    )  # fmt: skip
    rows = [
        (f"{name}, {who}", f"× {racer['scale']:g}", racer["desktops"], racer["failed"], racer["makespan_s"],
         racer["efficiency"], racer["calls_per_desktop"], racer["writes_per_desktop"], racer["lock_timeouts"],
         racer["worker_s_per_desktop"], _kib(racer), racer["machine_busy"], racer["twin_busy"], racer["machine_idle"])
        for name, races in found["twins"].items()
        for race in races.values()
        for who, racer in race.items()
    ]  # fmt: skip
    columns = {name: _columns(races) for name, races in found["twins"].items()}
    calls = (line for name, column in columns.items() for line in ("", f"{name}:", "", *_endpoints(column)))
    return [text, "", *table(head, rows), *calls]


def _columns(races: Mapping[str, Mapping[str, Found]]) -> dict[str, Found]:
    """One of Bascule's runs, the larger, and every peer."""
    own = max((race["bascule"] for race in races.values()), key=lambda racer: int(racer["desktops"]))
    return {f"bascule, {own['desktops']}": own} | {
        f"{peer}, {race[peer]['desktops']}": race[peer] for peer, race in races.items()
    }  # fmt: skip


def _daemon(found: Found) -> list[str]:
    switch = found["switch"]
    rows = [
        ("desktops ready", switch["ready"]),
        ("processor time per desktop, ms, over the daemon's whole run", switch["cpu_ms_per_desktop"]),
        ("the same of a bare client that makes the same calls", switch.get("bare_cpu_ms_per_desktop", "-")),
        ("peak memory, MiB", switch["peak_mib"]),
        ("makespan, s", switch["makespan_s"]),
        ("efficiency", switch["efficiency"]),
        ("calls per desktop", switch["calls_per_desktop"]),
        ("writes per desktop", switch["writes_per_desktop"]),
        ("answers, KiB per desktop", _kib(switch)),
        ("lock time-outs", switch["lock_timeouts"]),
        ("scrape, CPU ms", switch["scrape_cpu_ms"]),
        ("page, bytes", switch["page_bytes"]),
        ("idle share of the machine's cores meanwhile", switch["machine_idle"]),
    ]
    head = (f"`bascule run`, local-16 over HTTPS, clock × {found['scale']:g}", "figure")
    return [*table(head, rows), "", *_endpoints({"bascule": switch})]


def _kib(figures: Found) -> float:
    return round(int(figures["bytes_per_desktop"]) / 1024, 1)


SECTIONS: dict[str, tuple[str, Callable[[Found], list[str]]]] = {
    "virtual": ("In virtual time", _virtual),
    "full": ("As many desktops as the nodes hold", sections_shapes.full),
    "oracle": ("Compared with the best fixed limit", _oracle),
    "best": ("The best fixed limits", sections_shapes.best),
    "shapes": ("Shapes", sections_shapes.shapes),
    "mechanisms": ("With and without each mechanism", sections_shapes.mechanisms),
    "drawn": ("Drawn shapes", sections_shapes.drawn),
    "pool": ("Clones into a pool", _pool),
    "faults": ("Under each fault, for an hour", _faults),
    "peers": ("Compared with other tools", _peers),
    "daemon": ("The daemon", _daemon),
    "growth": ("Growth", sections_cost.growth),
    "scrape": ("A scrape beside prometheus_client's own writer", sections_cost.scrape),
    "capacity": ("How many more desktops fit", sections_cost.capacity),
    "directory": ("Reading the directory", sections_cost.directory),
    "questions": ("Forecasts against what came", sections_forecast.questions),
    "fits": ("Surges that do not fit", sections_forecast.fits),
    "late": ("Warnings of waves that will be late", sections_late.late),
    "alone": ("A storage too slow for two clones at once", sections_late.alone),
    "probes": ("What probes name in a surge", sections_late.probes),
    "deadlines": ("Waves in the order of their deadlines", sections_late.deadlines),
    "autoscale": ("Pools that follow their people", sections_autoscale.autoscale),
    "unusual": ("The same on unusual days", sections_autoscale.unusual),
    "borrowing": ("A morning, carried out on a twin", sections_autoscale.borrowing),
    "lends": ("Lends beside a switch", sections_autoscale.lends),
    "rotation": ("Weeks of a rotation", sections_autoscale.rotation),
    "receiver": ("The receiver of what desktops push", sections_receiver.receiver),
}
