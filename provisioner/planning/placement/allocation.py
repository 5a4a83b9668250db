"""VMIDs, names and addresses for new desktops: always the lowest free value."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address

from provisioner.model.budget import Naming
from provisioner.model.ids import ClusterId, DesktopName, Vmid
from provisioner.model.kept.records import Records
from provisioner.model.machines.cluster import Snapshot
from provisioner.model.people.profiles import Addressing, Profile
from provisioner.model.vm_marks import new_name


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocatedIds:
    """VMIDs and addresses that are taken. Computed once for all ranges and pools, since it goes over every desktop."""

    vmids: Mapping[ClusterId, Set[Vmid]]
    addresses: Set[str]


def allocated_ids(records: Records, snapshot: Snapshot) -> AllocatedIds:
    """Everything reserved, retired, resting, or seen on the cluster."""
    vmids = defaultdict[ClusterId, set[Vmid]](set)
    for cluster, ours in desktops_by_vmid(records).items():
        vmids[cluster].update(ours)
    for key in records.retired:
        vmids[key.cluster].add(key.vmid)
    for view in snapshot.clusters.values():
        vmids[view.cluster].update(view.guests)
    reserved = {desktop.address for desktop in records.reservations if desktop.address}
    return AllocatedIds(vmids=vmids, addresses=reserved | records.resting)


def desktops_by_vmid(records: Records) -> Mapping[ClusterId, Mapping[Vmid, DesktopName]]:
    """The desktop of each VMID, by cluster."""
    if records.vmids is not None:
        return records.vmids
    vmids = defaultdict[ClusterId, dict[Vmid, DesktopName]](dict)
    for desktop in records.reservations:
        vmids[desktop.cluster][desktop.vmid] = desktop.name
    return vmids


class Numbering:
    """Hands out VMIDs and addresses within one plan, each once."""

    def __init__(self, naming: Naming, used: AllocatedIds) -> None:
        self._naming, self._used = naming, used
        self._vmids = {cluster: _free_vmids(cluster, naming, used) for cluster in naming.vmids}
        self._taken = set(used.addresses)
        self._addresses: dict[Addressing, Iterator[str]] = {}

    def vmid(self, cluster: ClusterId) -> Vmid | None:
        """The next VMID; None: the range is used up."""
        return next(self._vmids[cluster], None) if cluster in self._vmids else None

    def address(self, addressing: Addressing) -> str | None:
        """The next address, empty for DHCP; None: the pool is used up."""
        if not addressing.first:
            return ""
        pool = self._addresses.setdefault(addressing, iter(_pool(addressing)))
        address = next((free for free in pool if free not in self._taken), None)
        if address is not None:
            self._taken.add(address)  # pools may overlap: an address of one is taken in the others
        return address

    def name(self, vmid: Vmid, profile: Profile) -> DesktopName:
        """The desktop's name."""
        return new_name(vmid, profile, self._naming)


def vmids_left(cluster: ClusterId, naming: Naming, used: AllocatedIds) -> int:
    """How many VMIDs of the cluster's range are free."""
    first, last = naming.vmids[cluster]
    return last - first + 1 - sum(map(range(first, last + 1).__contains__, used.vmids.get(cluster, ())))


def addresses_left(addressing: Addressing, used: AllocatedIds) -> int | None:
    """How many addresses of the pool are free; None for DHCP."""
    if not addressing.first:
        return None
    pool = _pool(addressing)
    return len(pool) - len(pool.keys() & used.addresses)


def in_pool(address: str, addressing: Addressing) -> bool:
    """Whether the address is one that the pool hands out, or the gateway's."""
    found, first, last = map(ip_address, (address, addressing.first, addressing.last))
    return found.version == first.version and int(first) <= int(found) <= int(last)


def in_range(cluster: ClusterId, vmid: Vmid, ranges: Mapping[ClusterId, tuple[Vmid, Vmid]]) -> bool:
    """Whether the VMID is in the range that only Bascule hands out."""
    first, last = ranges.get(cluster, (Vmid(1), Vmid(0)))
    return first <= vmid <= last


def _free_vmids(cluster: ClusterId, naming: Naming, used: AllocatedIds) -> Iterator[Vmid]:
    first, last = naming.vmids[cluster]
    taken = used.vmids.get(cluster, frozenset())
    return (Vmid(number) for number in range(first, last + 1) if number not in taken)


@lru_cache(maxsize=64)
def _pool(addressing: Addressing) -> Mapping[str, None]:
    """Every usable address, in order. Cached: formatting thousands of addresses costs more than the rest of a cycle."""
    first, last = ip_address(addressing.first), ip_address(addressing.last)
    every = (str(type(first)(number)) for number in range(int(first), int(last) + 1))
    return dict.fromkeys(address for address in every if address != addressing.gateway)
