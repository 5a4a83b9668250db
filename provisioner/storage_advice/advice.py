"""Computes how long cloning takes from the measured lock holds, and how long with each remedy. Pure.

The behaviour of a polled lock with several waiters is not calculated but simulated (`Trials`); rates and times follow from the
results. Only cloning: boots, memory and the directory are in `bascule forecast`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from provisioner.model.ids import ProfileName
from provisioner.pacing.clone_limits import safe_clones
from provisioner.reasons import storage as words
from provisioner.reasons.reason import Reason
from provisioner.storage_advice.layouts import Layout, StorageUse
from provisioner.storage_advice.lock_holds import ENOUGH, LockHold
from provisioner.storage_advice.remedies import ClonePace, DomainGroup, RemedyCandidate, remedy_candidates

_SETTLING = 3
"""Iterations until the number in flight and a clone's time fit each other."""
_TWO = ClonePace(in_flight=2)
"""Enough to keep a lock busy; used if no more were measured."""


class Trials(Protocol):
    """Simulates clones in one lock domain on a model of Proxmox VE's locks. Times in seconds."""

    def each_s(self, layout: Layout, *, operation_s: float, pace: ClonePace) -> float:
        """Time per clone."""

    def operation_s(self, layout: Layout, *, each_s: float, pace: ClonePace) -> float:
        """Duration of one image operation when each clone takes `each_s`."""


AtOnce = Callable[[float], int]
"""How many clones are in flight on a shared storage, for the seconds a clone holds its lock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloningPool:
    """Profiles that are cloned on the same storages, with these storages."""

    profiles: tuple[ProfileName, ...]
    wanted: int
    """Number of desktops."""
    uses: tuple[StorageUse, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """A change that shortens cloning."""

    name: Reason
    how: Reason
    """What to do, and why it helps."""
    seconds: float | None = None
    """Time to clone all wanted desktops; None: not measured, or no demand known."""
    factor: float | None = None
    """Speed relative to now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """The advice for one pool; the most effective remedies come first."""

    pool: CloningPool
    seconds: float | None
    """Time to clone all wanted desktops now; None: not measured, or no demand known."""
    per_hour: float | None
    """Clones per hour on all its storages together."""
    rests_on: Reason
    remedies: tuple[Remedy, ...]


def pools_of(uses: Iterable[StorageUse], wanted: Mapping[ProfileName, int]) -> tuple[CloningPool, ...]:
    """Profiles that share a storage form one pool, since their clones share its locks in any order."""
    pools: list[tuple[set[ProfileName], list[StorageUse]]] = []
    for use in uses:
        touched = [pool for pool in pools if pool[0] & use.profiles]
        pools = [pool for pool in pools if pool not in touched]
        names = set(use.profiles).union(*(names for names, _ in touched))
        pools.append((names, [*(other for _, others in touched for other in others), use]))
    return tuple(
        CloningPool(profiles=tuple(sorted(names)), wanted=sum(wanted.get(name, 0) for name in names), uses=tuple(pool_uses))
        for names, pool_uses in sorted(pools, key=lambda pool: sorted(pool[0]))
    )


def daemon_limit(each_s: float) -> int:
    """The daemon's own limit."""
    return int(safe_clones(each_s, shared=True))


def advise(pool: CloningPool, trials: Trials, *, at_once: AtOnce = daemon_limit) -> Advice:
    """The time to clone now and with each remedy. `at_once` gives the clones in flight, also after a change."""
    groups = _groups(pool.uses, trials)
    rates = _Rates(trials=trials, at_once=at_once)
    rate = _rate_now(pool, groups, rates)
    remedies = [_remedy(candidate, pool, rate=rate, rates=rates) for candidate in remedy_candidates(pool.uses, groups)]
    return Advice(
        pool=pool,
        seconds=pool.wanted / rate if rate and pool.wanted else None,
        per_hour=3600.0 * rate if rate else None,
        rests_on=rests_on([use.hold for use in pool.uses]),
        remedies=tuple(sorted(remedies, key=lambda remedy: (-(remedy.factor or 0.0), remedy.name))),
    )


