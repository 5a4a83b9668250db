"""The guests' entries of `/cluster/resources`, made anew only where they may differ from the last list's."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from provisioner.twin.model.guests import Fields, TwinGuest
from provisioner.twin.model.nodes import TwinNode


@dataclass(slots=True)
class LastList:
    """The last list of one cluster."""

    touched: dict[int, None] = field(default_factory=dict)
    """VMIDs of guests that have changed since, in order."""
    _fields: dict[int, Fields] = field(default_factory=dict)
    _sizes: dict[int, int] = field(default_factory=dict)
    _passes: dict[str, tuple[float, bool]] = field(default_factory=dict)
    """The pass of pvestatd that each node's entries show, and whether it is too old to be listed."""

    def forget(self, vmid: int) -> None:
        """The guest does not exist any more."""
        for each in (self.touched, self._fields, self._sizes):
            each.pop(vmid, None)

    def entries(
        self, guests: Mapping[int, TwinGuest], nodes: Mapping[str, TwinNode], pool_of: Mapping[int, str]
    ) -> tuple[list[Fields], int]:
        """The entries of all guests, and their size in bytes. An entry that is as before is the same object."""
        passes = {node.name: (node.last_pass(), node.forgotten) for node in nodes.values()}
        renewed = {name for name, shown in passes.items() if self._passes.get(name) != shown}
        for vmid in (*self.touched, *_on(guests, renewed)):
            if (guest := guests.get(vmid)) is not None:
                at, forgotten = passes[guest.node]
                self._fields[vmid], self._sizes[vmid] = guest.listed(at, forgotten=forgotten, pool=pool_of.get(vmid))
        self.touched.clear()
        self._passes = passes
        return list(self._fields.values()), sum(self._sizes.values())


def _on(guests: Mapping[int, TwinGuest], names: set[str]) -> Iterator[int]:
    return (vmid for vmid, guest in guests.items() if guest.node in names) if names else iter(())
