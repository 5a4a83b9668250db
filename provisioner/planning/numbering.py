"""VMIDs, names and addresses for new desktops: the lowest free of each."""

from collections.abc import Iterator, Mapping, Set
from ipaddress import IPv4Address

from provisioner.model.budget import Naming
from provisioner.model.cluster import Snapshot
from provisioner.model.ids import ClusterId, DesktopName, Vmid
from provisioner.model.memory import Memory
from provisioner.model.profiles import Addressing


class Numbering:
    """Hands out numbers within one plan; what it has handed out it never hands out again."""

    def __init__(self, naming: Naming, memory: Memory, snapshot: Snapshot) -> None:
        self._naming = naming
        self._vmids = {cluster: _free_vmids(cluster, naming, memory, snapshot) for cluster in naming.vmids}
        self._taken = {one.address for one in memory.reservations.values() if one.address}
        self._addresses: dict[Addressing, Iterator[str]] = {}

    def vmid(self, cluster: ClusterId) -> Vmid | None:
        """The next VMID; None: the range is used up."""
        return next(self._vmids[cluster], None) if cluster in self._vmids else None

    def address(self, addressing: Addressing) -> str | None:
        """The next address, empty for DHCP; None: the pool is used up."""
        if not addressing.first:
            return ""
        pool = self._addresses.setdefault(addressing, _free_addresses(addressing, self._taken))
        address = next(pool, None)
        if address is not None:
            self._taken.add(address)  # pools may overlap: what one has handed out is taken for the others
        return address

    def name(self, vmid: Vmid) -> DesktopName:
        """Follows from the VMID, so that it is unique and never depends on a surname."""
        return DesktopName(f"{self._naming.prefix}{vmid}")


def vmids_left(cluster: ClusterId, naming: Naming, memory: Memory, snapshot: Snapshot) -> int:
    """How many VMIDs of the cluster's range are free."""
    return sum(1 for _ in _free_vmids(cluster, naming, memory, snapshot))


def addresses_left(addressing: Addressing, memory: Memory) -> int | None:
    """How many addresses of the pool are free; None for DHCP."""
    if not addressing.first:
        return None
    taken = {one.address for one in memory.reservations.values() if one.address}
    return sum(1 for _ in _free_addresses(addressing, taken))


def in_range(cluster: ClusterId, vmid: Vmid, ranges: Mapping[ClusterId, tuple[Vmid, Vmid]]) -> bool:
    """Whether the VMID is one that only Bascule hands out."""
    first, last = ranges.get(cluster, (Vmid(1), Vmid(0)))
    return first <= vmid <= last


def _free_vmids(cluster: ClusterId, naming: Naming, memory: Memory, snapshot: Snapshot) -> Iterator[Vmid]:
    used = {one.vmid for one in memory.reservations.values() if one.cluster == cluster}
    used |= {key.vmid for key in memory.retired if key.cluster == cluster}
    view = snapshot.clusters.get(cluster)
    used |= set(view.guests) if view else set()
    first, last = naming.vmids[cluster]
    return (Vmid(number) for number in range(first, last + 1) if number not in used)


def _free_addresses(addressing: Addressing, taken: Set[str]) -> Iterator[str]:
    first, last = int(IPv4Address(addressing.first)), int(IPv4Address(addressing.last))
    every = (str(IPv4Address(number)) for number in range(first, last + 1))
    return (address for address in every if address not in taken and address != addressing.gateway)
