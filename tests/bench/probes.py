"""Something broken that Proxmox VE does not see, in a surge in virtual time: how often the daemon's probes name it.

What is broken: the network of one node, one image, one storage, the gateway of half of the profiles, or DNS; beside it, one
desktop of fifty is broken by itself. And surges in which nothing else is broken: there nothing is to be named.
"""

from functools import partial
from statistics import median
from typing import Any

from tests.bench.parallel import spread
from tests.builders.probed_surge import AGENTS, BROKEN, PER_MINUTE, ProbedSurge

SURGES = 30
"""Of each kind."""
NOTHING = "nothing"
FLAKY = 0.02


def run(*, surges: int = SURGES, jobs: int = 1) -> dict[str, Any]:
    """Every kind."""
    rows = spread(partial(row, surges=surges), (*BROKEN, NOTHING), jobs=jobs)
    return {"desktops": AGENTS, "per_minute": PER_MINUTE, "flaky": FLAKY, "rows": rows}


def row(broken: str, *, surges: int) -> dict[str, Any]:
    """All surges of one kind."""
    named, wrong, after_s = 0, 0, list[float]()
    for seed in range(surges):
        surge = ProbedSurge(seed, broken, flaky=FLAKY)
        state = surge.play()
        named += surge.is_named
        wrong += state.is_sure and not surge.is_named
        if surge.is_named and surge.named_at is not None:
            after_s.append(surge.named_at - surge.breaks_at)
    found = {"broken": broken, "surges": surges, "named": named, "wrong": wrong}
    found["after_s"] = round(median(after_s)) if after_s else None
    print(found, flush=True)
    return found
