"""What the daemon knows of itself, for its metrics."""

from collections.abc import Iterable
from contextlib import suppress

from monitors.facts import ApiLoad, DaemonFacts, ForecastScore
from provisioner.adapters.sql.store import SqlStore
from provisioner.api.server import ApiServer
from provisioner.daemon.scoring import score_in
from provisioner.errors import StoreError
from provisioner.model.certificates import WatchedCertificate
from provisioner.model.drills import DRILLS
from provisioner.model.ids import Instant
from provisioner.model.readiness import ANSWERS
from provisioner.settings.values import Settings

_SCORED_S = 3600.0
"""A forecast is right or wrong hours later. It reads the journal since the oldest forecast that counts."""


def facts_of(
    settings: Settings,
    api: ApiServer,
    journal: SqlStore,
    before: DaemonFacts,
    *,
    certificates: Iterable[WatchedCertificate],
    now: Instant,
) -> DaemonFacts:
    """The present facts. Without an answer of the store, its facts are as before."""
    sequence, forecasts, readiness, drills = before.journal_sequence, before.forecasts, before.readiness, before.drills
    with suppress(StoreError):
        sequence = next((entry.sequence for entry in journal.journal(limit=1)), 0)
        readiness = next(iter(journal.latest(ANSWERS, 1)), None) if settings.readiness is not None else None
        drills = {drill.place: drill for drill in reversed(journal.latest(DRILLS, DRILLS.most))}
        if not 0 <= now - forecasts.at < _SCORED_S:
            forecasts = _scored(journal, now)
    load = api.load
    return DaemonFacts(
        certificates={watched.use: watched.ends for watched in certificates},
        api=ApiLoad(answers=load.answers, shed=load.shed, connections=load.connections, streams=load.streams),
        forecasts=forecasts,
        readiness=readiness,
        drills=drills,
        journal_sequence=sequence,
    )


def _scored(journal: SqlStore, now: Instant) -> ForecastScore:
    score = score_in(journal, now=now)
    return ForecastScore(at=now, judged=len(score.ended), held=sum(each.held for each in score.ended), bias=score.bias)


__all__ = ["facts_of"]
