"""Sections of docs/en/performance.md about the daemon's own cost: growth, a scrape, capacity, the directory."""

from tests.bench.tables import Found, table


def growth(found: Found) -> list[str]:
    """What a round costs on sites of each size."""
    head = (
        "desktops", "clusters", "cycles per round", "cycle, CPU ms", "parsing per round, CPU ms", "whole round, CPU ms",
        "scrape, CPU ms", "page, bytes", "peak memory, MiB",
    )  # fmt: skip
    keys = (
        "desktops", "clusters", "cycles_a_round", "cycle_cpu_ms", "parse_cpu_ms", "round_cpu_ms", "scrape_ms", "page_bytes",
        "peak_mib",
    )  # fmt: skip
    ratio = found["largest_by_smallest"]
    text = (
        f"Largest ÷ smallest: round × {ratio['round_cpu_ms']}, cycle × {ratio['cycle_cpu_ms']}, "
        f"scrape × {ratio['scrape_ms']}, memory × {ratio['peak_mib']}."
    )
    return [
        "All desktops are ready. A round, every 10 s, is a fresh answer of every cluster at the same time, and the cycles that "
        "follow; in each answer every value that Proxmox VE measures has changed. A scrape follows each round. Memory is that "
        "of a process with the daemon's libraries, SQLite store and page.",
        "",
        *table(head, [[row[key] for key in keys] for row in found["sizes"]]),
        "",
        text,
    ]


def scrape(found: Found) -> list[str]:
    """What a scrape costs beside as many series that never change."""
    head = ("desktops", "series", "a scrape, CPU ms", "as many constant series, CPU ms", "ratio")
    keys = ("desktops", "series", "ours_ms", "constant_ms", "ratio")
    return [
        "One cluster of two nodes, nine of ten people at work; Python's part of a scrape alone, without HTTP. The fastest of "
        "35 each, in turn. The number of series does not grow with desktops or people.",
        "",
        *table(head, [[row[key] for key in keys] for row in found["sizes"]]),
    ]


def capacity(found: Found) -> list[str]:
    """What it costs to count how many more fit."""
    head = (
        "storages", "nodes", "clusters", "profiles", "now, CPU ms", "all losses and gains, CPU ms", "bounds apart, at most",
    )  # fmt: skip
    keys = ("storages", "nodes", "clusters", "profiles", "now_ms", "all_ms", "bounds_apart")
    return [
        f"How many more desktops fit, with {found['desktops']:,} desktops on the nodes: now, in each cycle whose resources "
        "have changed; after the loss of each node, with what would add most, at most once a minute. Bounds are equal for a "
        "profile that is alone on its nodes.",
        "",
        *table(head, [[shape[key] for key in keys] for shape in found["shapes"]]),
    ]


def directory(found: Found) -> list[str]:
    """Reading people over LDAPS, and odd entries."""
    head = ("people", "seconds", "of it processor time here", "additional memory at the peak, MiB")
    rows = [(size["people"], size["seconds"], size["cpu_s"], size["more_mib"]) for size in found["sizes"]]
    fuzz = found["fuzz"]
    reasons = [f"* {count} × {reason}" for reason, count in fuzz["reasons"].items()]
    return [
        "A real OpenLDAP on the same machine, over LDAPS, 200 entries per page; each person is in five groups.",
        "",
        *table(head, rows),
        "",
        f"{fuzz['entries']:,} random entries (odd encodings, binary, huge values, missing attributes, options, ranges), read "
        f"in {fuzz['seconds']:g} s: {fuzz['agents']:,} are agents, {fuzz['rejected']:,} rejected:",
        "",
        *reasons,
    ]
