"""How many parallel clones a storage's lock can handle, and the lock of a cluster's pools. Pure.

A storage lock serves one disk operation at a time, and a waiter gives up after 10 s. More clones than keep the lock busy are
not faster, they fail; with fewer the lock is idle between two observations. What a clone takes longer than one alone is
waiting.

A clone into a pool joins it at its end, under one lock for the whole cluster, which it holds for 0.05 s. No storage is fast
enough to keep this lock busy, so there is no limit before the first failure: another client holds the lock for long.
"""

from collections.abc import Sequence
from math import sqrt
from statistics import fmean

from provisioner.model.ids import Instant
from provisioner.pacing.clone_samples import FEW, LATEST, CloneRun, DomainHistory
from provisioner.pacing.fair_queue import WAITING, window

LOCK_WAIT_S = 10.0
"""Proxmox VE's own time-out for a storage lock (PVE::Storage lock timeouts)."""
OPERATIONS = 2
"""Operations of a linked clone under the lock: its cloud-init drive, then its disk."""
_SLOWER = 1.15
"""If the few took this many times as long as the many, they count."""
_TAIL = 1.5
"""A wait in a thousand is this many times the mean one, where waiters are served in order."""
_POLLED_TAIL = 2.0
"""The same where they poll, in no order."""
_FASTEST_S = 0.02
"""Faster than any storage."""
_CAUTIOUS_S = 120.0
"""How long there is one clone less than ran at a lock time-out, but half of what is safe: there another client was to blame."""
_PAUSE_S = 120.0
"""Without a clone for so long, a lock may serve others by now, and its storage may have become slower."""
_AFTER_PAUSE = 2
"""Then so many show it, before there are as many as before."""
_COPY_WAITING = 1
"""Full clones, once any has timed out beside another: a copy takes long, and each more makes the lock last longer."""
_ALONE = 2
"""Clones alone before two are tried."""
_AGAIN = 100
"""After each that timed out beside another so many times as many: hardly more than one time-out in a hundred."""
_FORGOTTEN_S = 600.0
"""Time-outs on the lock of the pools that are older are ignored: the lock is assumed to be free again."""


def seconds_per_clone(history: DomainHistory) -> float | None:
    """How long a clone waits for each other one in flight: as long as that one holds the lock. None: not measured.

    Until several ran in parallel it is an upper bound: the time that a clone takes alone. Clones that timed out on another
    client's lock do not count: that is not the storage's fault. If the latest ran alone and took longer than earlier clones did
    beside others, these show nothing any more: a storage that has become too slow for two at once would count as fast for ever.
    """
    alone_s = history.unhindered_s
    if alone_s is None:
        return None
    together = history.together[-LATEST:]
    few, many = (_waited_s(runs, alone_s) for runs in (together[-FEW:], together))
    return max(few if few > many * _SLOWER else many, _FASTEST_S)


def _waited_s(runs: Sequence[CloneRun], alone_s: float) -> float:
    """For each other clone. Until a few are measured, as if others had waited as long as one clone takes."""
    lacking = max(0, FEW - len(runs))
    waited_s = sum(run.took_s - alone_s for run in runs) + lacking * alone_s
    return waited_s / (sum(run.parallel - 1.0 for run in runs) + lacking)


def clone_limit(history: DomainHistory, *, shared: bool, now: Instant) -> int:
    """Parallel clones in one lock domain; a single clone until the first is measured, then one more for each generation.

    Full clones share the storage's bandwidth: they wait for each other's copies, not for the lock. So there are as many as keep
    it busy, one less than ran at a lock time-out.
    """
    each_s = seconds_per_clone(history)
    if each_s is None or history.alone_s is None:
        return 1
    runs = history.runs[-FEW:]
    parallel = fmean(run.parallel for run in runs)
    if history.oldest_at is not None:  # it has not ended, and has waited for long already
        so_far_s = now - history.oldest_at - history.alone_s
        each_s = max(each_s, so_far_s / max(parallel, history.in_flight, 2.0) / _tail(shared=shared))
    limit, copied = 1.0 + sqrt(2.0 * history.ended), all(run.copied for run in runs)
    if not copied:
        limit = min(limit, max(safe_clones(each_s, shared=shared), _tried(history)))
    if copied or not shared:
        busy = fmean(run.parallel * min(1.0, history.alone_s / run.took_s) for run in runs)
        limit = min(limit, window(parallel, busy, waiting=_COPY_WAITING if copied and history.refuted else WAITING))
    for run in history.runs:
        if run.timed_out and run.ended_at > now - _CAUTIOUS_S:
            limit = min(limit, max(run.parallel - 1, safe_clones(each_s, shared=shared) / 2))
    if (now if history.oldest_at is None else history.oldest_at) > history.runs[-1].ended_at + _PAUSE_S:
        limit = min(limit, _AFTER_PAUSE)
    return max(1, int(limit))


def _tried(history: DomainHistory) -> float:
    """Two, until a few have shown how long they wait for each other: a clone's time alone may be spent beside the lock."""
    return 2.0 if len(history.together) < FEW and history.ended >= _ALONE * _AGAIN**history.refuted else 1.0


def membership_limit(samples: Sequence[CloneRun], *, now: Instant) -> int | None:
    """Parallel clones into pools on one cluster; None: no limit beside the storages'.

    It is halved at a time-out, and then rises by one for each clone that succeeds.
    """
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


def safe_clones(each_s: float, *, shared: bool) -> float:
    """Parallel clones of which almost none waits 10 s, if the lock is held for this long for each."""
    return 1.0 + LOCK_WAIT_S / (_tail(shared=shared) * each_s)


def _tail(*, shared: bool) -> float:
    """The longest wait for one operation, as a multiple of the time that the others hold the lock.

    A local lock serves its waiters in order, so a clone waits as long for each of its operations. At a shared lock the holder's
    own next operation wins against those who poll, so a clone has one long wait.
    """
    return _POLLED_TAIL if shared else _TAIL / OPERATIONS
