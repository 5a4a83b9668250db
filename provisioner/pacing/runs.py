"""Runs on a shared server: boots on a node, clones under a storage's lock. Times in seconds since the epoch."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from provisioner.model.ids import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run that has ended."""

    began_at: Instant
    """When it was ordered."""
    ended_at: Instant
    parallel: float = 1.0
    """How many ran during it, with itself, on average."""

    @property
    def took_s(self) -> float:
        """Its duration in seconds."""
        return self.ended_at - self.began_at


AnyRun = TypeVar("AnyRun", bound=Run)


def with_parallel(run: AnyRun, finished: Iterable[Run], running: Iterable[Instant]) -> AnyRun:
    """The run with what ran meanwhile: runs that have `finished`, and those `running` since these times."""
    began_at, ended_at = run.began_at, run.ended_at
    both_s = sum(
        min(other.ended_at, ended_at) - max(other.began_at, began_at)
        for other in finished
        if other.ended_at > began_at and other.began_at < ended_at
    )
    both_s += sum(ended_at - max(at, began_at) for at in running if at < ended_at)
    return replace(run, parallel=1.0 + both_s / run.took_s)
