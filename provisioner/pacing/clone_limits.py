"""How many clones a lock domain bears at once: predicted from how long it holds its lock, never found out by failing. Pure.

A storage lock serves one disk operation at a time, and a waiter gives up after 10 s. More clones than keep it busy do not go
faster, they fail; fewer leave it idle between two observations.
"""

from collections.abc import Sequence
from math import ceil

from provisioner.model.ids import Instant
from provisioner.pacing.clone_samples import DomainHistory, LockSample

OPERATIONS = 2
"""Of a linked clone under the lock: its cloud-init drive, then its disk."""
LOCK_WAIT_S = 10.0
"""Proxmox VE's own wait for a storage lock (PVE::Storage lock timeouts)."""
_MARGIN = 1.5
"""Operations vary: at σ = 0.15 one in a thousand takes 1.6 times the median."""
_SHARED_FACTOR, _SHARED_POWER = 2.5, 1.16
"""Clones beside the first that a shared storage bears, whose lock is polled without any order: factor ÷ seconds^power, the
seconds of an image operation as measured with so many in flight. Fitted on the twin to the largest fixed numbers of which at
most 0.3 % of 2,000 clones fail: 16 where an operation takes 0.16 s, five at 0.53 s, two at 1.6 s, one at 5.3 s (which are
measured as a little more, see `seconds_a_clone`)."""
_FEW_ENDS, _MANY_ENDS = 12, 36
"""Clones that an estimate is made of, the latest: few tell soon of a change, many even out chance and observation."""
_SLOWER = 1.15
"""Few that say so many times more than many: a storage that has become slower. That it became faster only many can say: while
fewer clones go out than end, few ends come close together because their first halves were done before, and a limit raised
by that fails clones, which raises it further."""
_SERVED_AT_LEAST = 0.5
"""Share of a time that counts, however many places were taken by clones that waited in vain: a lock that is lost to others for
long is slow, too."""
_FASTEST_S = 0.02
"""Less than any storage takes: an end that was seen at the moment at which the one before it was."""
_FAR = 3.0
"""A clone that takes so many times as long as expected says that the storage has become slower, before any end could."""
_SOBER_S = 120.0
"""After a lock time-out one less goes at once for so long."""


def seconds_per_clone(spells: Sequence[LockSample]) -> float | None:
    """At most how long the lock is held for one clone, of all its operations; None: not measured yet.

    Between observations the lock may have been idle, so this is an upper bound; it comes down to the truth as more clones are
    in flight, and the limit with it goes up. It is the mean of many clones, but not of the first half of all, which had fewer
    beside them; or of the latest few, where these say that it has become slower.
    Places of clones that waited in vain do not count: fewer were at work, which says nothing of the storage.
    """
    ended = sum(spell.ended for spell in spells)
    few = _mean_s(spells, _FEW_ENDS)
    many = _mean_s(spells, min(_MANY_ENDS, max(_FEW_ENDS, ended // 2)))
    if few is None or many is None:
        return None
    return few if few > many * _SLOWER else many


def _mean_s(spells: Sequence[LockSample], ends: int) -> float | None:
    took, lost, ended = 0.0, 0.0, 0
    for spell in reversed(spells):
        took += spell.seen_at - spell.began_at
        lost += spell.lost_s
        ended += spell.ended
        if ended >= ends:
            break
    return max(max(took - lost, took * _SERVED_AT_LEAST) / ended, _FASTEST_S) if ended else None


def clone_limit(history: DomainHistory, *, shared: bool, lag_s: float, now: Instant) -> int:
    """Clones at once in one lock domain; one alone until the first has been measured.

    `lag_s`: how long it takes until an end is seen and followed by a new order. Others who wait for the same lock have their
    places taken off ours; nothing is added while the oldest clone takes far longer than it should.
    """
    each = seconds_per_clone(history.spells)
    if each is None or _is_stuck(history, each, lag_s=lag_s, now=now):
        return 1
    safe = safe_clones(each / OPERATIONS, shared=shared, lag_s=lag_s) - history.rivals
    if any(spell.timeouts and spell.seen_at > now - _SOBER_S for spell in history.spells):
        safe -= 1
    return max(1, safe)


def safe_clones(operation_s: float, *, shared: bool, lag_s: float) -> int:
    """Clones at once of which hardly one waits 10 s, where an image operation takes so long and nobody else waits."""
    if shared:
        # A waiter that polls loses against the holder's own next operation: the more wait, the busier the lock.
        return 1 + int(_SHARED_FACTOR * operation_s**-_SHARED_POWER)
    # The lock goes from one to the next at once: enough is what bridges the time until the next order, and one for chance.
    return min(1 + int(LOCK_WAIT_S / (_MARGIN * operation_s)), 2 + ceil(lag_s / (OPERATIONS * operation_s)))


def _is_stuck(history: DomainHistory, each_s: float, *, lag_s: float, now: Instant) -> bool:
    if history.oldest_at is None:
        return False
    return now - history.oldest_at > _FAR * (history.in_flight * each_s + lag_s)
