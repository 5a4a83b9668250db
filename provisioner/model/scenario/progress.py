"""How far a run of a scenario was at one moment: what the report of a surge is made of. It counts people and names none."""

from dataclasses import dataclass

from provisioner.model.ids import Instant, WaveName
from provisioner.model.scenario.surges import SurgeState
from provisioner.reasons.reason import Reason

PROGRESS_KEPT = 20_000
"""The latest ones: with one a minute, and none while nothing changes, those of some weeks of surge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchProgress:
    """One batch."""

    wave: WaveName
    number: int
    """The number, from 0."""
    planned: int
    """Its people."""
    opens_at: Instant
    due_at: Instant | None
    """None: no deadline."""
    is_open: bool
    ready: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """What desktops waited for."""

    reason: Reason
    """Without names of people and desktops."""
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A run at one moment."""

    run: int
    at: Instant
    state: SurgeState
    ready: int
    """Desktops that are ready, whoever's."""
    sessions: int
    """Open at this moment, on the desktops that are counted."""
    counted: int | None = None
    """Desktops that are on and whose sessions are known. None, as below: noted by an earlier version."""
    unknown: int | None = None
    """Desktops whose sessions are unknown."""
    oldest_s: float | None = None
    """Age of the oldest document that `sessions` is of; None, too: nothing was counted."""
    batches: tuple[BatchProgress, ...] = ()
    """Empty while the desktops go back."""
    binds: tuple[Binding, ...] = ()
    """The most frequent first."""


__all__ = ["PROGRESS_KEPT", "BatchProgress", "Binding", "Progress"]
