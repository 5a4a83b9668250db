"""Earlier forecasts against what came, by the store's journal: for forecasts, and for the daemon's metrics."""

from itertools import takewhile

from provisioner.model.ids import DesktopName, Instant
from provisioner.model.words import JournalWord
from provisioner.ports import Store
from provisioner.rehearsal.bands import Score, score_of

_LINES = 100_000
"""Lines of the journal in which the ends of earlier forecasts are looked for: those of some nights."""


def score_in(store: Store, *, now: Instant) -> Score:
    """Of the forecasts that a store keeps, by its journal."""
    kept = store.forecasts()
    ready = ready_in(store, since=min((forecast.made_at for forecast in kept), default=None))
    return score_of(kept, ready, now=now)


def ready_in(store: Store, *, since: Instant | None) -> tuple[tuple[Instant, DesktopName], ...]:
    """When each desktop became ready, each time, since then; None: nobody asks."""
    if since is None:
        return ()
    lines = takewhile(lambda line: line.at >= since, store.journal(limit=_LINES))
    return tuple((line.at, DesktopName(line.subject)) for line in lines if line.what == JournalWord.READY)


__all__ = ["ready_in", "score_in"]
