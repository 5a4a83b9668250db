"""How cost grows with desktops: a steady round, memory and a scrape, with all desktops ready and nothing to do.

Each size is measured in a process of its own, so that its peak memory is its own. A round is a fresh answer of every cluster,
parsed and taken in, with the cycles that follow; the parser, the store, the loop and the page are the real ones.
"""

import gc
import json
import statistics
import subprocess
import sys
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import provisioner.daemon.composition  # noqa: F401 (for its weight alone: the daemon's process holds these libraries too)
from monitors.exposition import Exposition
from monitors.metric import KnownNames
from monitors.recorder import Recorder
from provisioner import gc_tuning
from provisioner.model.machines.desktops import Phase
from provisioner.model.status import Status
from provisioner.ports import ApiCall, all_of
from provisioner.reconciler import Reconciler
from provisioner.reconciler import run as run_loop
from provisioner.settings.values import ExpositionSettings
from tests.bench.child import peak_mib
from tests.bench.site import Answers, Clock, Site, store_at
from tests.bench.stage import PROFILE

SIZES = (1_700, 10_000, 50_000, 100_000)
ROUNDS = 7
LONGEST_S = 60.0
"""Processor time after which no further round is begun."""
_WARM = 1
"""Rounds before it is measured, in which the desktops are taken up and the directory is read."""
_RATIOS = ("cycle_cpu_ms", "round_cpu_ms", "scrape_ms", "peak_mib")


def run(*, sizes: tuple[int, ...] = SIZES) -> dict[str, Any]:
    """Every size."""
    return summary([_child(size) for size in sizes])


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The result of all sizes, smallest first."""
    return {"sizes": rows, "largest_by_smallest": {key: round(rows[-1][key] / rows[0][key], 2) for key in _RATIOS}}


def _child(size: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="bascule-bench-") as folder:
        store = Path(folder, "bascule.db")
        _python("write", size, store)
        found: dict[str, Any] = json.loads(_python("measure", size, store))
    print(f"growth {found}", flush=True)
    return found


def _python(what: str, size: int, store: Path) -> str:
    command = [sys.executable, "-m", "tests.bench.growth", what, str(size), str(store)]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def measure(desktops: int, store: Path) -> dict[str, Any]:
    """Milliseconds of processor time; medians of several rounds."""
    house = _House(Site(desktops), store)
    house.go(_WARM)
    house.check()
    gc.collect()
    rounds = [house.round()]
    while len(rounds) < ROUNDS and sum(figures["round_cpu_ms"] for figures in rounds) < 1000 * LONGEST_S:
        rounds.append(house.round())
    house.close()
    medians = {key: round(statistics.median(figures[key] for figures in rounds), 2) for key in rounds[0]}
    return {
        "desktops": desktops,
        "clusters": len(house.site.specs),
        "rounds": len(rounds),
        **medians,
        "peak_mib": round(peak_mib(), 1),
    }


class _House:
    """Store, reconciler and page as the daemon puts them together, on clusters that answer at once."""

    def __init__(self, site: Site, store: Path) -> None:
        self.site, clock = site, Clock()
        waves, ranges = tuple(wave.name for wave in site.config.scenario.waves), site.config.naming.vmids
        recorder = Recorder(clock=clock, known=KnownNames(profiles=(PROFILE,), clusters=tuple(ranges), waves=waves))
        self.counter, self.calls, self.store = _Cycles(), Answers(site, clock), store_at(store)
        self.reconciler = Reconciler(site.config, store=self.store, clock=clock, events=all_of((recorder, self.counter)))
        self.page = Exposition(recorder, ExpositionSettings(port=0), clock=clock)
        self.page.open()
        self.reconciler.open()
        gc_tuning.settle()

    def go(self, rounds: int) -> None:
        """So many rounds."""
        until = self.calls.rounds + rounds
        run_loop(self.reconciler, self.calls, until=lambda: self.calls.rounds >= until)

    def round(self) -> dict[str, float]:
        """One, and a scrape of what it brought."""
        calls, before = self.calls, (self.calls.made_s, self.calls.parsed_s, self.calls.observed, self.counter.cycles)
        began = time.process_time()
        self.go(1)
        took = time.process_time() - began - (calls.made_s - before[0])
        parsed, cycles = calls.parsed_s - before[1], self.counter.cycles - before[3]
        assert calls.observed - before[2] == len(self.site.specs), "every cluster once"
        return {
            "round_cpu_ms": 1000 * took,
            "parse_cpu_ms": 1000 * parsed,
            "cycles_a_round": cycles,
            "cycle_cpu_ms": 1000 * (took - parsed) / cycles,
            **self._scrape(),
        }

    def check(self) -> None:
        """Everybody is ready, by the last status."""
        status = self.reconciler.status
        assert status is not None
        assert sum(desktop.phase is Phase.READY for desktop in status.desktops.values()) == self.site.desktops

    def close(self) -> None:
        self.page.close()
        self.store.close()

    def _scrape(self) -> dict[str, float]:
        """Over HTTP, both ends together: the client only reads."""
        began = time.process_time()
        connection = HTTPConnection(self.page.url.removeprefix("http://"), timeout=60)
        connection.request("GET", "/metrics")
        answer = connection.getresponse()
        size = len(answer.read())
        connection.close()
        assert answer.status == 200
        return {"scrape_ms": 1000 * (time.process_time() - began), "page_bytes": size}


class _Cycles:
    """Counts them."""

    def __init__(self) -> None:
        self.cycles = 0

    def status(self, status: Status) -> None:
        self.cycles += 1

    def api_call(self, call: ApiCall) -> None:
        """There are none."""

    def outcome(self, outcome: object) -> None:
        """There are none."""

    def directory_read(self, roster: object, error: str) -> None:
        """Once."""

    def notice(self, subject: str, text: str) -> None:
        """For people."""


if __name__ == "__main__":
    _, what, size, path = sys.argv
    if what == "write":
        Site(int(size)).write_store(Path(path))
    else:
        print(json.dumps(measure(int(size), Path(path))))
