"""How long cloning takes by the measured holds of the storage locks, and what each remedy would make of it. Pure.

How a lock that is polled by several behaves is not worked out here but tried (`Trials`); from its answers follow rates, and
from those times. Cloning alone: boots, memory and the directory are `bascule forecast`'s.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from provisioner.model.ids import ProfileName
from provisioner.pacing.clone_limits import OPERATIONS, safe_clones
from provisioner.reasons import storage as words
from provisioner.reasons.reason import Reason
from provisioner.storage_advice.layouts import Layout, StorageUse
from provisioner.storage_advice.lock_holds import ENOUGH, LockHold
from provisioner.storage_advice.remedies import ClonePace, DomainGroup, RemedyCandidate, remedy_candidates

_SETTLING = 3
"""Rounds in which the number in flight and a clone's time come to fit each other."""
_TWO = ClonePace(in_flight=2)
"""What keeps a lock busy, where no more were seen."""


class Trials(Protocol):
    """Clones in one lock domain, tried on a model of Proxmox VE's locks. Times in seconds."""

    def each_s(self, layout: Layout, *, operation_s: float, tempo: ClonePace) -> float:
        """Time for each clone."""

    def operation_s(self, layout: Layout, *, each_s: float, tempo: ClonePace) -> float:
        """How long one image operation takes where clones take `each_s` each."""


