"""What a status wants to stand in each zone. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from ipaddress import ip_address

from provisioner.model.desktops import Phase
from provisioner.model.status import Status
from provisioner.model.zones import RecordKind, ZoneRecord, ZoneRules


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
