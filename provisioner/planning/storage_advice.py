"""How long cloning takes by the measured holds of the storage locks, and what each remedy would make of it. Pure.

How a lock that is polled by several behaves is not worked out here but tried (`Trials`); from its answers follow rates, and
from those times. Cloning alone: boots, memory and the directory are `bascule forecast`'s.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from provisioner.model.ids import ProfileName
from provisioner.planning.holds import ENOUGH, Hold
from provisioner.planning.storage_layouts import Drive, Layout, Use


@dataclass(frozen=True, slots=True, kw_only=True)
class Tempo:
    """How clones are ordered in one lock domain."""

    in_flight: int
    """At most."""
    rest_s: float = 0.25
    """From a clone's end to the beginning of the next, on average."""


_SHORT_S = 0.3
"""On a polled lock, shorter operations are outweighed by the poll's pauses: found on the twin (26 % off at 0.16 s)."""
_FEW = 1.7
"""Clones in flight below which the daemon's own looking counts for more than the lock: found on the twin (22 % off)."""
_TWO = Tempo(in_flight=2)
"""What keeps a lock busy, where no more were seen."""


class Trials(Protocol):
    """Clones in one lock domain, tried on a model of Proxmox VE's locks. Times in seconds."""

    def each_s(self, layout: Layout, *, operation_s: float, tempo: Tempo) -> float:
        """Time for each clone."""

    def operation_s(self, layout: Layout, *, each_s: float, tempo: Tempo) -> float:
        """How long one image operation takes where clones take `each_s` each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Profiles that are cloned on the same storages, and those storages."""

    profiles: tuple[ProfileName, ...]
    wanted: int
    """Desktops."""
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """Something that shortens cloning."""

    name: str
    how: str
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
    rests_on: str
    remedies: tuple[Remedy, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lot:
    """Lock domains that are alike."""

    layout: Layout
    domains: float
    operation_s: float
    tempo: Tempo

    def rate(self, trials: Trials) -> float:
        """Clones a second."""
        return self.domains / trials.each_s(self.layout, operation_s=self.operation_s, tempo=self.tempo)


_Change = tuple[str, str, Sequence[_Lot]]


def pools_of(uses: Iterable[Use], wanted: Mapping[ProfileName, int]) -> tuple[Pool, ...]:
    """Profiles that share a storage are one pool: whoever is cloned first, the locks' work is the same."""
    groups: list[tuple[set[ProfileName], list[Use]]] = []
    for use in uses:
        touched = [one for one in groups if one[0] & use.profiles]
        groups = [one for one in groups if one not in touched]
        groups.append((set(use.profiles).union(*(one[0] for one in touched)), [*(u for one in touched for u in one[1]), use]))
    return tuple(
        Pool(profiles=tuple(sorted(names)), wanted=sum(wanted.get(one, 0) for one in names), uses=tuple(found))
        for names, found in sorted(groups, key=lambda one: sorted(one[0]))
    )


def advise(pool: Pool, trials: Trials) -> Advice:
    """What is, and what could be."""
    lots = _lots(pool.uses, trials)
    rate = sum(_rate_now(use, lot, trials) for use, lot in zip(pool.uses, lots, strict=True)) if lots else None
    remedies = [_remedy(change, pool, rate=rate, trials=trials) for change in _changes(pool.uses, lots)]
    return Advice(
        pool=pool,
        seconds=pool.wanted / rate if rate and pool.wanted else None,
        per_hour=3600.0 * rate if rate else None,
        rests_on=rests_on([use.hold for use in pool.uses]),
        remedies=tuple(sorted(remedies, key=lambda one: (-(one.factor or 0.0), one.name))),
    )


def rests_on(holds: Sequence[Hold | None]) -> str:
    """How far a figure can be trusted, in words."""
    there = [one for one in holds if one is not None]
    clones = sum(one.clones for one in there)
    if not there:
        return f"no measurement yet: {ENOUGH} clones with two or more in flight are needed"
    unseen = f"; {len(holds) - len(there)} of {len(holds)} storages not measured, taken to be like the others"
    flight = sum(one.in_flight * one.clones for one in there) / clones
    if all(one.sure for one in there):
        return f"measured on {clones} clones, {flight:.1f} in flight" + (unseen if len(there) < len(holds) else "")
    if all(one.together for one in there):
        return f"only {clones} clones, {flight:.1f} in flight: {ENOUGH} are needed for each storage"
    return f"upper bound from {clones} clones, mostly one at a time: {ENOUGH} with two or more in flight are needed"


def _lots(uses: Sequence[Use], trials: Trials) -> tuple[_Lot, ...]:
    """What each storage's lock takes; one not measured is taken to be like the others; empty: none is measured."""
    known = {use.name: _operation_s(use, use.hold, trials) for use in uses if use.hold is not None}
    if not known:
        return ()
    mean = sum(known.values()) / len(known)
    return tuple(
        _Lot(
            layout=use.layout,
            domains=1 if use.layout.shared else len(use.nodes),
            operation_s=known.get(use.name, mean),
            tempo=_tempo(use.hold),
        )
        for use in uses
    )


def _operation_s(use: Use, hold: Hold, trials: Trials) -> float:
    tempo = _tempo(hold) if hold.together else Tempo(in_flight=1)
    return trials.operation_s(use.layout, each_s=hold.each_s, tempo=tempo)


def _tempo(hold: Hold | None) -> Tempo:
    """As it was seen: what is missing on average at the most in flight is the rest between two."""
    if hold is None or not hold.together:
        return _TWO
    return Tempo(in_flight=hold.peak, rest_s=round((hold.peak - hold.in_flight) * hold.each_s, 2))


def _rate_now(use: Use, lot: _Lot, trials: Trials) -> float:
    return lot.rate(trials) if use.hold is None else lot.domains / use.hold.each_s


def _remedy(change: _Change, pool: Pool, *, rate: float | None, trials: Trials) -> Remedy:
    name, how, lots = change
    if rate is None:
        return Remedy(name=name, how=how)
    new = sum(lot.rate(trials) for lot in lots)
    return Remedy(name=name, how=how, seconds=pool.wanted / new if pool.wanted else None, factor=new / rate)


def _changes(uses: Sequence[Use], lots: Sequence[_Lot]) -> Iterator[_Change]:
    """What could be changed; the lots are empty where nothing is measured."""
    yield from _drive_elsewhere(uses, lots)
    yield from _fewer_volumes(uses, lots)
    yield from _more_ids(uses, lots)
    yield from _replicas(uses, lots)


def _drive_elsewhere(uses: Sequence[Use], lots: Sequence[_Lot]) -> Iterator[_Change]:
    beside = [use for use in uses if use.layout.drive is Drive.BESIDE]
    if not beside:
        return
    local = {use.local for use in beside}
    to_local = None not in local or not all(use.layout.shared for use in beside)
    drive = Drive.NODE_LOCAL if to_local else Drive.SHARED
    if None not in local:
        where = f"node-local storage {', '.join(sorted(str(one) for one in local))}"
    else:
        where = "a node-local storage" if to_local else "a storage id that no template's disks lie on, one for each of these"
    operations = ", ".join(sorted({str(use.layout.operations) for use in beside}))
    how = (
        f"make the templates on {_names(beside)} with their cloud-init drive on {where}: a clone's lies where its "
        f"template's does, and the disks' lock serves one operation less of {operations}, as long as that storage is as quick"
    )
    changed = [
        replace(lot, layout=replace(lot.layout, drive=drive)) if lot.layout.drive is Drive.BESIDE else lot for lot in lots
    ]
    if any(_is_rough(use, lot) for use, lot in zip(uses, lots, strict=False)):
        how += " (a rough figure: the operations are short, or hardly two clones were in flight)"
    yield "cloud-init drive on another storage", how, changed


def _is_rough(use: Use, lot: _Lot) -> bool:
    return use.layout.shared and (lot.operation_s < _SHORT_S or (use.hold is not None and use.hold.in_flight < _FEW))


def _fewer_volumes(uses: Sequence[Use], lots: Sequence[_Lot]) -> Iterator[_Change]:
    can = [use for use in uses if use.needless]
    if not can:
        return
    words = " and ".join(sorted({f"the {role}" if role != "disk" else "further disks" for use in can for role in use.needless}))
    how = (
        f"make the templates on {_names(can)} without {words}, if the image does not need them: "
        "each costs a clone one more operation"
    )
    less = {use.name: len(use.needless) for use in uses}
    changed = [
        replace(lot, layout=replace(lot.layout, disks=lot.layout.disks - less[use.name]))
        for use, lot in zip(uses, lots, strict=False)
    ]
    yield "fewer volumes", how, changed


def _more_ids(uses: Sequence[Use], lots: Sequence[_Lot]) -> Iterator[_Change]:
    shared = [use for use in uses if use.layout.shared]
    count = len(shared)
    if not count:
        how = f"give each node a second storage id beside {_names(uses)} with a replica of the template: each id has a lock"
        yield "twice as many storage ids", how, _scaled(lots, 2.0)
        return
    for more in sorted({count + 1, 2 * count}):
        how = (
            f"spread the templates over {more} shared storage ids instead of {count}: each id has a lock of its own, also "
            "where it is a second id on the same hardware, as far as that serves several operations at once as quickly"
        )
        yield f"{more} storage ids", how, _scaled(lots, more / count)


def _scaled(lots: Sequence[_Lot], factor: float) -> list[_Lot]:
    """Node-local locks beside shared ones stay as they are."""
    any_shared = any(lot.layout.shared for lot in lots)
    return [replace(lot, domains=lot.domains * factor) if lot.layout.shared or not any_shared else lot for lot in lots]


def _replicas(uses: Sequence[Use], lots: Sequence[_Lot]) -> Iterator[_Change]:
    shared = [use for use in uses if use.layout.shared]
    if not shared:
        return
    count = _replica_nodes(shared)
    has = all(use.replica_nodes for use in shared)
    how = (
        f"put a replica of the template on node-local storage of each of {count} nodes{'' if has else ' (none has one yet)'}: "
        "a lock a node instead of one for all, handed on without pauses, as long as it is as quick as the shared storage; "
        "desktops then stay on their node"
    )
    yield "replicas on node-local storage", how, _with_replicas(lots, count)


def _replica_nodes(shared: Sequence[Use]) -> int:
    """Those with a local storage; where no node has one, those with a template today."""
    nodes = {use.cluster: use.replica_nodes for use in shared}
    today = {(use.cluster, node) for use in shared for node in use.nodes}
    return sum(count or sum(cluster == where for where, _ in today) for cluster, count in nodes.items())


def _with_replicas(lots: Sequence[_Lot], count: int) -> list[_Lot]:
    """Instead of all shared lots; an operation is taken to last as long as on them on average."""
    moved = [lot for lot in lots if lot.layout.shared]
    if not moved:
        return list(lots)
    layout = replace(moved[0].layout, shared=False, nodes=1, drive=_beside(moved[0].layout.drive))
    operation_s = sum(lot.operation_s for lot in moved) / len(moved)
    local = replace(moved[0], domains=count, layout=layout, operation_s=operation_s)
    return [lot for lot in lots if not lot.layout.shared] + [local]


def _beside(drive: Drive) -> Drive:
    return Drive.NONE if drive is Drive.NONE else Drive.BESIDE


def _names(uses: Iterable[Use]) -> str:
    return ", ".join(sorted(use.name for use in uses))
