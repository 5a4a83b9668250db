"""Proxmox VE's answers as values: missing fields are tolerated (a token without rights sees less), wrong types are not.

Perl writes some numbers as strings, so digits in quotes count as numbers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

from provisioner.errors import HypervisorError
from provisioner.model.cluster import Guest, Node, Power, Storage, Task
from provisioner.model.ids import ClusterId, GuestKey, NodeKey, NodeName, StorageId, Upid, Vmid

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
    """One answer of `/cluster/resources`."""

    nodes: Mapping[NodeName, Node]
    storages: tuple[Storage, ...]
    guests: Mapping[Vmid, Guest]
    uptimes_s: Mapping[Vmid, int]
    """Of guests that run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageDetails:
    """A storage as its node describes it, for the doctor."""

    storage: Storage
    kind: str
    """Proxmox VE's plugin: dir, lvmthin, zfspool, rbd, nfs, …"""
    content: frozenset[str]
    """What it may hold: images, rootdir, backup, …"""


class Listings:
    """One cluster's listings, one after the other: a guest of which the same is said again is the very same value.

    Most of a listing repeats the last one: so what is the same is not made again, and is known for the same. Where nothing but
    uptimes differs, the guests are the very same mapping.
    """

    def __init__(self, cluster: ClusterId) -> None:
        self._cluster = cluster
        self._told: dict[Vmid, _Told] = {}
        self._last: Resources | None = None

    def resources(self, data: object) -> Resources:
        """The answer of `/cluster/resources`: nodes, storages, guests; types we do not know (pools, zones) are passed over."""
        guests: list[Entry] = []
        others: list[Entry] = []
        for entry in entries(data, "/cluster/resources"):
            (guests if entry.get("type") in _GUESTS else others).append(entry)
        nodes = (_strict(node, entry, self._cluster) for entry in others if entry.get("type") == "node")
        storages = (_strict(_storage, entry, self._cluster) for entry in others if entry.get("type") == "storage")
        reading = self._read(guests, self._told)
        if len(reading.seen) < len(guests):  # a VMID twice: of two entries the last one counts, whatever was told before
            reading = self._read(guests, {})
        self._told |= {vmid: told for vmid, (told, _) in reading.changed.items()}
        last = self._last.guests if self._last else {}
        gone = last.keys() - reading.seen
        for vmid in gone:
            del self._told[vmid]
        changed = {vmid: guest for vmid, (_, guest) in reading.changed.items()}
        still = {vmid: guest for vmid, guest in last.items() if vmid not in gone} if gone else last
        self._last = Resources(
            nodes={one.key.node: one for one in nodes},
            storages=tuple(storages),
            guests={**still, **changed} if changed else still,
            uptimes_s=reading.uptimes_s,
        )
        return self._last

    def _read(self, guests: Sequence[Entry], told_before: Mapping[Any, Any]) -> "_Reading":
        """What is other than it was. A site has thousands of guests, in every listing: nothing is looked at twice."""
        cluster, reading = self._cluster, _Reading()
        for entry in guests:
            told: _Told = tuple(map(entry.get, _READ_OF_A_GUEST))
            vmid, uptime_s = told[0], entry.get("uptime", 0)
            if type(vmid) is not int or type(uptime_s) is not int or told_before.get(vmid) != told:
                guest, uptime_s = _strict(_guest_and_uptime, entry, cluster)
                vmid = guest.key.vmid
                reading.changed[vmid] = told, guest
            reading.seen.add(vmid)
            if uptime_s:
                reading.uptimes_s[vmid] = uptime_s
        return reading


@dataclass(slots=True)
class _Reading:
    """The guests of one listing, beside the last one."""

    seen: set[Vmid] = field(default_factory=set)
    uptimes_s: dict[Vmid, int] = field(default_factory=dict)
    changed: "dict[Vmid, tuple[_Told, Guest]]" = field(default_factory=dict)
    """What is told of each that is other than it was, and what it is now."""


