"""Filters lists for a caller without all rights: Proxmox VE leaves entries out instead of refusing."""

from collections.abc import Callable, Mapping
from typing import Any

from provisioner.twin.access.access import Access
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.protocol import Call

Entry = dict[str, Any]
View = Callable[[Access, Cluster, Call, Any], object]

_WITHOUT_AUDIT = ("id", "node", "type", "status", "level", "cgroup-mode", "ssl_fingerprint")
"""Fields of a node that are shown without Sys.Audit on it."""


def _resources(access: Access, _cluster: Cluster, call: Call, entries: list[Entry]) -> list[Entry]:
    shown = (_resource(access, call.user, entry) for entry in entries)
    return [entry for entry in shown if entry is not None]


def _resource(access: Access, who: str, entry: Entry) -> Entry | None:
    kind = entry["type"]
    if kind in ("qemu", "lxc"):
        if not access.may(who, f"/vms/{entry['vmid']}", "VM.Audit"):
            return None
        pool = entry.get("pool")
        if pool is None or access.may(who, f"/pool/{pool}", "Pool.Audit"):
            return entry  # the same object: the server caches its JSON
        return {name: value for name, value in entry.items() if name != "pool"}
    if kind == "node":
        return _node(access, who, entry)
    path, privilege = {
        "storage": (f"/storage/{entry.get('storage')}", "Datastore.Audit"),
        "pool": (f"/pool/{entry.get('pool')}", "Pool.Audit"),
    }.get(kind, ("/", "Sys.Audit"))
    return entry if access.may(who, path, privilege) else None


def _nodes(access: Access, _cluster: Cluster, call: Call, entries: list[Entry]) -> list[Entry]:
    return [_node(access, call.user, entry) for entry in entries]


def _node(access: Access, who: str, entry: Entry) -> Entry:
    if access.may(who, f"/nodes/{entry['node']}", "Sys.Audit"):
        return entry
    return {name: entry[name] for name in _WITHOUT_AUDIT if name in entry}


def _guests(access: Access, _cluster: Cluster, call: Call, entries: list[Entry]) -> list[Entry]:
    return [entry for entry in entries if access.may(call.user, f"/vms/{entry['vmid']}", "VM.Audit")]


def _storages(access: Access, _cluster: Cluster, call: Call, entries: list[Entry]) -> list[Entry]:
    wanted = ("Datastore.Audit", "Datastore.AllocateSpace")
    return [entry for entry in entries if access.may(call.user, f"/storage/{entry['storage']}", *wanted)]


def _networks(access: Access, _cluster: Cluster, call: Call, entries: list[Entry]) -> list[Entry]:
    """Only a list of some type is filtered by rights (pve-manager, Network.pm)."""
    if "type" not in call.params:
        return entries
    zone = "/sdn/zones/localnetwork"
    return [entry for entry in entries if access.may(call.user, f"{zone}/{entry['iface']}", "SDN.Audit", "SDN.Use")]


def _pools(access: Access, _cluster: Cluster, call: Call, entries: list[Entry]) -> list[Entry]:
    if "poolid" in call.params:
        return [{**entry, "members": [_without_pool(member) for member in entry["members"]]} for entry in entries]
    return [entry for entry in entries if access.may(call.user, f"/pool/{entry['poolid']}", "Pool.Audit")]


def _tasks_of_cluster(access: Access, _cluster: Cluster, call: Call, entries: list[Entry]) -> list[Entry]:
    """A token without Sys.Audit sees no tasks here: entries name the user without the token (observed)."""
    if access.may(call.user, "/", "Sys.Audit"):
        return entries
    return [entry for entry in entries if entry["user"] == call.user]


def owns_task(who: str, owner: str) -> bool:
    """Whether `who` owns a task: a user owns its tokens' tasks, a token does not own its user's tasks."""
    return owner == who or owner.startswith(f"{who}!")


def _without_pool(entry: Entry) -> Entry:
    return {name: value for name, value in entry.items() if name not in ("pool", "tags")}


VIEWS: Mapping[tuple[str, str], View] = {
    ("GET", "/cluster/resources"): _resources,
    ("GET", "/nodes"): _nodes,
    ("GET", "/nodes/{node}/qemu"): _guests,
    ("GET", "/storage"): _storages,
    ("GET", "/nodes/{node}/storage"): _storages,
    ("GET", "/nodes/{node}/network"): _networks,
    ("GET", "/pools"): _pools,
    ("GET", "/cluster/tasks"): _tasks_of_cluster,
}
