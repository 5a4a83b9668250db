"""The daemon's side of the receiver, at a site at rest, in real time: what its control thread does, a line of JSON a cycle.

`python -m tests.bench.receiver.daemon_side DESKTOPS STORE SOCKET BEGAN`: until SIGTERM. A cluster answers at once, through the
real parser, each ten seconds; everything else is the daemon's own.
"""

import json
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from provisioner import gc_tuning
from provisioner.daemon.push_desk import PushDesk
from provisioner.model.commands import Command, Completion
from provisioner.model.ids import Instant
from provisioner.model.words import PushWord
from provisioner.ports import all_of
from provisioner.reconciler import Reconciler
from provisioner.reconciler import run as run_loop
from provisioner.sessions.push import Push
from provisioner.settings.values import ReceiverSettings
from tests.bench.receiver.desktops import reports
from tests.bench.site import NOW, Answers, Clock, Site, store_at


class RealTime(Clock):
    """The site's time goes on as real time does; every process of the run has the same."""

    def __init__(self, began: float) -> None:
        """`began`: on the machine's monotonic clock."""
        self._began = began

    @property
    def at(self) -> Instant:  # type: ignore[override]
        """Now."""
        return NOW + time.monotonic() - self._began

    def now(self) -> Instant:
        """Now."""
        return self.at


class Calls(Answers):
    """The same, but time passes by itself, and a nudge is heard."""

    def __init__(self, site: Site, clock: RealTime) -> None:
        super().__init__(site, clock)
        self._real, self._nudged = clock, threading.Event()

    def next(self, until: Instant) -> Completion | None:
        """An answer; None after a nudge, or at `until`."""
        if self._pending:
            return super().next(until)
        self._nudged.wait(max(0.0, min(1.0, until - self._real.now())))
        self._nudged.clear()
        return None

    def nudge(self) -> None:
        """Make `next` return."""
        self._nudged.set()


class Timed(Reconciler):
    """Says what each cycle has cost the thread, and how many pushes were accepted."""

    observed: Callable[[], int]
    """How many listings have been taken."""
    _known = 0

    def cycle(self) -> Sequence[Command]:
        """A cycle, if there are new observations."""
        cpu_s, began = time.thread_time(), time.monotonic()
        actions = super().cycle()
        if self.observed() > self._known:  # otherwise it has only shown what was pushed
            self._known, after_s = self.observed(), time.thread_time()
            _say(cycle_cpu_ms=1000 * (after_s - cpu_s), cycle_ms=1000 * (time.monotonic() - began), thread_cpu_s=after_s)
        return actions

    def take_pushes(self, pushes: Iterable[tuple[Push, Instant]]) -> None:
        """Take them in."""
        super().take_pushes(pushes)
        _say(accepted=self.pushes.get(PushWord.ACCEPTED, 0))

    @property
    def pushes(self) -> dict[PushWord, int]:
        """What became of them."""
        counts = self.sessions.figures(self.parts.clock.now()).pushes
        return {word: count for word, count in counts.items() if count}


class ControlThread:
    """As `daemon.service` does it."""

    def __init__(self, desktops: int, store: Path, socket: Path, began: float) -> None:
        site, clock = Site(desktops), RealTime(began)
        site.write_store(store, reports=reports(desktops))
        self._calls = Calls(site, clock)
        self._over = threading.Event()
        self._desk = PushDesk(
            ReceiverSettings(address="127.0.0.1", certificate=store, socket=socket),  # it is the receiver that reads it
            clock=clock,
            clock_rate=1.0,
            nudge=self._calls.nudge,
        )
        self._reconciler = Timed(site.config, store=store_at(store), clock=clock, events=all_of(()))
        self._reconciler.observed = lambda: self._calls.observed

    def run(self) -> None:
        """Until SIGTERM."""
        signal.signal(signal.SIGTERM, lambda *_: self._over.set())
        self._desk.open()
        self._reconciler.open()
        gc_tuning.settle()
        _say(ready=True)
        run_loop(self._reconciler, self._calls, until=self._is_over)
        self._desk.close()
        _say(pushes=self._reconciler.pushes)

    def _is_over(self) -> bool:
        self._desk.take_up(self._reconciler)
        return self._over.is_set()


def _say(**what: object) -> None:
    print(json.dumps({"at": time.monotonic(), **what}), flush=True)


if __name__ == "__main__":
    _, desktops, store, socket, began = sys.argv
    ControlThread(int(desktops), Path(store), Path(socket), float(began)).run()
