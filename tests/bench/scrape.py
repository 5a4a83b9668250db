"""A scrape beside prometheus_client's own writer: processor time for the same number of constant series, at each size."""

import time
from collections.abc import Iterator
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric as Family

from monitors.collector import registry_of
from tests.builders.monitors import SetClock, a_recorder, a_switch

SIZES = (1_700, 10_000, 100_000)
TRIALS = 5
WRITINGS = 7
_AT_WORK = 0.9
"""Of the people."""


class Constant:
    """Values that never change."""

    def __init__(self, families: list[Family]) -> None:
        self._families = families

    def collect(self) -> Iterator[Family]:
        return iter(self._families)


def run() -> dict[str, Any]:
    """Every size."""
    return {"sizes": [measured(size) for size in SIZES]}


def measured(desktops: int) -> dict[str, Any]:
    """How many series there are, and what it costs to write them: the fastest of all trials, for what else runs only adds."""
    registry = registry_at(desktops)
    families = list(registry.collect())
    constant = CollectorRegistry()
    constant.register(Constant(families))
    pairs = [(writing_s(registry), writing_s(constant)) for _ in range(TRIALS)]
    ours_s, theirs_s = (min(times) for times in zip(*pairs, strict=True))
    return {
        "desktops": desktops,
        "series": sum(len(family.samples) for family in families),
        "ours_ms": round(1000 * ours_s, 2),
        "constant_ms": round(1000 * theirs_s, 2),
        "ratio": round(ours_s / theirs_s, 2),
    }


def registry_at(desktops: int) -> CollectorRegistry:
    """What is scraped amid the work of so many."""
    recorder = a_recorder()
    recorder.status(a_switch(desktops, sessions=int(_AT_WORK * desktops)))
    return registry_of(recorder, clock=SetClock())


def writing_s(registry: CollectorRegistry) -> float:
    """The fastest of several, in seconds of this thread."""
    taken = []
    for _ in range(WRITINGS):
        began = time.thread_time()
        generate_latest(registry)
        taken.append(time.thread_time() - began)
    return min(taken)


__all__ = ["SIZES", "Constant", "measured", "registry_at", "run", "writing_s"]