def _guest_and_uptime(entry: "Entry", cluster: ClusterId) -> tuple[Guest, int]:
    return _guest(entry, cluster), int(entry.get("uptime", 0))


_GUESTS = ("qemu", "lxc")
_Told = tuple[Any, ...]
_READ_OF_A_GUEST = (
    "vmid", "type", "node", "status", "name", "lock", "tags", "pool", "template", "maxcpu", "maxmem", "maxdisk",
)  # fmt: skip
"""All that `_guest` reads of an entry."""


def nodes(data: object, *, cluster: ClusterId) -> tuple[Node, ...]:
    """The answer of `/nodes`."""
    return tuple(_strict(node, entry, cluster) for entry in entries(data, "/nodes"))


def node(entry: Entry, cluster: ClusterId) -> Node:
    """A node; offline it shows neither memory nor processors in use."""
    return Node(
        key=NodeKey(cluster, NodeName(_text(entry["node"]))),
        online=entry.get("status") == "online",
        cores=int(entry.get("maxcpu", 0)),
        memory_mib=int(entry.get("maxmem", 0)) // _MIB,
        memory_used_mib=int(entry.get("mem", 0)) // _MIB,
        maintenance=entry.get("hastate") == _MAINTENANCE,
    )


def storages_of(data: object, at: NodeKey) -> tuple[StorageDetails, ...]:
    """The answer of `/nodes/{node}/storage`."""
    return tuple(_strict(_storage_details, entry, at) for entry in entries(data, f"/nodes/{at.node}/storage"))


def tasks(data: object, at: NodeKey) -> tuple[Task, ...]:
    """The answer of `/nodes/{node}/tasks`; one without an end is running, whatever its status says."""
    return tuple(_strict(_task, entry, at) for entry in entries(data, f"/nodes/{at.node}/tasks"))


def tasks_of_cluster(data: object, cluster: ClusterId) -> tuple[Task, ...]:
    """The answer of `/cluster/tasks`: each entry names its node."""
    found = entries(data, "/cluster/tasks")
    return tuple(_strict(_task, entry, NodeKey(cluster, NodeName(_text(entry.get("node", ""))))) for entry in found)


def quorate(data: object) -> bool:
    """From `/cluster/status`; a single node without a cluster has no such entry and is always quorate."""
    told = [entry.get("quorate") for entry in entries(data, "/cluster/status") if entry.get("type") == "cluster"]
    return all(str(one) == "1" for one in told)


def entries(data: object, where: str) -> Sequence[Entry]:
    """A list of objects; anything else is no answer of Proxmox VE's."""
    if not isinstance(data, list) or not set(map(type, data)) <= {dict}:
        raise HypervisorError(f"{where}: the answer is no list of objects")
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
    )


def _name(value: object, vmid: object) -> str | None:
    # A VM without a name, as one being cloned, is listed as `VM 101`, which no name can be: it has a blank.
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
"""What reading an entry comes to that lacks a field, or has one of another type."""


def _strict(parse: Callable[[Entry, Any], T], entry: Entry, context: ClusterId | NodeKey) -> T:
    try:
        return parse(entry, context)
    except _WRONG as wrong:
        raise _not_as_told(wrong, entry, context) from wrong


def _not_as_told(wrong: Exception, entry: Entry, context: ClusterId | NodeKey) -> HypervisorError:
    if isinstance(wrong, KeyError):
        return HypervisorError(f"an entry of {context} lacks {wrong}: {_shown(entry)}")
    return HypervisorError(f"an entry of {context} has a field of the wrong type ({wrong}): {_shown(entry)}")


def _text(value: object) -> str:
    if type(value) is str:
        return value
    raise TypeError(f"{value!r} is no text")


def _optional_text(value: object) -> str | None:
    if value is None or type(value) is str:
        return value
    raise TypeError(f"{value!r} is no text")


def _shown(entry: Entry) -> str:
    text = str(entry.get("id") or entry.get("upid") or dict(entry))
    return text if len(text) <= 120 else f"{text[:117]}..."
