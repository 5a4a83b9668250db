"""A scrape beside prometheus_client's own writer: processor time for the same number of constant series, at each size."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric as Family

from monitors.collector import StatusCollector
from monitors.exposition import PageText
from tests.builders.monitors import SetClock, a_recorder, a_switch

SIZES = (1_700, 10_000, 100_000)
TRIALS = 5
WRITINGS = 7
_AT_WORK = 0.9
"""Of the people."""
_SCRAPED_S = 15.0


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
    site = Scraped(desktops)
    families = list(site.collector.collect())
    constant = CollectorRegistry()
    constant.register(Constant(families))
    theirs = partial(generate_latest, constant)
    pairs = [(writing_s(site.page.text, before=site.go_on), writing_s(theirs)) for _ in range(TRIALS)]
    ours_s, theirs_s = (min(times) for times in zip(*pairs, strict=True))
    return {
        "desktops": desktops,
        "series": sum(len(family.samples) for family in families),
        "ours_ms": round(1000 * ours_s, 2),
        "constant_ms": round(1000 * theirs_s, 2),
        "ratio": round(ours_s / theirs_s, 2),
    }


class Scraped:
    """What is scraped amid the work of so many."""

    def __init__(self, desktops: int) -> None:
        self._clock, self._recorder = SetClock(), a_recorder()
        few, many = (a_switch(desktops, sessions=int(share * desktops)) for share in (_AT_WORK / 2, _AT_WORK))
        self._next, self._then = many, few
        self.collector = StatusCollector(self._recorder, clock=self._clock)
        self.page = PageText(self.collector)
        self.go_on()

    def go_on(self) -> None:
        """Until the next scrape: people have come or gone, and ages have grown."""
        self._clock.at += _SCRAPED_S
        self._recorder.status(replace(self._next, moved=None, at=self._clock.at))
        self._next, self._then = self._then, self._next


def writing_s(write: Callable[[], bytes], *, before: Callable[[], None] = lambda: None) -> float:
    """The fastest of several, in seconds of this thread; `before` each, which is not measured."""
    taken = []
    for _ in range(WRITINGS):
        before()
        began = time.thread_time()
        write()
        taken.append(time.thread_time() - began)
    return min(taken)


__all__ = ["SIZES", "Constant", "Scraped", "measured", "run", "writing_s"]
