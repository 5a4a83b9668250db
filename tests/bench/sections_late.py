"""Section of docs/en/performance.md about warnings of waves that will be late."""

from tests.bench.late import IN_TIME_S, is_good, of_events
from tests.bench.tables import Found, table


def late(found: Found) -> list[str]:
    """By what happened: how many were late, and of those how many were warned of in time; and what bands held."""
    rows = []
    for event, mine in of_events(found):
        are_late = [case for case in mine if case["late"]]
        vain = sum(case["warned_s"] is not None for case in mine if not case["late"])
        bands = [sum(case[key] for case in mine) for key in ("held", "sooner", "later", "unknown")]
        rows.append((event.value, len(mine), len(are_late), sum(map(is_good, are_late)), vain, *bands))
    least, most = found["desktops"]
    head = ("what happened", "waves", "late", "warned of in time", "in time, and warned of",
            "bands that held", "it came sooner", "later", "no band")  # fmt: skip
    return [
        f"One wave of {least} to {most} people on each of the shapes from seed {found['seed']} whose hardware takes 8 to 40 "
        "minutes, with a deadline 1.2 to 2 times as far away as it takes undisturbed. What happens comes at a random time "
        f"while desktops are made, at least 7 minutes before the deadline. *In time*: {IN_TIME_S / 60:g} minutes before it. "
        "Bands (one in twenty sooner, one in twenty later) at each tenth of what the wave took; of disturbed waves from a "
        "minute after it happened.",
        "",
        *table(head, rows),
        "",
        f"Warned of in time: {found['good']} of {found['late']} disturbed waves that were late; {found['upset']} were "
        f"disturbed. Warned of in vain: {found['false']} of {found['clean']} undisturbed ones. From the beginning to the late "
        f"end of a band it is {found['width']:.2f} times as long as to its early end (median).",
    ]


def alone(found: Found) -> list[str]:
    """By seed: when the warning came, with and without what clones alone show."""
    keys = ("seed", "whole_s", "at_s", "due_s", "with", "without")
    head = ("seed", "undisturbed, s", "slower after, s", "deadline, s", "warned before it, with, s", "without, s")
    return [
        f"One wave of {found['people']} people on {found['title']}. An image operation takes 4 s, and from one moment to the "
        "next 12 s: two clones at once time out, so they run alone. *With*: how long clones alone take shows how slow the "
        "storage is; *without*: only clones beside each other. The wave is late in all runs.",
        "",
        *table(head, [tuple(row[key] for key in keys) for row in found["rows"]]),
        "",
        f"Whole switches, {found['desktops']} desktops, are as long with it as without:",
        "",
        *table(("shape", "with, s", "without, s"), [(row["title"], row["with"], row["without"]) for row in found["switches"]]),
    ]


def deadlines(found: Found) -> list[str]:
    """By shape: who is in time in the order of importance, and in that of deadlines where nobody becomes late by it."""
    cases: dict[tuple[str, bool], dict[bool, Found]] = {}
    for row in found["rows"]:
        cases.setdefault((row["shape"], row["disturbed"]), {})[row["with"]] = row
    rows = []
    for (shape, disturbed), case in cases.items():
        without, by_deadline = case[False], case[True]
        event = "storage three times slower" if disturbed else "nothing"
        counts = [each[f"{wave}_in_time"] for wave in ("important", "urgent") for each in (without, by_deadline)]
        rows.append((shape, event, without["people"] // 2, *counts))
    head = (
        "shape",
        "what happened",
        "people of each wave",
        "important, without",
        "important, with",
        "urgent, without",
        "urgent, with",
    )
    return [
        "Two waves: the first, more important one is due 2.5 times as far away as both take together, the second one 0.85 "
        "times. People who are in time, in the order of importance alone (*without*), and where what is due first goes first "
        "as long as "
        "nobody becomes late by it (*with*).",
        "",
        *table(head, rows),
    ]


_BROKEN = {
    "node": "the network of one node",
    "image": "one image",
    "storage": "one storage",
    "gateway": "the gateway of half of the profiles",
    "names": "DNS",
    "nothing": "nothing",
}


def probes(found: Found) -> list[str]:
    """By what was broken: how often it was named, and after how long."""
    rows = [
        (_BROKEN[row["broken"]], row["surges"], row["named"], row["wrong"], "" if row["after_s"] is None else row["after_s"])
        for row in found["rows"]
    ]
    head = ("broken", "surges", "named", "something else named", "median after, s")
    return [
        f"A surge of {found['desktops']} desktops in three batches, on six nodes, two storages, three images. From a random "
        "time in its first five minutes something is broken that Proxmox VE does not see; beside that "
        f"{found['flaky']:.0%} of the desktops let nobody in. The daemon probes {found['per_minute']} desktops a minute. "
        "*Named*: at the end of the surge exactly that is named.",
        "",
        *table(head, rows),
    ]
