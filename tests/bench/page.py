"""docs/performance.md, made of whatever results there are."""

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

_INTRO = """# Performance

<!-- Made by `make bench`; do not edit. -->

Figures of the reference twins (`config/twins/`). Seconds are virtual unless they say otherwise; "ready" is by the twin's hidden
truth; **bound** is what the hardware allows at best, **efficiency** is bound ÷ makespan. Everything is the default settings.
"""


def write(results: Path, page: Path) -> None:
    """Every result in `results` that has a section."""
    parts = [_INTRO]
    for name, (title, rows) in _SECTIONS.items():
        file = results / f"{name}.json"
        if file.exists():
            found = json.loads(file.read_text(encoding="utf-8"))
            head = f"`{found['command']}`, {found['date']}, commit {found['commit']}, on {found['machine']}."
            parts.append(f"## {title}\n\n{head}\n\n" + "\n".join(rows(found)) + "\n")
    page.write_text("\n".join(parts), encoding="utf-8")


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|---|{'---:|' * (len(head) - 1)}"]
    return lines + [f"| {' | '.join(_shown(cell) for cell in row)} |" for row in rows]


def _shown(cell: object) -> str:
    if cell is None:
        return "never"
    return f"{cell:,.10g}" if isinstance(cell, int | float) and not isinstance(cell, bool) else str(cell)


def _virtual(found: dict[str, Any]) -> list[str]:
    head = (
        "twin, seed",
        "ready of wanted",
        "50 %, s",
        "90 %, s",
        "100 %, s",
        "bound, s",
        "efficiency",
        "lock time-outs",
        "writes",
        "calls",
        "KiB",
    )
    rows = [
        (f"{name}, {run['seed']}", f"{run['ready']:,} of {run['wanted']:,}", run["ready_50_s"], run["ready_90_s"],
         run["ready_100_s"], run["bound_s"], run["efficiency"], run["lock_timeouts"],
         run["writes_per_desktop"], run["calls_per_desktop"], round(run["bytes_per_desktop"] / 1024, 1))
        for name, twin in found["twins"].items()
        for run in twin["runs"]
    ]  # fmt: skip
    lines = [f"{found['agents']:,} desktops; writes, calls and KiB are a desktop's share.", "", *_table(head, rows), ""]
    lines += [*_endpoints({name: twin["runs"][0] for name, twin in found["twins"].items()}), "", "Not met, and why:", ""]
    unmet = [
        f"* {name}, seed {run['seed']}: {count} × {why}"
        for name, twin in found["twins"].items()
        for run in twin["runs"]
        for why, count in run["unmet"].items()
    ]
    return lines + (unmet or ["* nobody"])


def _endpoints(columns: dict[str, dict[str, Any]]) -> list[str]:
    calls = {name: one["calls_per_desktop_by_endpoint"] for name, one in columns.items()}
    names = sorted({endpoint for one in calls.values() for endpoint in one})
    return _table(("calls a desktop", *calls), [(f"`{name}`", *(one.get(name, 0) for one in calls.values())) for name in names])


def _oracle(found: dict[str, Any]) -> list[str]:
    head = (
        "storage",
        "desktops",
        "best fixed limit",
        "oracle, s",
        "default, s",
        "regret",
        "oracle's time-outs, %",
        "default's, %",
    )
    rows = [
        (one["title"], one["agents"], one["oracle_limit"], (one["oracle"] or {}).get("makespan_s"),
         one["default"]["makespan_s"],
         "no limit is allowed" if one["regret"] is None else f"{one['regret']:.1%}",
         (one["oracle"] or {}).get("timeouts_percent"), one["default"]["timeouts_percent"])
        for one in found["cases"]
    ]  # fmt: skip
    text = (
        "Best of fixed limits of clones in flight on a shared storage id, with lock time-outs of at most "
        f"{found['tolerated_percent']} %; "
        "× is how much longer an image operation takes than on the reference twin. Regret = makespan ÷ oracle − 1."
    )
    edge = [one["title"] for one in found["cases"] if one["oracle_limit"] == max(map(int, one["fixed"]))]
    note = ["", f"At the edge of the grid, so a still higher limit may be better: {'; '.join(edge)}."] if edge else []
    return [text, "", *_table(head, rows), *note]


def _peers(found: dict[str, Any]) -> list[str]:
    text = (
        f"On fresh twins behind HTTPS, {found['scale']:g} virtual seconds a real second (Ansible: "
        f"{found['ansible_scale']:g}, since its own processor time is part of what it takes). "
        "Peers do not look whether a desktop got ready; Bascule's calls hold that too."
    )
    head = (
        "twin, who",
        "desktops",
        "failed",
        "makespan, s",
        "efficiency",
        "calls",
        "writes",
        "lock time-outs",
        "worker seconds",
        "KiB",
    )
    rows = [
        (f"{name}, {who}", one["desktops"], one["failed"], one["makespan_s"], one["efficiency"], one["calls_per_desktop"],
         one["writes_per_desktop"], one["lock_timeouts"], one["worker_s_per_desktop"],
         round(one["bytes_per_desktop"] / 1024, 1))
        for name, peers in found["twins"].items()
        for who, one in peers.items()
    ]  # fmt: skip
    return [
        text,
        "",
        *_table(head, rows),
        *(line for name, peers in found["twins"].items() for line in ("", f"{name}:", "", *_endpoints(peers))),
    ]


def _growth(found: dict[str, Any]) -> list[str]:
    head = (
        "desktops",
        "clusters",
        "a steady cycle, CPU ms",
        "parsing all clusters, CPU ms",
        "a scrape, CPU ms",
        "its page, bytes",
        "peak memory, MiB",
    )
    keys = ("desktops", "clusters", "cycle_cpu_ms", "parse_cpu_ms", "scrape_ms", "page_bytes", "peak_mib")
    ratio = found["largest_by_smallest"]
    text = f"Largest by smallest: cycle × {ratio['cycle_cpu_ms']}, scrape × {ratio['scrape_ms']}, memory × {ratio['peak_mib']}."
    return [
        "Everybody is ready. A cycle is made for each observation of one cluster.",
        "",
        *_table(head, [[row[key] for key in keys] for row in found["sizes"]]),
        "",
        text,
    ]


def _daemon(found: dict[str, Any]) -> list[str]:
    switch, steady = found["switch"], found["steady"]
    rows = [
        ("desktops ready", switch["ready"]),
        ("processor time a desktop, ms", switch["cpu_ms_per_desktop"]),
        ("peak memory, MiB", switch["peak_mib"]),
        ("makespan over HTTPS, virtual s", switch["makespan_s"]),
        ("efficiency over HTTPS", switch.get("efficiency", "")),
        ("a steady cycle, CPU ms", steady["cycle_cpu_ms"]),
        ("a scrape, CPU ms", steady["scrape_ms"]),
    ]
    return _table(("`bascule run`, " + f"{found['scale']:g} virtual seconds a real second", "figure"), rows)


_SECTIONS: dict[str, tuple[str, Callable[[dict[str, Any]], list[str]]]] = {
    "virtual": ("In virtual time", _virtual),
    "oracle": ("Against the best fixed limit in hindsight", _oracle),
    "peers": ("Beside peers", _peers),
    "daemon": ("The daemon itself", _daemon),
    "growth": ("Growth", _growth),
}
