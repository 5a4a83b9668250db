"""A run of a scenario, and the moments at which it was noted how far it was."""

from dataclasses import replace
from typing import Any

from provisioner.model.ids import WaveName
from provisioner.model.scenario.progress import BatchProgress, Binding, Progress
from provisioner.model.scenario.surges import SurgeChange, SurgeRun, SurgeState
from provisioner.ports import Changes
from provisioner.reasons.reason import as_reason
from tests.builders.store import NOON


def a_batch(ready: int = 0, **changed: Any) -> BatchProgress:
    """Of four people, open since noon, due an hour later."""
    values: dict[str, Any] = {
        "wave": WaveName("all"),
        "number": 0,
        "planned": 4,
        "opens_at": NOON,
        "due_at": NOON + 3600,
        "is_open": True,
        "failed": 0,
    }
    return BatchProgress(ready=ready, **{**values, **changed})


def a_moment(minutes: float, *batches: BatchProgress, **changed: Any) -> Progress:
    """So many minutes after noon, of run 1."""
    ready = sum(batch.ready for batch in batches)
    values: dict[str, Any] = {"run": 1, "state": SurgeState.RUNNING, "ready": ready, "sessions": 0}
    return Progress(at=NOON + 60 * minutes, batches=batches, **{**values, **changed})


def a_bind(text: str = "no room", count: int = 3) -> Binding:
    """Something that desktops waited for."""
    return Binding(reason=as_reason(text), count=count)


def a_run(number: int = 1, **changed: Any) -> SurgeRun:
    """Begun at noon by claire, in her words."""
    run = replace(SurgeRun.begun("night", NOON, number=number), by="claire", reason="for Zoé")
    return replace(run, **changed)


def run_began(run: SurgeRun) -> Changes:
    """The start of a run, for a store."""
    return Changes(surge=SurgeChange(run=run, what="start", by=run.by, at=run.started_at, why=run.reason))
