"""Parses Proxmox VE's answers. Missing fields are tolerated (a token without rights sees less), wrong types are errors.

Perl writes some numbers as strings, so digits in quotes count as numbers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import compress
from operator import is_not
from typing import Any, TypeVar

from provisioner.errors import HypervisorError
from provisioner.model.ids import ClusterId, GuestKey, NodeKey, NodeName, StorageId, Upid, Vmid
from provisioner.model.machines.cluster import Guest, Node, Power, Storage, Task

_MIB = 2**20
_GIB = 2**30
_NO_TAGS: frozenset[str] = frozenset()
_MAINTENANCE = "maintenance"
"""A node's `hastate` in `/cluster/resources` after `ha-manager crm-command node-maintenance enable`."""
_POWER = {power.value: power for power in Power}
T = TypeVar("T")
Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """A parsed answer of `/cluster/resources`."""

    nodes: Mapping[NodeName, Node]
    storages: tuple[Storage, ...]
    guests: Mapping[Vmid, Guest]
    uptimes_s: Mapping[Vmid, int]
    """The uptimes of running guests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageDetails:
    """A storage as listed by its node, for the doctor."""

    storage: Storage
    kind: str
    """Proxmox VE's plugin: dir, lvmthin, zfspool, rbd, nfs, …"""
    content: frozenset[str]
    """Allowed content: images, rootdir, backup, …"""


class Listings:
    """Parses the successive listings of one cluster, and reuses the objects of guests that have not changed.

    Most of a listing repeats the last one. Reusing objects saves time, and lets later stages compare by identity. When only
    uptimes differ, even the mapping of guests is the same object.
    """

    def __init__(self, cluster: ClusterId, *, repeats: bool = False) -> None:
        """`repeats`: an unchanged guest's entry is the object of the last listing, as of a twin; of a real cluster, none is."""
        self._cluster = cluster
        self._fields: dict[Vmid, _GuestFields] = {}
        self._entries: Sequence[Entry] = ()
        """Of the guests in the last listing, if it repeats them."""
        self._last: Resources | None = None
        self._repeats = repeats
        self._shared: dict[str | int, Any] = {}
        """Values that many guests have, such as a list of tags: one object each."""

    def resources(self, data: object) -> Resources:
        """Parse `/cluster/resources`: nodes, storages, guests; other types (pools, zones) are ignored."""
        guests: list[Entry] = []
        others: list[Entry] = []
        for entry in entries(data, "/cluster/resources"):
            (guests if entry.get("type") in _GUESTS else others).append(entry)
        nodes = (_strict(node, entry, self._cluster) for entry in others if entry.get("type") == "node")
        storages = (_strict(_storage, entry, self._cluster) for entry in others if entry.get("type") == "storage")
        reading = self._read_changed(guests)
        if len(reading.vmids) < len(guests):  # a VMID occurs twice: the last entry counts, so compare with nothing earlier
            reading = self._read(guests, {})
        self._fields |= {vmid: fields for vmid, (fields, _) in reading.changed.items()}
        last = self._last.guests if self._last else {}
        gone = last.keys() - reading.vmids
        for vmid in gone:
            del self._fields[vmid]
        self._entries = guests if self._repeats else ()
        changed = {vmid: guest for vmid, (_, guest) in reading.changed.items()}
        remaining = {vmid: guest for vmid, guest in last.items() if vmid not in gone} if gone else last
        self._last = Resources(
            nodes={node.key.node: node for node in nodes},
            storages=tuple(storages),
            guests={**remaining, **changed} if changed else remaining,
            uptimes_s=reading.uptimes_s,
        )
        return self._last

    def _read_changed(self, guests: Sequence[Entry]) -> "_Reading":
        """Only entries that are other objects than at their place in the last listing.

        A twin repeats the objects of unchanged guests; of a real cluster's all are others.
        """
        before, last = self._entries, self._last
        if last is None or len(guests) < len(before) or len(last.guests) < len(before):
            return self._read(guests, self._fields)
        others = list(map(is_not, guests, before))
        if all(others):
            return self._read(guests, self._fields)
        earlier = {Vmid(int(entry["vmid"])) for entry in compress(before, others)}
        known = _Reading(vmids=last.guests.keys() - earlier, uptimes_s=dict(last.uptimes_s))
        for vmid in earlier:
            known.uptimes_s.pop(vmid, None)
        return self._read([*compress(guests, others), *guests[len(before) :]], self._fields, known)

    def _read(self, guests: Sequence[Entry], before: Mapping[Any, Any], reading: "_Reading | None" = None) -> "_Reading":
        """Compare guests with the last listing. A site has thousands of guests in every listing, so this is one fast pass."""
        cluster, reading = self._cluster, reading or _Reading()
        for entry in guests:
            fields: _GuestFields = tuple(map(entry.get, _READ_OF_A_GUEST))
            vmid, uptime_s = fields[0], entry.get("uptime", 0)
            if type(vmid) is not int or type(uptime_s) is not int or before.get(vmid) != fields:
                guest, uptime_s = _strict(_guest_and_uptime, entry, cluster)
                vmid = guest.key.vmid
                reading.changed[vmid] = (*fields[:_OWN], *map(self._one, fields[_OWN:])), guest
            reading.vmids.add(vmid)
            if uptime_s:
                reading.uptimes_s[vmid] = uptime_s
        return reading

    def _one(self, value: Any) -> Any:
        return self._shared.setdefault(value, value) if type(value) in (str, int) else value


