"""Listens for a reason: from the cycle in which the daemon first meets the fault, until status, log and metric show it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from monitors.collector import StatusCollector
from monitors.recorder import Recorder
from provisioner.adapters.logs.messages import LineLevel, LogLine
from provisioner.model.status import Status
from provisioner.ports import Clock

PLACES = ("status", "log", "metric")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """The reason expected for a fault."""

    words: str
    """A regular expression, of the status and of the log."""
    metric: tuple[str, ...]
    """A series of the page that is more than it was before the fault: the name, then some of the labels' values."""
    log: str = ""
    """The words in the log, where they differ from the status."""


@dataclass(kw_only=True)
class Ears:
    """A listener (ports.Events) beside the daemon's own. `found` is filled once `heard` was called."""

    reason: Reason | None
    recorder: Recorder
    clock: Clock
    cycles: int = 0
    found: dict[str, tuple[int, float]] = field(default_factory=dict)
    """Place -> cycles and seconds from the daemon's first answer about the fault until the reason was there."""
    words: str = ""
    """The reason, in the words of the first place that showed it."""
    heard_at: tuple[int, float] | None = None
    """Cycles that had ended by then, and when that was."""
    _lines: list[str] = field(default_factory=list)
    _before: float = 0.0

    def heard(self) -> None:
        """The daemon has just received the first answer that shows the fault."""
        if self.heard_at is None:
            self.heard_at = (self.cycles, self.clock.now())
            self._lines.clear()

    def arm(self) -> None:
        """The fault begins: what the metric says now is not of it."""
        self._before = self._metric()

    def line(self, line: LogLine) -> None:
        """A line of the log; debug lines do not count."""
        if line.level is not LineLevel.DEBUG:
            self._lines.append(str(line))

    def status(self, status: Status) -> None:
        """A cycle has ended; the recorder was notified before."""
        self.cycles += 1
        lines, self._lines = self._lines, []
        if self.heard_at is None or self.reason is None or len(self.found) == len(PLACES):
            return
        self._look("status", status_words(status), self.reason.words)
        self._look("log", lines, self.reason.log or self.reason.words)
        if "metric" not in self.found and self._metric() > self._before:
            self._note("metric")

    def _look(self, place: str, texts: Iterator[str] | list[str], words: str) -> None:
        if place in self.found:
            return
        text = next((text for text in texts if re.search(words, text)), None)
        if text is not None:
            self._note(place)
            self.words = self.words or text

    def _note(self, place: str) -> None:
        assert self.heard_at is not None
        self.found[place] = (self.cycles - self.heard_at[0], self.clock.now() - self.heard_at[1])

    def _metric(self) -> float:
        if self.reason is None:
            return 0.0
        name, *labels = self.reason.metric
        rows = next(rows for row, rows in StatusCollector(self.recorder, clock=self.clock).rows() if row.name == name)
        return sum(value for key, value in rows.items() if set(labels) <= set(key))

    def __getattr__(self, name: str) -> Callable[..., None]:
        """Whatever else there is to hear."""
        return lambda *_: None


def status_words(status: Status) -> Iterator[str]:
    """All problems that `status`, `report plan`, `desktop list`, `report drift` and `/readyz` show."""
    yield from status.paused.values()
    yield from status.blocked
    yield from (deferral.reason for deferral in status.plan.deferred)
    yield from (f"vm {leftover.key}: {leftover.reason}" for leftover in status.plan.leftovers)
    yield from (cordon.reason for cordon in status.cordons.values())
    yield from (f"{count} {kind}" for kind, count in status.differences.items())
    yield from ([] if status.baseline_accepted else ["the store was rebuilt from the desktops' notes"])
    for state in status.desktops.values():
        yield state.because
        if state.unheard is not None:
            yield state.unheard.text
        if state.leaving is not None:
            yield f"{state.leaving.step}, {state.leaving.next_step} overdue" if state.leaving.overdue else state.leaving.reason
        yield from (f"strangers are logged on: {session.login}" for session in state.strangers)


__all__ = ["PLACES", "Ears", "Reason", "status_words"]
