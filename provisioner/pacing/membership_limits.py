"""Limits parallel clones into a pool after time-outs on the lock of user.cfg. Pure.

A clone joins its pool at its end, under one lock for the whole cluster, which it holds for 0.05 s. No storage is fast enough to
keep this lock busy, so there is no limit before the first failure. A failure means that another client holds the lock for long:
the limit is halved, and then rises by one for each clone that succeeds.
"""

from collections.abc import Sequence

from provisioner.model.ids import Instant
from provisioner.pacing.clone_limits import LOCK_WAIT_S
from provisioner.pacing.clone_samples import CloneRun

_FORGOTTEN_S = 600.0
"""Time-outs older than this are ignored: the lock is assumed to be free again."""


def membership_limit(samples: Sequence[CloneRun], *, now: Instant) -> int | None:
    """Parallel clones into pools on one cluster; None: no limit beside the storages'."""
    limit: int | None = None
    cut_at = 0.0
    for sample in samples:
        if now - sample.ended_at > _FORGOTTEN_S:
            continue
        if not sample.timed_out:
            limit = None if limit is None else limit + 1
        elif sample.ended_at > cut_at + LOCK_WAIT_S:  # clones ordered before the last cut are no evidence against it
            limit, cut_at = max(1, int(min(limit or sample.parallel, sample.parallel)) // 2), sample.ended_at
    return limit