@dataclass(slots=True)
class _Reading:
    """The guests of one listing, compared with the last listing."""

    vmids: set[Vmid] = field(default_factory=set)
    uptimes_s: dict[Vmid, int] = field(default_factory=dict)
    changed: "dict[Vmid, tuple[_GuestFields, Guest]]" = field(default_factory=dict)
    """New and changed guests: the fields of the entry, and the parsed guest."""


def _guest_and_uptime(entry: "Entry", cluster: ClusterId) -> tuple[Guest, int]:
    return _guest(entry, cluster), int(entry.get("uptime", 0))


_GUESTS = ("qemu", "lxc")
_GuestFields = tuple[Any, ...]
_READ_OF_A_GUEST = (
    "vmid", "name", "type", "node", "status", "lock", "tags", "pool", "template", "maxcpu", "maxmem", "maxdisk", "hastate",
)  # fmt: skip
"""The fields of an entry that `_guest` reads."""
_OWN = 2
"""So many of them are the guest's own; many guests have the same values of the others."""


def nodes(data: object, *, cluster: ClusterId) -> tuple[Node, ...]:
    """Parse `/nodes`."""
    return tuple(_strict(node, entry, cluster) for entry in entries(data, "/nodes"))


def node(entry: Entry, cluster: ClusterId) -> Node:
    """Parse a node's entry; an offline node shows neither memory nor processors."""
    return Node(
        key=NodeKey(cluster, NodeName(_text(entry["node"]))),
        online=entry.get("status") == "online",
        cores=int(entry.get("maxcpu", 0)),
        memory_mib=int(entry.get("maxmem", 0)) // _MIB,
        memory_used_mib=int(entry.get("mem", 0)) // _MIB,
        maintenance=entry.get("hastate") == _MAINTENANCE,
    )


def storages_of(data: object, at: NodeKey) -> tuple[StorageDetails, ...]:
    """Parse `/nodes/{node}/storage`."""
    return tuple(_strict(_storage_details, entry, at) for entry in entries(data, f"/nodes/{at.node}/storage"))


def tasks(data: object, at: NodeKey) -> tuple[Task, ...]:
    """Parse `/nodes/{node}/tasks`. A task without an end time is running, whatever its status."""
    return tuple(_strict(_task, entry, at) for entry in entries(data, f"/nodes/{at.node}/tasks"))


def quorate(data: object) -> bool:
    """Parse the quorum from `/cluster/status`. A single node without a cluster has no such entry and is always quorate."""
    states = [entry.get("quorate") for entry in entries(data, "/cluster/status") if entry.get("type") == "cluster"]
    return all(str(state) == "1" for state in states)


def cluster_name(data: object) -> str:
    """Parse the name from `/cluster/status`; a single node without a cluster has no such entry."""
    names = {entry.get("type"): _text(entry.get("name")) for entry in entries(data, "/cluster/status")}
    return names.get("cluster") or names.get("node") or ""


def other_addresses(data: object) -> dict[NodeName, str]:
    """Parse the addresses of the other members from `/cluster/status`: of all online nodes but the one that answers."""
    members = (entry for entry in entries(data, "/cluster/status") if entry.get("type") == "node" and _text(entry.get("ip")))
    others = (entry for entry in members if str(entry.get("local")) != "1" and str(entry.get("online")) == "1")
    return {NodeName(_text(entry.get("name"))): _text(entry.get("ip")) for entry in others}


def entries(data: object, where: str) -> Sequence[Entry]:
    """The answer as a list of objects; raises HypervisorError for anything else."""
    if not isinstance(data, list) or not set(map(type, data)) <= {dict}:
        raise HypervisorError(f"{where}: the answer is not a list of objects")
    return data


