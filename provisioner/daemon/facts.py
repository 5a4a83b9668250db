"""What the daemon knows of itself, for its metrics."""

from collections.abc import Iterable
from contextlib import suppress

from monitors.facts import ApiLoad, DaemonFacts, ForecastScore
from provisioner.adapters.sql.store import SqlStore
from provisioner.api.server import ApiServer
from provisioner.daemon.scoring import score_in
from provisioner.errors import StoreError
from provisioner.model.certificates import WatchedCertificate
from provisioner.model.ids import Instant

_SCORED_S = 3600.0
"""A forecast is right or wrong hours later. It reads the journal since the oldest forecast that counts."""


def facts_of(
    api: ApiServer,
    journal: SqlStore,
    before: DaemonFacts,
    *,
    certificates: Iterable[WatchedCertificate],
    now: Instant,
) -> DaemonFacts:
    """The present facts. Without an answer of the store, its facts are as before."""
    sequence, forecasts = before.journal_sequence, before.forecasts
    with suppress(StoreError):
        sequence = next((entry.sequence for entry in journal.journal(limit=1)), 0)
        if not 0 <= now - forecasts.at < _SCORED_S:
            forecasts = _scored(journal, now)
    load = api.load
    return DaemonFacts(
        certificates={watched.use: watched.ends for watched in certificates},
        api=ApiLoad(answers=load.answers, shed=load.shed, connections=load.connections, streams=load.streams),
        forecasts=forecasts,
        journal_sequence=sequence,
    )


def _scored(journal: SqlStore, now: Instant) -> ForecastScore:
    score = score_in(journal, now=now)
    return ForecastScore(at=now, judged=len(score.ended), held=sum(each.held for each in score.ended), bias=score.bias)


__all__ = ["facts_of"]
