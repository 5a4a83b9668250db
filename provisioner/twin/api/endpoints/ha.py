"""`/cluster/ha`: the guests under HA. The manager itself: `ha_manager`."""

import hashlib

from provisioner.twin.api.endpoints.ha_manager import HaResource, resources_of, show
from provisioner.twin.api.routes import route
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.protocol import Call, refuse

Fields = dict[str, object]

_MIGRATED = "ha groups have been migrated to rules"


@route("GET", "/cluster/ha")
def index(_cluster: Cluster, _call: Call) -> object:
    """The paths below."""
    return [{"id": name} for name in ("status", "resources", "groups", "rules")]


@route("GET", "/cluster/ha/resources")
def resources(cluster: Cluster, _call: Call) -> object:
    """All HA resources."""
    return [_shown(cluster, sid) for sid in sorted(resources_of(cluster))]


@route("POST", "/cluster/ha/resources", protected=True)
def add(cluster: Cluster, call: Call) -> object:
    """Add an HA resource."""
    sid = _sid(call.params["sid"])
    if _vmid(sid) not in cluster.guests:
        raise refuse(f"resource '{sid}' does not exist in cluster")
    if sid in resources_of(cluster):
        raise refuse(f"create resource failed: resource ID '{sid}' already defined")
    resources_of(cluster)[sid] = HaResource()
    _set(cluster, sid, call)
    return None


@route("GET", "/cluster/ha/resources/{sid}")
def resource(cluster: Cluster, call: Call) -> object:
    """One HA resource."""
    return _shown(cluster, _known(cluster, call))


@route("PUT", "/cluster/ha/resources/{sid}", protected=True)
def change(cluster: Cluster, call: Call) -> object:
    """Change an HA resource."""
    _set(cluster, _known(cluster, call), call)
    return None


@route("DELETE", "/cluster/ha/resources/{sid}", protected=True)
def remove(cluster: Cluster, call: Call) -> object:
    """Remove an HA resource."""
    sid = _sid(call.args["sid"])
    if resources_of(cluster).pop(sid, None) is None:
        raise refuse(f"cannot delete service '{sid}', not HA managed!")
    if (guest := cluster.guests.get(_vmid(sid))) is not None:
        show(guest, None)
    return None


@route("GET", "/cluster/ha/groups")
def groups(_cluster: Cluster, _call: Call) -> object:
    """Removed in version 9."""
    raise refuse(f"cannot index groups: {_MIGRATED}")


@route("POST", "/cluster/ha/groups", protected=True)
def create_group(_cluster: Cluster, _call: Call) -> object:
    """Removed in version 9."""
    raise refuse(f"cannot create group: {_MIGRATED}")


@route("GET", "/cluster/ha/rules")
def rules(_cluster: Cluster, _call: Call) -> object:
    """Always empty."""
    return []


@route("GET", "/cluster/ha/status")
def status_index(_cluster: Cluster, _call: Call) -> object:
    """The paths below."""
    return [{"name": name} for name in ("current", "manager_status")]


@route("GET", "/cluster/ha/status/current")
def status(cluster: Cluster, call: Call) -> object:
    """Quorum, fencing, and all HA resources."""
    quorate = int(cluster.quorate)
    entries: list[Fields] = [
        {
            "id": "quorum",
            "type": "quorum",
            "node": call.entry,
            "status": "OK" if quorate else "No quorum on node!",
            "quorate": quorate,
        },
        {
            "id": "fencing",
            "type": "fencing",
            "node": call.entry,
            "armed-state": "standby",
            "status": "standby (CRM watchdog standby)",
        },
    ]
    return entries + [_service(cluster, sid) for sid in sorted(resources_of(cluster))]


@route("GET", "/cluster/ha/status/manager_status")
def manager_status(cluster: Cluster, call: Call) -> object:
    """Only nodes in maintenance are listed."""
    quorum = {"node": call.entry, "quorate": str(int(cluster.quorate))}
    status = {name: "maintenance" for name, node in cluster.nodes.items() if node.maintenance}
    return {"manager_status": {"node_status": status}, "quorum": quorum}


def _set(cluster: Cluster, sid: str, call: Call) -> None:
    resource = resources_of(cluster)[sid]
    resource.state = call.params.get("state", resource.state)
    show(cluster.guests[_vmid(sid)], resource.state)
    resource.comment = call.params.get("comment", resource.comment)
    if "max_restart" in call.params:
        resource.max_restart = int(call.params["max_restart"])
    if "max_relocate" in call.params:
        resource.max_relocate = int(call.params["max_relocate"])


def _known(cluster: Cluster, call: Call) -> str:
    sid = _sid(call.args["sid"])
    if sid not in resources_of(cluster):
        raise refuse(f"no such resource '{sid}'")
    return sid


def _sid(text: str) -> str:
    return f"vm:{text}" if text.isdigit() else text


def _vmid(sid: str) -> int:
    return int(sid.partition(":")[2])


def _shown(cluster: Cluster, sid: str) -> Fields:
    item = resources_of(cluster)[sid]
    digest = hashlib.sha1(repr(sorted(resources_of(cluster))).encode(), usedforsecurity=False).hexdigest()
    fields: Fields = {"sid": sid, "type": "vm", "state": item.state, "digest": digest}
    optional = {"max_restart": item.max_restart, "max_relocate": item.max_relocate, "comment": item.comment}
    return fields | {name: value for name, value in optional.items() if value is not None}


def _service(cluster: Cluster, sid: str) -> Fields:
    item = resources_of(cluster)[sid]
    guest = cluster.guests.get(_vmid(sid))
    node = guest.node if guest else ""
    return {
        "id": f"service:{sid}",
        "type": "service",
        "sid": sid,
        "node": node,
        "state": "queued",
        "request_state": item.state,
        "status": f"{sid} ({node}, queued)",
        "max_restart": item.max_restart or 1,
        "max_relocate": item.max_relocate or 1,
        "failback": 1,
    }
