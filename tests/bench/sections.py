"""The sections of docs/performance.md, one a sub-benchmark: its result as tables."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import fmean
from typing import Any

Found = Mapping[str, Any]


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|---|{'---:|' * (len(head) - 1)}"]
    return lines + [f"| {' | '.join(_shown(cell) for cell in row)} |" for row in rows]


def _shown(cell: object) -> str:
    if cell is None:
        return "never"
    return f"{cell:,.10g}" if isinstance(cell, int | float) and not isinstance(cell, bool) else str(cell)


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
        f"{found['agents']:,} desktops; writes, calls, KiB and seconds of API workers are a desktop's share. Late are lock "
        "time-outs after the first 20 clones of their lock domain."
    )
    lines = [text, "", *_table(head, rows), ""]
    lines += [*_endpoints({name: twin["runs"][0] for name, twin in found["twins"].items()}), "", "Not met, and why:", ""]
    unmet = [
        f"* {name}, seed {run['seed']}: {count} × {why}"
        for name, twin in found["twins"].items()
        for run in twin["runs"]
        for why, count in run["unmet"].items()
    ]
    return lines + (unmet or ["* nobody"])


def _endpoints(columns: Mapping[str, Found]) -> list[str]:
    """Calls, and what they take of the API workers."""
    names = sorted({endpoint for one in columns.values() for endpoint in one["calls_per_desktop_by_endpoint"]})
    head = ("calls a desktop (API worker seconds)", *columns)
    return _table(head, [(f"`{name}`", *(_calls(one, name) for one in columns.values())) for name in names])


def _calls(one: Found, endpoint: str) -> str:
    calls = one["calls_per_desktop_by_endpoint"].get(endpoint, 0)
    worker_s = one["worker_s_per_desktop_by_endpoint"].get(endpoint, 0)
    return f"{calls:g} ({worker_s:g})" if worker_s else f"{calls:g}"


def _oracle(found: Found) -> list[str]:
    head = (
        "storage", "desktops", "best fixed limit", "oracle, s", "default, s", "regret", "oracle's time-outs, %",
        "default's, %",
    )  # fmt: skip
    rows = [
        (one["title"], one["agents"], one["oracle_limit"], one["oracle"]["makespan_s"], one["default"]["makespan_s"],
         f"{one['regret']:.1%}", one["oracle"]["timeouts_percent"], one["default"]["timeouts_percent"])
        for one in found["cases"]
    ]  # fmt: skip
    text = (
        f"Best of all fixed numbers of clones at once in a lock domain, with lock time-outs of at most "
        f"{found['tolerated_percent']} % of the desktops; × is how much longer an image operation takes than on the reference "
        f"twin. Means over {len(found['seeds'])} seeds."
    )
    return [text, "", *_table(head, rows)]


def _pool(found: Found) -> list[str]:
    head = ("storage", "seeds", "without, s", "with, s", "ratio", "lock time-outs without", "with", "time-outs of user.cfg")
    rows = [
        (one["title"], len(one["with"]), _mean_of(one["without"]), _mean_of(one["with"]), one["ratio"],
         _sum_of(one["without"], "lock_timeouts"), _sum_of(one["with"], "lock_timeouts"),
         _sum_of(one["with"], "user_cfg_timeouts"))
        for one in found["shapes"]
    ]  # fmt: skip
    text = (
        f"{found['agents']:,} desktops, cloned into a pool and into none; makespans are means over the seeds, time-outs are of "
        "all seeds together. × is how much longer an image operation takes than on the reference twin. Membership takes the "
        "one lock of user.cfg, last of all, and a wait for it that times out rolls the clone back."
    )
    return [text, "", *_table(head, rows)]


def _mean_of(runs: Sequence[Found]) -> float:
    return round(fmean(run["makespan_s"] for run in runs), 1)


def _sum_of(runs: Sequence[Found], key: str) -> int:
    return sum(run[key] for run in runs)


def _faults(found: Found) -> list[str]:
    head = (
        "fault", "wanted", "clones", "VMs at most", "ready", "VMs of others touched", "cycles: status, log, metric", "seconds",
        "amiss", "the reason",
    )  # fmt: skip
    rows = [
        (f"{one['row']}: {one['what']}", one["wanted"], one["made"], one["most"], one["ready"],
         f"{len(one['touched'])} of {one['foreign']}", _until(one, "cycles"), _until(one, "seconds"), one["amiss"] or "-",
         _cut(one["words"]))
        for one in found["rows"]
    ]  # fmt: skip
    text = (
        f"Each fault of the list for an hour of virtual time, with {found['people']:,} people on {found['nodes']} nodes. VMs "
        "of others lie beside, the templates among them, and are to stay as they are. Clones are all that came out; *at most* "
        "is how many VMs made for people were there at once. Cycles, each a decision of the daemon, are counted from the "
        "first answer that speaks of the fault; a dash: nothing is wrong that anybody has to be told. *Amiss* is what else "
        "was to hold."
    )
    return [text, "", *_table(head, rows)]


def _until(row: Found, what: str) -> str:
    if not row["to_tell"]:
        return "-"
    return ", ".join("never" if (one := row[what][place]) is None else f"{one:g}" for place in ("status", "log", "metric"))


_SHOWN = 120
"""Characters of a reason."""


def _cut(words: str) -> str:
    text = words.replace("|", "/")
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _peers(found: Found) -> list[str]:
    text = (
        "Bascule beside each peer on fresh twins behind HTTPS, with as many desktops and on the same clock: × is virtual "
        "seconds a real second (Ansible: 1, since its own processor time is part of what it takes). *Machine* is the share of "
        f"this machine's {found['cores']} cores that it took, *twin* the share of one core that the twin took, *idle* what "
        "was left of all cores: with nothing left, a makespan is the processor's, not the cluster's. Peers do not look whether "
        "a desktop got ready; Bascule's calls hold that too, and are counted until its last desktop was ready. Who failed "
        "desktops is never done: its makespan is the time until the last one that it did bring up."
    )
    head = (
        "twin, who", "clock", "desktops", "failed", "makespan, s", "efficiency", "calls", "writes", "lock time-outs",
        "worker seconds", "KiB", "machine", "twin", "idle",
    )  # fmt: skip
    rows = [
        (f"{name}, {who}", f"× {one['scale']:g}", one["desktops"], one["failed"], one["makespan_s"], one["efficiency"],
         one["calls_per_desktop"], one["writes_per_desktop"], one["lock_timeouts"], one["worker_s_per_desktop"],
         _kib(one), one["machine_busy"], one["twin_busy"], one["machine_idle"])
        for name, races in found["twins"].items()
        for race in races.values()
        for who, one in race.items()
    ]  # fmt: skip
    columns = {name: _columns(races) for name, races in found["twins"].items()}
    calls = (line for name, one in columns.items() for line in ("", f"{name}:", "", *_endpoints(one)))
    return [text, "", *_table(head, rows), *calls]


def _columns(races: Mapping[str, Mapping[str, Found]]) -> dict[str, Found]:
    """One of Bascule's runs, the larger, and every peer."""
    own = max((race["bascule"] for race in races.values()), key=lambda one: int(one["desktops"]))
    return {f"bascule, {own['desktops']}": own} | {
        f"{peer}, {race[peer]['desktops']}": race[peer] for peer, race in races.items()
    }  # fmt: skip