def _guest(entry: Entry, cluster: ClusterId) -> Guest:
    tags = entry.get("tags")
    memory = entry.get("maxmem")
    disk = entry.get("maxdisk")
    vcpus = entry.get("maxcpu")
    return Guest(
        key=GuestKey(cluster, Vmid(int(entry["vmid"]))),
        node=NodeName(_text(entry["node"])),
        power=_POWER.get(entry.get("status", ""), Power.UNKNOWN),
        name=_name(entry.get("name"), entry["vmid"]),
        lock=_optional_text(entry.get("lock")),
        tags=_tags(tags) if tags else _NO_TAGS,
        pool=_optional_text(entry.get("pool")),
        template=entry.get("template", 0) in (1, "1"),
        container=entry["type"] == "lxc",
        vcpus=None if vcpus is None else float(vcpus),
        memory_mib=None if memory is None else int(memory) // _MIB,
        disk_gib=None if disk is None else int(disk) / _GIB,
        ha=_optional_text(entry.get("hastate")),
    )


def _name(value: object, vmid: object) -> str | None:
    # A VM without a name (while it is cloned) is listed as `VM 101`. This is not a valid name, since it has a space.
    name = _optional_text(value)
    return None if name is not None and " " in name and name == f"VM {vmid}" else name


@lru_cache(maxsize=4096)
def _tags(text: str) -> frozenset[str]:
    # Thousands of desktops share a handful of tag lists.
    return frozenset(text.replace(",", ";").replace(" ", ";").split(";")) - {""}


def _storage(entry: Entry, cluster: ClusterId) -> Storage:
    return Storage(
        node=NodeKey(cluster, NodeName(_text(entry["node"]))),
        storage=StorageId(_text(entry["storage"])),
        shared=entry.get("shared", 0) in (1, "1"),
        total_gib=int(entry.get("maxdisk", 0)) / _GIB,
        used_gib=int(entry.get("disk", 0)) / _GIB,
        available=entry.get("status") == "available",
        content=_content(entry.get("content", "")),
        kind=_text(entry.get("plugintype", "")),
    )


@lru_cache(maxsize=256)
def _content(text: str) -> frozenset[str]:
    return frozenset(_text(text).split(",")) - {""}


def _storage_details(entry: Entry, at: NodeKey) -> StorageDetails:
    storage = Storage(
        node=at,
        storage=StorageId(_text(entry["storage"])),
        shared=entry.get("shared", 0) in (1, "1"),
        total_gib=int(entry.get("total", 0)) / _GIB,
        used_gib=int(entry.get("used", 0)) / _GIB,
        available=entry.get("active", 0) in (1, "1") and entry.get("enabled", 1) in (1, "1"),
    )
    return StorageDetails(storage=storage, kind=_text(entry.get("type", "")), content=_content(entry.get("content", "")))


def _task(entry: Entry, at: NodeKey) -> Task:
    subject = _text(entry.get("id") or "")
    ended = entry.get("endtime")
    return Task(
        upid=Upid(_text(entry["upid"])),
        node=at,
        kind=_text(entry.get("type", "")),
        guest=Vmid(int(subject)) if subject.isdecimal() else None,
        user=_text(entry.get("user", "")),
        started_at=float(entry["starttime"]),
        ended_at=float(ended) if ended else None,
        status=_text(entry.get("status", "unknown")) if ended else None,
    )


_WRONG = (KeyError, TypeError, ValueError, AttributeError, OverflowError)
"""Errors for an entry with a missing field or a field of the wrong type."""


def _strict(parse: Callable[[Entry, Any], T], entry: Entry, context: ClusterId | NodeKey) -> T:
    try:
        return parse(entry, context)
    except _WRONG as wrong:
        raise _bad_entry(wrong, entry, context) from wrong


def _bad_entry(wrong: Exception, entry: Entry, context: ClusterId | NodeKey) -> HypervisorError:
    if isinstance(wrong, KeyError):
        return HypervisorError(f"an entry of {context} lacks {wrong}: {_shown(entry)}")
    return HypervisorError(f"an entry of {context} has a field of the wrong type ({wrong}): {_shown(entry)}")


def _text(value: object) -> str:
    if type(value) is str:
        return value
    raise TypeError(f"{value!r} is not text")


def _optional_text(value: object) -> str | None:
    if value is None or type(value) is str:
        return value
    raise TypeError(f"{value!r} is not text")


def _shown(entry: Entry) -> str:
    text = str(entry.get("id") or entry.get("upid") or dict(entry))
    return text if len(text) <= 120 else f"{text[:117]}..."
