"""Records events as numbers. Thread-safe; callers wait for a scrape while it computes the gauges, for milliseconds at most.

The status as numbers is pure, and computed once for each status that is scraped.
"""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from monitors.census import Census
from monitors.facts import DaemonFacts
from monitors.gauges import api, cycle, desktops, directory, work
from monitors.metric import Instants, KnownNames, Metric, Rows, View, view_of
from monitors.stages import Lap, Stopwatch
from monitors.table import TABLE
from monitors.tally import Tally
from monitors.words import ACTIONS, ERRORS, OTHER, OUTCOMES, ReadingResult, RequestAccess
from provisioner.model.actions import Outcome, Result
from provisioner.model.ids import Instant
from provisioner.model.people.agents import Roster
from provisioner.model.status import Status
from provisioner.ports import ApiCall, Clock
from provisioner.wrong.entry import Wrong
from provisioner.wrong.keeping import WrongList

_READING_METHODS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricSummary:
    """Values by metric and labels. For ages and timestamps, `since` has the instants."""

    values: Mapping[Metric, Rows] = field(default_factory=dict)
    since: Mapping[Metric, Instants] = field(default_factory=dict)


def summarise(view: View) -> MetricSummary:
    """All gauges of a status."""
    return MetricSummary(
        values={row: row.read(view) for row in TABLE if row.read is not None},
        since={row: row.since(view) for row in TABLE if row.since is not None},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The state for scrapes and health checks: always of one whole cycle."""

    started_at: Instant
    last: Status | None
    """None: no cycle has ended yet."""
    wrong: tuple[Wrong, ...] = ()
    """What is wrong by the last status."""


class Recorder:
    """A listener (ports.Events). Events update counters and histograms; gauges come from the last status."""

    def __init__(self, *, clock: Clock, known: KnownNames, wrong: WrongList | None = None) -> None:
        """`wrong`: the list that others read too; None: nobody else does."""
        self._known, self._wrong = known, WrongList(known.clusters) if wrong is None else wrong
        self._lock = threading.Lock()
        self._stopwatch = Stopwatch()
        self.tally = Tally(known)
        self.facts = DaemonFacts()
        """Shown from the next cycle on. Any thread may set it."""
        self._census = Census()
        self._state = State(started_at=clock.now(), last=None)
        self._shown_facts = self.facts
        self._summary: MetricSummary | None = None

    @property
    def state(self) -> State:
        """The current state; immutable."""
        return self._state

    @property
    def summary(self) -> MetricSummary:
        """The gauges of the last status; computed when they are asked for, once: there are several cycles to a scrape."""
        with self._lock:
            if self._summary is None:
                self._summary = summarise(self._view())
            return self._summary

    def _view(self) -> View:
        started_at, last = self._state.started_at, self._state.last
        return view_of(
            last or Status(at=started_at, baseline_accepted=False),
            self._census,
            self._known,
            started_at=started_at,
            facts=self._shown_facts,
            wrong=None if last is None else self._state.wrong,
        )

    def api_call(self, call: ApiCall) -> None:
        """Record a request that ended: its outcome, duration and bytes."""
        access = RequestAccess.READ if call.method.upper() in _READING_METHODS else RequestAccess.WRITE
        outcome = call.outcome if call.outcome in OUTCOMES else OTHER
        self.tally.count(api.REQUESTS, (call.cluster, access.value, outcome))
        self.tally.count(api.BYTES, (call.cluster,), by=max(0, call.received_bytes))
        self.tally.measure(api.SECONDS, (call.cluster, access.value), max(0.0, call.seconds))

    def outcome(self, outcome: Outcome) -> None:
        """Record an action that ended: its result, and its duration if it is a stage."""
        action = outcome.action if outcome.action in ACTIONS else OTHER
        self.tally.count(work.DONE, (action, outcome.result.value))
        if outcome.result is not Result.DONE:
            error = outcome.error if outcome.error in ERRORS else OTHER
            self.tally.count(work.FAULTS, (outcome.key.cluster, error))
        with self._lock:
            self._record(self._stopwatch.outcome(outcome))

    def directory_read(self, roster: Roster | None, error: str) -> None:
        """Count a reading of the directory. The roster's size and age come with the status."""
        result = ReadingResult.FAILED if roster is None else ReadingResult.QUARANTINED if error else ReadingResult.ACCEPTED
        self.tally.count(directory.READINGS, (result.value,))

    def status(self, status: Status) -> None:
        """Record the end of a cycle, or what is known since then."""
        before = self._state.last
        if status.planned_at is not None and (before is None or status.planned_at != before.planned_at):
            self.tally.measure(cycle.SECONDS, (), max(0.0, status.cycle_seconds))
        with self._lock:
            self._census.follow(status)
            wrong = self._wrong.of(status)
            for lap in self._stopwatch.levels(status):
                if lap.profile in self._known.profiles:
                    self.tally.count(desktops.LEVELS, (lap.profile, lap.level.value))
                    self.tally.count(desktops.LEVEL_SECONDS, (lap.profile, lap.level.value), by=lap.seconds)
            self._record(self._stopwatch.status(status))
            self._state = State(started_at=self._state.started_at, last=status, wrong=wrong)
            self._shown_facts = self.facts
            self._summary = None

    def notice(self, subject: str, text: str) -> None:
        """Ignored: notices are for the log."""

    def _record(self, laps: Iterable[Lap]) -> None:
        for lap in laps:
            self.tally.measure(work.STAGE, (lap.stage.value,), lap.seconds)
