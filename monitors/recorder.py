"""Records events as numbers. Thread-safe; callers do not wait for a scrape."""

import enum
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from monitors import table
from monitors.census import Census
from monitors.stages import Lap, Stage, Stopwatch
from monitors.summary import ACTIONS, OTHER, Known, Labels, Summary, summarise
from monitors.tally import Tally
from provisioner.errors import BasculeError, GuestUnknown, HypervisorError, word_for
from provisioner.model.actions import Outcome, Result
from provisioner.model.agents import Roster
from provisioner.model.ids import Instant
from provisioner.model.status import Status
from provisioner.ports import ApiCall, Clock


class Access(enum.StrEnum):
    """Kind of a request; values of the label `access`."""

    READ = "read"
    WRITE = "write"


class Reading(enum.StrEnum):
    """Result of a reading of the directory; values of the label `result`."""

    ACCEPTED = "accepted"
    QUARANTINED = "quarantined"
    FAILED = "failed"


_READING_METHODS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The state for scrapes and health checks: always of one whole cycle."""

    started_at: Instant
    last: Status | None
    """None: no cycle has ended yet."""
    summary: Summary
    sessions_peak: int = 0


class Recorder:
    """A listener (ports.Events). Events update counters and histograms; gauges come from the last status."""

    def __init__(self, *, clock: Clock, known: Known) -> None:
        self._known = known
        self._lock = threading.Lock()
        self._stopwatch = Stopwatch()
        self.tally = Tally()
        self._start_at_zero()
        now = clock.now()
        self._census = Census()
        empty = summarise(Status(at=now, baseline_accepted=False), self._census, known, started_at=now)
        self._state = State(started_at=now, last=None, summary=empty)

    @property
    def known(self) -> Known:
        """The names in the configuration."""
        return self._known

    @property
    def state(self) -> State:
        """The current state; immutable."""
        return self._state

    def api_call(self, call: ApiCall) -> None:
        """Record a request that ended: its outcome, duration and bytes."""
        access = Access.READ if call.method.upper() in _READING_METHODS else Access.WRITE
        outcome = call.outcome if call.outcome in _OUTCOMES else OTHER
        self.tally.count(table.API_REQUESTS, (call.cluster, access.value, outcome))
        self.tally.count(table.API_BYTES, (call.cluster,), by=max(0, call.received_bytes))
        self.tally.measure(table.API_SECONDS, (call.cluster, access.value), max(0.0, call.seconds))

    def outcome(self, outcome: Outcome) -> None:
        """Record an action that ended: its result, and its duration if it is a stage."""
        action = outcome.action if outcome.action in ACTIONS else OTHER
        self.tally.count(table.ACTIONS, (action, outcome.result.value))
        if outcome.result is not Result.DONE:
            error = outcome.error if outcome.error in _ERRORS else OTHER
            self.tally.count(table.ACTION_ERRORS, (outcome.key.cluster, error))
        with self._lock:
            self._record(self._stopwatch.outcome(outcome))

    def directory_read(self, roster: Roster | None, error: str) -> None:
        """Count a reading of the directory. The roster's size and age come with the status."""
        result = Reading.FAILED if roster is None else Reading.QUARANTINED if error else Reading.ACCEPTED
        self.tally.count(table.DIRECTORY_READINGS, (result.value,))

    def status(self, status: Status) -> None:
        """Record the end of a cycle, and compute all gauges once."""
        self.tally.measure(table.CYCLE_SECONDS, (), max(0.0, status.cycle_seconds))
        with self._lock:
            before = self._state
            self._census.follow(status)
            summary = summarise(status, self._census, self._known, started_at=before.started_at)
            now_open = round(sum(summary.values[table.SESSIONS].values()))
            self._record(self._stopwatch.status(status))
            self._state = State(
                started_at=before.started_at,
                last=status,
                summary=summary,
                sessions_peak=max(before.sessions_peak, now_open),
            )

    def notice(self, subject: str, text: str) -> None:
        """Ignored: notices are for the log."""

    def _record(self, laps: Iterable[Lap]) -> None:
        for lap in laps:
            self.tally.measure(table.STAGE, (lap.stage.value,), lap.seconds)

    def _start_at_zero(self) -> None:
        """Begin all series at zero: rate() misses the first event of a series that appears with it."""
        clusters = self._known.clusters
        at_start: Mapping[table.Metric, list[Labels]] = {
            table.API_REQUESTS: [(c, access.value, outcome) for c in clusters for access in Access for outcome in _OUTCOMES],
            table.API_SECONDS: [(c, access.value) for c in clusters for access in Access],
            table.API_BYTES: [(c,) for c in clusters],
            table.ACTIONS: [(action, result.value) for action in ACTIONS for result in Result],
            table.ACTION_ERRORS: [(c, error) for c in clusters for error in _ERRORS],
            table.STAGE: [(stage.value,) for stage in Stage],
            table.DIRECTORY_READINGS: [(result.value,) for result in Reading],
        }
        for row, series in at_start.items():
            for labels in series:
                self.tally.begin(row, labels)


def _family_of(kind: type[BasculeError]) -> list[str]:
    return [word_for(kind), *(word for child in kind.__subclasses__() for word in _family_of(child))]


_ERRORS = (*sorted({*_family_of(HypervisorError), word_for(GuestUnknown)}), OTHER)
_OUTCOMES = ("ok", *_ERRORS)

__all__ = ["Access", "Reading", "Recorder", "State"]
