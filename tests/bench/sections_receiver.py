"""Section of docs/en/performance.md about the receiver of what desktops push."""

from tests.bench.tables import Found, table


def receiver(found: Found) -> list[str]:
    """Cost of a report, of all at once, and of the load for the control thread."""
    quiet, loaded = zip(found["cycle_cpu_ms"], found["cycle_ms"], found["daemon_share_of_core"], strict=True)
    rows = [
        ("a report: receiver, CPU ms", found["receiver_cpu_ms"]),
        ("the same: echo, CPU ms", found["echo_cpu_ms"]),
        ("ratio", found["ratio"]),
        ("1,700 at rest, each every 60 s: receiver, share of a core", f"{found['share_of_core']:.1%}"),
        ("all at once: seconds until the last is taken", found["together_taken_s"]),
        ("the same: seconds until the daemon has accepted the last", found["together_accepted_s"]),
        ("the same: the echo, seconds", found["together_echo_s"]),
        ("the same: connections that were begun", found["together_tries"]),
        ("the same: reports lost", found["together_lost"]),
        ("the same: receiver, CPU seconds", found["together_cpu_s"]),
        ("the same: idle share of the machine's cores", f"{found['together_idle']:.0%}"),
        ("a cycle of the control thread: CPU ms, without load", quiet[0]),
        ("the same with load", loaded[0]),
        ("a cycle: ms, without load", quiet[1]),
        ("the same with load", loaded[1]),
        ("the daemon's whole process: share of a core, without load", f"{quiet[2]:.1%}"),
        ("the same with load", f"{loaded[2]:.1%}"),
        ("receiver, peak memory, MiB", found["receiver_peak_mib"]),
        ("idle share of the machine's cores, over the whole run", f"{found['machine_idle']:.0%}"),
    ]
    cycles = " and ".join(map(str, found["cycles"]))
    return [
        f"{found['desktops']:,} desktops, played by this machine, too: each report of {found['bytes']} bytes comes on a TLS "
        "connection of its own, as from bascule-guest, with its time-out and its tries. *Echo*: the least that a TLS server in "
        "the same language can do with a report. *Load*: every desktop pushes once a minute, and one push of twenty is a "
        "log-on or log-off. The share of a core is that of 1,700 such reports a minute; here the minutes took "
        f"{found['pace']:g} times as long, for want of a processor. Medians of {cycles} cycles. On a machine without idle "
        "time, seconds are those of the machine: the desktops and the echo wait for the same processor.",
        "",
        *table(("receiver", "figure"), rows),
    ]
