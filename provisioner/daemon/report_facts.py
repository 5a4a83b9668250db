"""What the report of a surge is made from, out of a store: for the API, and for commands without a daemon."""

from collections.abc import Iterator
from itertools import takewhile

from provisioner.daemon.scoring import score_in
from provisioner.model.ids import Instant
from provisioner.ports import JournalEntry, Store
from provisioner.rehearsal.scores import Ended, Score
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
    lines, complete = _lines(store, since, until)
    records, score = store.load(), score_in(store, now=now)
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
        lines_complete=complete,
        predictions=tuple(map(_prediction, _during(score, since=since - _BEFORE_S, until=until))),
        predictions_pending=score.pending,
        session_peaks=tuple(peak for peak in Timeline(store.session_counts()).peaks(now) if peak.group is None),
        in_force=None if records.guard.rules is None else records.guard.rules.scenario,
        names=frozenset({*logins, *records.desktops, *subjects}) - {""},
    )


def _lines(store: Store, since: Instant, until: Instant) -> tuple[list[JournalEntry], bool]:
    """Those of the time, oldest first, and whether there may be no others."""
    newest = list(takewhile(lambda line: line.at >= since, store.journal(limit=_LINES)))
    complete = len(newest) < _LINES
    return [line for line in reversed(newest) if line.at <= until], complete


def _during(score: Score, *, since: Instant, until: Instant) -> Iterator[Ended]:
    return (each for each in score.ended if since <= each.forecast.made_at <= until)


def _prediction(ended: Ended) -> PredictionReport:
    forecast = ended.forecast
    return PredictionReport(
        made_at=stamp(forecast.made_at),
        wanted=forecast.wanted,
        ready_then=forecast.ready_then,
        early_at=stamp(forecast.early_at),
        middle_at=stamp(forecast.middle_at),
        late_at=stamp(forecast.late_at),
        came_at=stamp_or_none(ended.came_at),
        held=ended.held,
    )


__all__ = ["report_facts"]
