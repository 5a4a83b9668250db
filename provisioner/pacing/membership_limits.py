"""How many clones into a pool may be under way on a cluster, once its user.cfg was not to be had. Pure.

A clone becomes a member of its pool at its very end, under one lock for the whole cluster that it holds for 0.05 s: no storages
are quick enough to keep that one busy, so nothing is limited before it has failed. What makes it fail is somebody else, who
holds it for long: then half as many at once, and, since it ends as it began, one more for each that comes out again.
"""

from collections.abc import Sequence

from provisioner.model.ids import Instant
from provisioner.pacing.clone_limits import LOCK_WAIT_S
from provisioner.pacing.clone_samples import LockSample

_FORGOTTEN_S = 600.0
"""After the last time-out: by then it is as free as it was."""


def membership_limit(spells: Sequence[LockSample], *, now: Instant) -> int | None:
    """Clones into pools at once on one cluster; None: as many as the storages bear."""
    limit: int | None = None
    cut_at = 0.0
    for spell in spells:
        if now - spell.seen_at > _FORGOTTEN_S:
            continue
        if not spell.timeouts:
            limit = None if limit is None else limit + spell.ended
        elif spell.seen_at > cut_at + LOCK_WAIT_S:  # what was ordered before the last cut says nothing of it
            limit, cut_at = max(1, min(limit or spell.at_once, spell.at_once) // 2), spell.seen_at
    return limit
