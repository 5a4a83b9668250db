"""What the report of a surge is made from, out of a store: for the API, and for commands without a daemon."""

from collections.abc import Iterator
from itertools import takewhile

from provisioner.daemon.scoring import ready_in
from provisioner.model.ids import Instant
from provisioner.model.scenario.etas import KeptForecast
from provisioner.ports import JournalEntry, Store
from provisioner.rehearsal.bands import Ended, score_of
from provisioner.sessions.timeline import Timeline
from provisioner.views.surge_report.facts import ReportFacts
from provisioner.views.surge_report.predictions import PredictionReport
from provisioner.views.times import stamp, stamp_or_none

_LINES = 50_000
"""Lines of the journal that are read: those of some surges of thousands of desktops."""
_BEFORE_S = 86_400.0
"""A forecast of the day before the start is one of the surge."""


def report_facts(store: Store, number: int | None, *, now: Instant) -> ReportFacts | None:
    """Of this run, or of the newest; None: there is none. Raises StoreError."""
    runs = store.runs()
    run = next((run for run in reversed(runs) if number in (None, run.number)), None)
    if run is None:
        return None
    noted = store.progress(run.number)
    now = max([now, *(progress.at for progress in noted[-1:])])  # a machine's clock may be behind the daemon's
    since = min([run.started_at, *(progress.at for progress in noted[:1])])
    until = run.since if run.is_over else now
    around, lines, complete = _lines(store, since, until)
    records = store.load()
    logins = () if records.roster is None else (agent.login for agent in records.roster.agents.values())
    subjects = {
        line.subject for line in lines if line.because or line.result in ("done", "retry", "unknown", "refused", "failed")
    }
    return ReportFacts(
        at=now,
        run=run,
        runs=tuple(each.number for each in runs),
        noted=noted,
        lines=lines,
        around=around,
        lines_complete=complete,
        predictions=tuple(_predictions(store, since=since - _BEFORE_S, until=until, now=now)),
        session_peaks=tuple(peak for peak in Timeline(store.session_counts()).peaks(now) if peak.group is None),
        in_force=None if records.guard.rules is None else records.guard.rules.scenario,
        names=frozenset({*logins, *records.desktops, *subjects}) - {""},
    )


def _lines(store: Store, since: Instant, until: Instant) -> tuple[list[JournalEntry], list[JournalEntry], bool]:
    """All that are read, those of the time, both oldest first; and whether there may be no others of the time."""
    newest = list(store.journal(limit=_LINES))
    during = list(takewhile(lambda line: line.at >= since, newest))
    return newest[::-1], [line for line in reversed(during) if line.at <= until], len(during) < _LINES


def _predictions(store: Store, *, since: Instant, until: Instant, now: Instant) -> Iterator[PredictionReport]:
    """Every forecast that is kept of this time. Each is compared by itself: a score counts those of a moment once."""
    kept = [forecast for forecast in store.forecasts() if since <= forecast.made_at <= until]
    ready = ready_in(store, since=min((forecast.made_at for forecast in kept), default=None))
    for forecast in sorted(kept, key=lambda forecast: forecast.made_at):
        score = score_of((forecast,), ready, now=now)
        yield _prediction(forecast, next(iter(score.ended), None))


def _prediction(forecast: KeptForecast, ended: Ended | None) -> PredictionReport:
    return PredictionReport(
        made_at=stamp(forecast.made_at),
        wanted=forecast.wanted,
        ready_then=forecast.ready_then,
        early_at=stamp(forecast.early_at),
        middle_at=stamp(forecast.middle_at),
        late_at=stamp(forecast.late_at),
        came_at=None if ended is None else stamp_or_none(ended.came_at),
        held=None if ended is None else ended.held,
    )


__all__ = ["report_facts"]
