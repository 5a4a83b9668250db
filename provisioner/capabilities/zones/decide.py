"""What a status wants to stand in each zone, and the difference from what stands there. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from provisioner.capabilities.zones.model import ChangeKind, Held, RecordKind, ZoneChange, ZoneContent, ZoneRecord, ZoneRules
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.owner_text import is_own_text, owner_text
from provisioner.model.status import Status

_FREE = Held()
_OUR_KINDS = frozenset(kind.value for kind in RecordKind)
"""Whatever else stands under a name of ours (SSHFP, for instance) stays."""


def desired_records(status: Status, rules: ZoneRules) -> Mapping[str, Mapping[str, ZoneRecord]]:
    """By zone, then by name: every desktop that has an address, from its reservation to its deletion. Every zone is there."""
    zones: defaultdict[str, dict[str, ZoneRecord]] = defaultdict(dict)
    for zone, record in _records(status, rules):
        zones[zone][record.name] = record
    return {zone: zones[zone] for zone in (rules.forward, *rules.reverse)}


def zone_of(name: str, zones: tuple[str, ...]) -> str | None:
    """The zone that a name stands in: the longest of these; None: in none."""
    holding = (zone for zone in zones if name == zone or name.endswith(f".{zone}"))
    return max(holding, key=len, default=None)


def _records(status: Status, rules: ZoneRules) -> Iterator[tuple[str, ZoneRecord]]:
    for name, state in sorted(status.desktops.items()):
        if not state.reservation.address or state.phase is Phase.DELETING:
            continue
        address, whole = ip_address(state.reservation.address), f"{name}.{rules.forward}".lower()
        kind = RecordKind.A if address.version == 4 else RecordKind.AAAA
        yield rules.forward, ZoneRecord(name=whole, kind=kind, value=str(address), desktop=name)
        zone = zone_of(address.reverse_pointer, rules.reverse)
        if zone is not None:
            yield zone, ZoneRecord(name=address.reverse_pointer, kind=RecordKind.PTR, value=whole, desktop=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneDifference:
    """The difference of one zone."""

    changes: tuple[ZoneChange, ...]
    """By name; removals last, so that a name is free only after everything new stands."""
    foreign: tuple[str, ...]
    """Names that are wanted, and belong to somebody else."""
    gone: frozenset[str]
    """Names that are ours and not wanted, due for removal or not."""


def difference(
    wanted: Mapping[str, ZoneRecord], held: ZoneContent, *, installation: str, may_go: Callable[[str], bool]
) -> ZoneDifference:
    """`may_go`: whether a name of ours that is not wanted may be removed now."""
    gone = frozenset(name for name, there in held.items() if name not in wanted and _owner(there, installation))
    changes = (
        *_writes(wanted, held, installation),
        *(_removal(name, held[name], installation) for name in sorted(gone) if may_go(name)),
    )
    foreign = tuple(name for name in sorted(wanted) if _is_foreign(held.get(name, _FREE), installation))
    return ZoneDifference(changes=changes, foreign=foreign, gone=gone)


def _writes(wanted: Mapping[str, ZoneRecord], held: ZoneContent, installation: str) -> Iterator[ZoneChange]:
    for name, record in sorted(wanted.items()):
        there, owner = held.get(name, _FREE), owner_text(installation, record.desktop)
        if there == _FREE:
            yield ZoneChange(kind=ChangeKind.ADD, name=name, record=record, owner=owner)
            continue
        before = _owner(there, installation)
        ours = {value for value in there.values if value[0] in _OUR_KINDS}
        as_wanted = ours == {(record.kind.value, record.value)} and before == owner
        if before and not as_wanted:
            yield ZoneChange(kind=ChangeKind.REPLACE, name=name, record=record, owner=owner, owner_before=before)


def _removal(name: str, there: Held, installation: str) -> ZoneChange:
    return ZoneChange(kind=ChangeKind.REMOVE, name=name, owner_before=_owner(there, installation))


def _is_foreign(there: Held, installation: str) -> bool:
    return there != _FREE and not _owner(there, installation)


def _owner(there: Held, installation: str) -> str:
    """Our text, if it is the only one; empty: the name is not ours, or not ours alone."""
    (text, *others) = there.texts or ("",)
    return text if not others and is_own_text(text, installation) else ""