def _growth(found: Found) -> list[str]:
    head = (
        "desktops", "clusters", "cycles a round", "a cycle, CPU ms", "parsing a round, CPU ms", "a whole round, CPU ms",
        "a scrape, CPU ms", "its page, bytes", "peak memory, MiB",
    )  # fmt: skip
    keys = (
        "desktops", "clusters", "cycles_a_round", "cycle_cpu_ms", "parse_cpu_ms", "round_cpu_ms", "scrape_ms", "page_bytes",
        "peak_mib",
    )  # fmt: skip
    ratio = found["largest_by_smallest"]
    text = (
        f"Largest by smallest: round × {ratio['round_cpu_ms']}, cycle × {ratio['cycle_cpu_ms']}, "
        f"scrape × {ratio['scrape_ms']}, memory × {ratio['peak_mib']}."
    )
    return [
        "Everybody is ready. A round, every 10 s, is a fresh answer of every cluster, all at one time, with the cycles that "
        "follow; in each answer all that Proxmox VE measures has changed. A scrape follows each round. Memory is a process's "
        "with the daemon's libraries, SQLite store and page.",
        "",
        *_table(head, [[row[key] for key in keys] for row in found["sizes"]]),
        "",
        text,
    ]


def _daemon(found: Found) -> list[str]:
    one = found["switch"]
    rows = [
        ("desktops ready", one["ready"]),
        ("processor time a desktop, ms, from its start to its end", one["cpu_ms_per_desktop"]),
        ("peak memory, MiB", one["peak_mib"]),
        ("makespan, s", one["makespan_s"]),
        ("efficiency", one["efficiency"]),
        ("calls a desktop", one["calls_per_desktop"]),
        ("writes a desktop", one["writes_per_desktop"]),
        ("answers, KiB a desktop", _kib(one)),
        ("lock time-outs", one["lock_timeouts"]),
        ("a scrape, CPU ms", one["scrape_cpu_ms"]),
        ("its page, bytes", one["page_bytes"]),
        ("the machine meanwhile idle, share of its cores", one["machine_idle"]),
    ]
    head = (f"`bascule run`, local-16 over HTTPS, clock × {found['scale']:g}", "figure")
    return [*_table(head, rows), "", *_endpoints({"bascule": one})]


def _directory(found: Found) -> list[str]:
    head = ("people", "seconds", "of it processor time here", "more memory at its peak, MiB")
    rows = [(one["people"], one["seconds"], one["cpu_s"], one["more_mib"]) for one in found["sizes"]]
    fuzz = found["fuzz"]
    reasons = [f"* {count} × {reason}" for reason, count in fuzz["reasons"].items()]
    return [
        "A real OpenLDAP on the same machine, over LDAPS, 200 entries a page; each person is in five groups.",
        "",
        *_table(head, rows),
        "",
        f"{fuzz['entries']:,} random entries (odd encodings, binary, huge values, missing attributes, options, ranges), read "
        f"in {fuzz['seconds']:g} s: {fuzz['agents']:,} are agents, {fuzz['rejected']:,} rejected:",
        "",
        *reasons,
    ]


def _kib(one: Found) -> float:
    return round(int(one["bytes_per_desktop"]) / 1024, 1)


SECTIONS: dict[str, tuple[str, Callable[[Found], list[str]]]] = {
    "virtual": ("In virtual time", _virtual),
    "oracle": ("Against the best fixed limit in hindsight", _oracle),
    "pool": ("Clones into a pool", _pool),
    "faults": ("Under each fault, for an hour", _faults),
    "peers": ("Beside peers", _peers),
    "daemon": ("The daemon itself", _daemon),
    "growth": ("Growth", _growth),
    "directory": ("Reading the directory", _directory),
}