AtOnce = Callable[[float], int]
"""How many clones would be kept in flight on a shared storage where a clone takes so many seconds of its lock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Profiles that are cloned on the same storages, and those storages."""

    profiles: tuple[ProfileName, ...]
    wanted: int
    """Desktops."""
    uses: tuple[StorageUse, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """Something that shortens cloning."""

    name: Reason
    how: Reason
    """What an operator would do, and why it helps."""
    seconds: float | None = None
    """For all desktops that are wanted; None: not measured, or nobody known to be wanted."""
    factor: float | None = None
    """How many times as fast as now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """Of one pool; the remedies that gain most come first."""

    pool: Pool
    seconds: float | None
    """To clone all desktops as things are; None: not measured, or nobody known to be wanted."""
    per_hour: float | None
    """Clones, on all its storages together."""
    rests_on: Reason
    remedies: tuple[Remedy, ...]


def pools_of(uses: Iterable[StorageUse], wanted: Mapping[ProfileName, int]) -> tuple[Pool, ...]:
    """Profiles that share a storage are one pool: whoever is cloned first, the locks' work is the same."""
    groups: list[tuple[set[ProfileName], list[StorageUse]]] = []
    for use in uses:
        touched = [one for one in groups if one[0] & use.profiles]
        groups = [one for one in groups if one not in touched]
        groups.append((set(use.profiles).union(*(one[0] for one in touched)), [*(u for one in touched for u in one[1]), use]))
    return tuple(
        Pool(profiles=tuple(sorted(names)), wanted=sum(wanted.get(one, 0) for one in names), uses=tuple(found))
        for names, found in sorted(groups, key=lambda one: sorted(one[0]))
    )


def as_the_daemon(each_s: float) -> int:
    """As many as the daemon's own limit allows."""
    return safe_clones(each_s / OPERATIONS, shared=True, lag_s=0.0)


def advise(pool: Pool, trials: Trials, *, at_once: AtOnce = as_the_daemon) -> Advice:
    """What is, and what could be: who now keeps as many in flight as `at_once` says is taken to do so after a change, too."""
    lots = _lots(pool.uses, trials)
    tried = _Tried(trials=trials, at_once=at_once)
    rate = sum(_rate_now(use, lot, tried) for use, lot in zip(pool.uses, lots, strict=True)) if lots else None
    remedies = [_remedy(change, pool, rate=rate, tried=tried) for change in remedy_candidates(pool.uses, lots)]
    return Advice(
        pool=pool,
        seconds=pool.wanted / rate if rate and pool.wanted else None,
        per_hour=3600.0 * rate if rate else None,
        rests_on=rests_on([use.hold for use in pool.uses]),
        remedies=tuple(sorted(remedies, key=lambda one: (-(one.factor or 0.0), one.name))),
    )


def rests_on(holds: Sequence[LockHold | None]) -> Reason:
    """How far a figure can be trusted, in words."""
    there = [one for one in holds if one is not None]
    clones = sum(one.clones for one in there)
    if not there:
        return words.NOT_MEASURED(enough=ENOUGH)
    flight = sum(one.in_flight * one.clones for one in there) / clones
    missing = len(holds) - len(there)
    if all(one.sure for one in there) and missing:
        return words.MEASURED_PARTLY(clones=clones, in_flight=flight, missing=missing, storages=len(holds))
    if all(one.sure for one in there):
        return words.MEASURED(clones=clones, in_flight=flight)
    if all(one.together for one in there):
        return words.MEASURED_FEW(clones=clones, in_flight=flight, enough=ENOUGH)
    return words.UPPER_BOUND(clones=clones, enough=ENOUGH)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    """Rates of lots."""

    trials: Trials
    at_once: AtOnce

    def rate(self, lot: DomainGroup) -> float:
        """Clones a second."""
        return lot.domains / self._each_s(lot)

    def _each_s(self, lot: DomainGroup) -> float:
        if lot.measured is None:
            return self._with(lot, lot.tempo.in_flight)
        measured, now_s = lot.measured
        if lot.layout == measured:
            return now_s
        if not lot.layout.shared:  # two keep such a lock busy, more add nothing
            return self._with(lot, lot.tempo.in_flight)
        # From above: with few in flight the trial's pauses are too long, and would keep it there; the daemon climbs past that.
        each_s = now_s * lot.layout.operations / measured.operations
        for _ in range(_SETTLING):
            share = self.at_once(each_s) / self.at_once(now_s)
            each_s = self._with(lot, max(1, round(lot.tempo.in_flight * share)))
        return each_s

    def _with(self, lot: DomainGroup, in_flight: int) -> float:
        tempo = replace(lot.tempo, in_flight=in_flight)
        return self.trials.each_s(lot.layout, operation_s=lot.operation_s, tempo=tempo)


def _lots(uses: Sequence[StorageUse], trials: Trials) -> tuple[DomainGroup, ...]:
    """What each storage's lock takes; one not measured is taken to be like the others; empty: none is measured."""
    known = {use.name: _operation_s(use, use.hold, trials) for use in uses if use.hold is not None}
    if not known:
        return ()
    mean = sum(known.values()) / len(known)
    return tuple(
        DomainGroup(
            layout=use.layout,
            domains=1 if use.layout.shared else len(use.nodes),
            operation_s=known.get(use.name, mean),
            tempo=_tempo(use.hold),
            measured=(use.layout, use.hold.each_s) if use.hold is not None and use.hold.together else None,
        )
        for use in uses
    )


def _operation_s(use: StorageUse, hold: LockHold, trials: Trials) -> float:
    tempo = _tempo(hold) if hold.together else ClonePace(in_flight=1)
    return trials.operation_s(use.layout, each_s=hold.each_s, tempo=tempo)


def _tempo(hold: LockHold | None) -> ClonePace:
    """As it was seen: what is missing on average at the most in flight is the rest between two."""
    if hold is None or not hold.together:
        return _TWO
    return ClonePace(in_flight=hold.peak, rest_s=round((hold.peak - hold.in_flight) * hold.each_s, 2))


def _rate_now(use: StorageUse, lot: DomainGroup, tried: _Tried) -> float:
    return tried.rate(lot) if use.hold is None else lot.domains / use.hold.each_s


def _remedy(change: RemedyCandidate, pool: Pool, *, rate: float | None, tried: _Tried) -> Remedy:
    if rate is None:
        return Remedy(name=change.name, how=change.how)
    new = sum(tried.rate(lot) for lot in change.lots)
    return Remedy(name=change.name, how=change.how, seconds=pool.wanted / new if pool.wanted else None, factor=new / rate)
