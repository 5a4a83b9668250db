"""Earlier forecasts against what came, by the store's journal: for forecasts, and for the daemon's metrics."""

from itertools import takewhile

from provisioner.model.ids import DesktopName, Instant
from provisioner.model.words import JournalWord
from provisioner.ports import Store
from provisioner.rehearsal.scores import Score, score_of

_LINES = 100_000
"""Lines of the journal in which the ends of earlier forecasts are looked for: those of some nights."""


def score_in(store: Store, *, now: Instant) -> Score:
    """Of the forecasts that a store keeps, by its journal."""
    kept = store.forecasts()
    since = min((forecast.made_at for forecast in kept), default=now)
    lines = takewhile(lambda line: line.at >= since, store.journal(limit=_LINES if kept else 0))
    return score_of(kept, ((line.at, DesktopName(line.subject)) for line in lines if line.what == JournalWord.READY), now=now)


__all__ = ["score_in"]
