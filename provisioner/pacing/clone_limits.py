"""How many parallel clones a storage's lock can handle, and the lock of a cluster's pools; and the samples from which that is
computed, of each observation and by lock domain. Pure.

A storage lock serves one disk operation at a time, and a waiter gives up after 10 s. More clones than keep the lock busy are
not faster, they fail; with fewer the lock is idle between two observations. What a clone takes longer than one alone is
waiting.

A clone into a pool joins it at its end, under one lock for the whole cluster, which it holds for 0.05 s. No storage is fast
enough to keep this lock busy, so there is no limit before the first failure: another client holds the lock for long.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from math import sqrt
from operator import attrgetter
from statistics import fmean

from provisioner.errors import LockBusy, UserConfigBusy
from provisioner.model.actions import Clone, Outcome, Result
from provisioner.model.commands import Work
from provisioner.model.ids import GuestKey, Instant, LockDomain
from provisioner.model.machines.cluster import ClusterView, membership_domain
from provisioner.model.people.profiles import CloneKind
from provisioner.pacing.runs import WAITING, Run, window

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
TOGETHER = 1.5
"""With at least so many in parallel on average it shows how long they wait for each other."""
_IN_A_ROW = 2
"""Clones alone that took long: a single one may be chance."""
FEW = 6
"""The latest few show soon that a storage has become slower."""
LATEST = 24
"""The latest clones, whose mean evens out chance and the observation period."""
_FAR_FASTER = 0.75
"""Chance makes the mean of a few seldom so much less than that of others."""
_TOOK = attrgetter("took_s")
_LOCKS = frozenset({LockBusy.word, UserConfigBusy.word})


@dataclass(frozen=True, slots=True, kw_only=True)
class CloneRun(Run):
    """A clone, from its order until its end was observed: a success, or a lock time-out."""

    timed_out: bool = False
    """It waited for this lock for too long."""
    copied: bool = False
    """A full clone: it takes as long as it does because it copies, beside the lock."""


def refutes(run: CloneRun) -> bool:
    """Whether it shows that several at once were too many."""
    return run.timed_out and run.parallel >= TOGETHER


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainHistory:
    """The latest measurements of one lock domain."""

    runs: Sequence[CloneRun] = ()
    """The latest, in order."""
    alone_s: float | None = None
    """How long a clone takes that waits for nobody, in seconds: the median of the latest without others, else the fastest;
    None: none has succeeded."""
    ended: int = 0
    """How many have ended, in all."""
    refuted: int = 0
    """How many of several in parallel timed out, in all."""
    in_flight: int = 0
    """Clones in flight at the last observation."""
    oldest_at: Instant | None = None
    """When the oldest clone in flight was ordered; None: none is in flight."""

    @property
    def together(self) -> Sequence[CloneRun]:
        """Those that ran beside others and show how long they wait for each other.

        Two in a row that took longer alone than those before them beside others end what these show, for good.
        """
        beside: list[CloneRun] = []
        alone: list[CloneRun] = []
        for run in self.runs:
            if run.timed_out:
                continue
            if run.parallel >= TOGETHER:
                beside.append(run)
                alone = []
                continue
            alone = [*alone, run][-_IN_A_ROW:]
            if len(alone) == _IN_A_ROW and beside and min(map(_TOOK, alone)) > fmean(map(_TOOK, beside)):
                beside = []
        return beside

    @property
    def unhindered_s(self) -> float | None:
        """How long a clone takes now that waits for nobody: `alone_s`, unless those beside others are far faster.

        It was measured before the storage became faster then, and what they take would never count as waiting.
        """
        beside = [run.took_s for run in self.together[-LATEST:]]
        if self.alone_s is None or len(beside) < FEW or fmean(beside) > self.alone_s * _FAR_FASTER:
            return self.alone_s
        return min(beside)


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
        elif sample.ended_at > cut_at + LOCK_WAIT_S:  # clones ordered before the last cut are not evidence against it
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


def clone_runs_of(
    before: Mapping[GuestKey, Work], outcomes: Iterable[Outcome], view: ClusterView
) -> dict[LockDomain, list[CloneRun]]:
    """The clones of each lock domain that this observation shows ended; `before` is the work in flight until then."""
    runs: defaultdict[LockDomain, list[CloneRun]] = defaultdict(list)
    for clone in outcomes:
        work = before.get(clone.key)
        if clone.action == Clone.word and work is not None and isinstance(work.action, Clone):
            for domain in work.action.lock_domains:
                if _is_evidence(clone, domain):
                    timed_out, copied = clone.result is not Result.DONE, work.action.profile.clone is CloneKind.FULL
                    run = CloneRun(began_at=work.ordered_at, ended_at=view.taken_at, timed_out=timed_out, copied=copied)
                    runs[domain].append(run)
    return runs


def _is_evidence(clone: Outcome, domain: LockDomain) -> bool:
    """Whether it shows something of this lock: a clone that waited in vain for the other lock does not."""
    if clone.error in _LOCKS:
        return (clone.error == UserConfigBusy.word) is (domain == membership_domain(clone.key.cluster))
    return clone.result is Result.DONE


def clones_of(
    in_flight: Mapping[GuestKey, Work], view: ClusterView, *, without: Set[GuestKey]
) -> dict[LockDomain, list[Instant]]:
    """When each clone in flight was ordered, by lock domain of this cluster; `without` are clones that have ended."""
    ordered_at: dict[LockDomain, list[Instant]] = {}
    for key, work in in_flight.items():
        if key.cluster != view.cluster or key in without or not isinstance(work.action, Clone):
            continue
        if view.complete_on(work.action.template.node):  # clones on a dead node hold no lock
            for domain in work.action.lock_domains:
                ordered_at.setdefault(domain, []).append(work.ordered_at)
    return ordered_at
