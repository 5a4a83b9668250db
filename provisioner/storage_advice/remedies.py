"""What can be done about slow cloning, as changes to where images lie. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from provisioner.storage_advice.layouts import Drive, Layout, Use

_SHORT_S = 0.3
"""On a polled lock, shorter operations are outweighed by the poll's pauses: found on the twin (26 % off at 0.16 s)."""
_FEW = 2.0
"""Clones in flight below which the daemon's own looking counts for more than the lock: found on the twin (22 % off)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tempo:
    """How clones are ordered in one lock domain."""

    in_flight: int
    """At most."""
    rest_s: float = 0.25
    """From a clone's end to the beginning of the next, on average."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Lock domains that are alike, as they are or would be."""

    layout: Layout
    domains: float
    operation_s: float
    tempo: Tempo
    measured: tuple[Layout, float] | None = None
    """The layout that was measured, and seconds a clone; None: no two were in flight there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A remedy before its gain is known."""

    name: str
    how: str
    lots: tuple[Lot, ...]
    """Empty where nothing is measured."""


def changes_for(uses: Sequence[Use], lots: Sequence[Lot]) -> Iterator[Change]:
    """What could be changed; the lots are empty where nothing is measured."""
    yield from _drive_elsewhere(uses, lots)
    yield from _fewer_volumes(uses, lots)
    yield from _more_ids(uses, lots)
    yield from _replicas(uses, lots)


def _drive_elsewhere(uses: Sequence[Use], lots: Sequence[Lot]) -> Iterator[Change]:
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
    yield Change(name="cloud-init drive on another storage", how=how, lots=tuple(changed))


def _is_rough(use: Use, lot: Lot) -> bool:
    return use.layout.shared and (lot.operation_s < _SHORT_S or (use.hold is not None and use.hold.in_flight < _FEW))


def _fewer_volumes(uses: Sequence[Use], lots: Sequence[Lot]) -> Iterator[Change]:
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
    yield Change(name="fewer volumes", how=how, lots=tuple(changed))


def _more_ids(uses: Sequence[Use], lots: Sequence[Lot]) -> Iterator[Change]:
    shared = [use for use in uses if use.layout.shared]
    count = len(shared)
    if not count:
        how = f"give each node a second storage id beside {_names(uses)} with a replica of the template: each id has a lock"
        yield Change(name="twice as many storage ids", how=how, lots=_scaled(lots, 2.0))
        return
    for more in sorted({count + 1, 2 * count}):
        how = (
            f"spread the templates over {more} shared storage ids instead of {count}: each id has a lock of its own, also "
            "where it is a second id on the same hardware, as far as that serves several operations at once as quickly"
        )
        yield Change(name=f"{more} storage ids", how=how, lots=_scaled(lots, more / count))


def _scaled(lots: Sequence[Lot], factor: float) -> tuple[Lot, ...]:
    """Node-local locks beside shared ones stay as they are."""
    any_shared = any(lot.layout.shared for lot in lots)
    return tuple(replace(lot, domains=lot.domains * factor) if lot.layout.shared or not any_shared else lot for lot in lots)


def _replicas(uses: Sequence[Use], lots: Sequence[Lot]) -> Iterator[Change]:
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
    yield Change(name="replicas on node-local storage", how=how, lots=_with_replicas(lots, count))


def _replica_nodes(shared: Sequence[Use]) -> int:
    """Those with a local storage; where no node has one, those with a template today."""
    nodes = {use.cluster: use.replica_nodes for use in shared}
    today = {(use.cluster, node) for use in shared for node in use.nodes}
    return sum(count or sum(cluster == where for where, _ in today) for cluster, count in nodes.items())


def _with_replicas(lots: Sequence[Lot], count: int) -> tuple[Lot, ...]:
    """Instead of all shared lots; an operation is taken to last as long as on them on average."""
    moved = [lot for lot in lots if lot.layout.shared]
    if not moved:
        return tuple(lots)
    layout = replace(moved[0].layout, shared=False, nodes=1, drive=_beside(moved[0].layout.drive))
    operation_s = sum(lot.operation_s for lot in moved) / len(moved)
    local = replace(moved[0], domains=count, layout=layout, operation_s=operation_s)
    return (*(lot for lot in lots if not lot.layout.shared), local)


def _beside(drive: Drive) -> Drive:
    return Drive.NONE if drive is Drive.NONE else Drive.BESIDE


def _names(uses: Iterable[Use]) -> str:
    return ", ".join(sorted(use.name for use in uses))
