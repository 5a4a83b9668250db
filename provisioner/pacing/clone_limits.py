"""How many parallel clones a lock domain can handle: predicted from how long its lock is held, not by trial and error. Pure.

A storage lock serves one disk operation at a time, and a waiter gives up after 10 s. More clones than keep the lock busy are
not faster, they fail; with fewer the lock is idle between two observations.
"""

from collections.abc import Sequence
from math import ceil

from provisioner.model.ids import Instant
from provisioner.pacing.clone_samples import DomainHistory, LockSample

OPERATIONS = 2
"""Operations of a linked clone under the lock: its cloud-init drive, then its disk."""
LOCK_WAIT_S = 10.0
"""Proxmox VE's own time-out for a storage lock (PVE::Storage lock timeouts)."""
_MARGIN = 1.5
"""Margin for variation: at σ = 0.15 one operation in a thousand takes 1.6 times the median."""
_SHARED_FACTOR, _SHARED_POWER = 2.5, 1.16
"""Clones beyond the first on a shared storage, whose lock is polled in no order: factor ÷ seconds^power, with the seconds of an
image operation measured with that many in flight. Fitted on the twin to the largest fixed numbers at which at most 0.3 % of
2,000 clones fail: 16 when an operation takes 0.16 s, five at 0.53 s, two at 1.6 s, one at 5.3 s (the measured time is a little
longer, see `seconds_per_clone`)."""
_FEW_ENDS, _MANY_ENDS = 12, 36
"""The latest clones used for an estimate: a few show a change soon, many even out chance and the observation period."""
_SLOWER = 1.15
"""If few clones give this many times the estimate of many, the storage has become slower. Only many clones can show that it
became faster: while more clones end than start, a few ends come close together because half of their work was done before. A
limit raised by that fails clones, which raises it further."""
_SERVED_AT_LEAST = 0.5
"""The part of a sample's time that always counts, even if more slots were taken by clones that timed out: a lock that other
clients hold for long is slow, too."""
_FASTEST_S = 0.02
"""Faster than any storage; the minimum when two ends are observed at the same moment."""
_FAR = 3.0
"""A clone that takes this many times the expected time shows that the storage has become slower, before it ends."""
_CAUTIOUS_S = 120.0
"""How long one clone less runs after a lock time-out."""


def seconds_per_clone(samples: Sequence[LockSample]) -> float | None:
    """Upper bound of how long the lock is held for one clone, over all its operations; None: not measured yet.

    It is an upper bound because the lock may have been idle between observations. With more clones in flight it approaches the
    true value, and the limit rises. It is the mean of many clones, without the first half of all, which had fewer in parallel;
    or of the latest few, if they show that the storage has become slower.
    Slots of clones that timed out do not count: fewer clones were at work, which is not the storage's fault.
    """
    ended = sum(sample.ended for sample in samples)
    few = _mean_s(samples, _FEW_ENDS)
    many = _mean_s(samples, min(_MANY_ENDS, max(_FEW_ENDS, ended // 2)))
    if few is None or many is None:
        return None
    return few if few > many * _SLOWER else many


def _mean_s(samples: Sequence[LockSample], ends: int) -> float | None:
    took, lost, ended = 0.0, 0.0, 0
    for sample in reversed(samples):
        took += sample.seen_at - sample.began_at
        lost += sample.lost_s
        ended += sample.ended
        if ended >= ends:
            break
    return max(max(took - lost, took * _SERVED_AT_LEAST) / ended, _FASTEST_S) if ended else None


def clone_limit(history: DomainHistory, *, shared: bool, lag_s: float, now: Instant) -> int:
    """Parallel clones in one lock domain; a single clone until the first is measured.

    `lag_s`: delay from an end to its observation and the next order. Other clients that wait for the same lock reduce our
    number; no clone is added while the oldest takes far longer than expected.
    """
    each = seconds_per_clone(history.samples)
    if each is None or _is_stuck(history, each, lag_s=lag_s, now=now):
        return 1
    safe = safe_clones(each / OPERATIONS, shared=shared, lag_s=lag_s) - history.rivals
    if any(sample.timeouts and sample.seen_at > now - _CAUTIOUS_S for sample in history.samples):
        safe -= 1
    return max(1, safe)


def safe_clones(operation_s: float, *, shared: bool, lag_s: float) -> int:
    """Parallel clones of which almost none waits 10 s, for this duration of an image operation and without other clients."""
    if shared:
        # A waiter that polls loses against the holder's own next operation: the more waiters, the busier the lock.
        return 1 + int(_SHARED_FACTOR * operation_s**-_SHARED_POWER)
    # The lock passes to the next waiter at once: enough clones to bridge the time until the next order, and one for chance.
    return min(1 + int(LOCK_WAIT_S / (_MARGIN * operation_s)), 2 + ceil(lag_s / (OPERATIONS * operation_s)))


def _is_stuck(history: DomainHistory, each_s: float, *, lag_s: float, now: Instant) -> bool:
    if history.oldest_at is None:
        return False
    return now - history.oldest_at > _FAR * (history.in_flight * each_s + lag_s)