def rests_on(holds: Sequence[LockHold | None]) -> Reason:
    """How reliable a figure is, in words."""
    measured = [hold for hold in holds if hold is not None]
    clones = sum(hold.clones for hold in measured)
    if not measured:
        return words.NOT_MEASURED(enough=ENOUGH)
    in_flight = sum(hold.in_flight * hold.clones for hold in measured) / clones
    missing = len(holds) - len(measured)
    if all(hold.sure for hold in measured) and missing:
        return words.MEASURED_PARTLY(clones=clones, in_flight=in_flight, missing=missing, storages=len(holds))
    if all(hold.sure for hold in measured):
        return words.MEASURED(clones=clones, in_flight=in_flight)
    if all(hold.together for hold in measured):
        return words.MEASURED_FEW(clones=clones, in_flight=in_flight, enough=ENOUGH)
    return words.UPPER_BOUND(clones=clones, enough=ENOUGH)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rates:
    """Computes the clone rates of lock domains, from simulations where they are not measured."""

    trials: Trials
    at_once: AtOnce

    def rate(self, group: DomainGroup) -> float:
        """Clones per second in all domains of the group."""
        return group.domains / self._each_s(group)

    def _each_s(self, group: DomainGroup) -> float:
        if group.measured is None:
            return self._with(group, group.pace.in_flight)
        measured, now_s = group.measured
        if group.layout == measured:
            return now_s
        if not group.layout.shared:  # two clones keep a node-local lock busy, more do not help
            return self._with(group, group.pace.in_flight)
        # Start with a fast estimate: with few clones in flight the simulated pauses are too long, and the iteration would stay
        # there. The daemon gets past this point.
        each_s = now_s * group.layout.operations / measured.operations
        for _ in range(_SETTLING):
            share = self.at_once(each_s) / self.at_once(now_s)
            each_s = self._with(group, max(1, round(group.pace.in_flight * share)))
        return each_s

    def _with(self, group: DomainGroup, in_flight: int) -> float:
        pace = replace(group.pace, in_flight=in_flight)
        return self.trials.each_s(group.layout, operation_s=group.operation_s, pace=pace)


def _groups(uses: Sequence[StorageUse], trials: Trials) -> tuple[DomainGroup, ...]:
    """The lock domains of each storage. An unmeasured storage gets the mean of the others; empty if none is measured.

    Full clones are not a measurement: most of their time is copying.
    """
    known = {
        use.name: _operation_s(use, use.hold, trials) for use in uses if use.hold is not None and not use.layout.copies_gib
    }
    if not known:
        return ()
    mean = sum(known.values()) / len(known)
    return tuple(
        DomainGroup(
            layout=use.layout,
            domains=use.domains,
            operation_s=known.get(use.name, mean),
            pace=_pace(use.hold),
            measured=(use.layout, use.hold.each_s) if use.hold is not None and use.hold.together else None,
        )
        for use in uses
    )


def _operation_s(use: StorageUse, hold: LockHold, trials: Trials) -> float:
    pace = _pace(hold) if hold.together else ClonePace(in_flight=1)
    return trials.operation_s(use.layout, each_s=hold.each_s, pace=pace)


def _pace(hold: LockHold | None) -> ClonePace:
    """The measured pace: the rest between two clones follows from the difference between peak and average in flight."""
    if hold is None or not hold.together:
        return _TWO
    return ClonePace(in_flight=hold.peak, rest_s=round((hold.peak - hold.in_flight) * hold.each_s, 2))


def _rate_now(pool: CloningPool, groups: Sequence[DomainGroup], rates: _Rates) -> float | None:
    """Clones per second on all storages; None: not known of some storage."""
    if not groups and any(use.hold is None for use in pool.uses):
        return None
    known = [use.domains / use.hold.each_s for use in pool.uses if use.hold is not None]
    return sum(known) + sum(rates.rate(group) for use, group in zip(pool.uses, groups, strict=False) if use.hold is None)


def _remedy(candidate: RemedyCandidate, pool: CloningPool, *, rate: float | None, rates: _Rates) -> Remedy:
    name, how = candidate.name, candidate.how
    if rate is None or not candidate.groups:
        return Remedy(name=name, how=how)
    new = sum(rates.rate(group) for group in candidate.groups)
    return Remedy(name=name, how=how, seconds=pool.wanted / new if pool.wanted else None, factor=new / rate)
