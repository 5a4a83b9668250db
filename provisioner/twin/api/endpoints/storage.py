"""Storages: their definitions, how full they are, and their images."""

import hashlib
from collections.abc import Iterator

from provisioner.model.machines.twin_spec import StorageSpec
from provisioner.twin.api.routes import route
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.guests import TwinGuest
from provisioner.twin.model.storages import Domain, Volume, is_file_based
from provisioner.twin.protocol import Call, invalid, refuse

Fields = dict[str, object]

_GIB = 2**30
_LOCAL = StorageSpec(storage="local", shared=False, kind="dir", content="snippets,backup,import,iso,vztmpl")
"""The directory storage every installation has. It holds no disks and is not modelled."""


@route("GET", "/storage")
def storages(cluster: Cluster, call: Call) -> object:
    """All storage definitions."""
    wanted = call.params.get("type")
    return [_definition(cluster, spec) for spec in _specs(cluster) if wanted in (None, spec.kind)]


@route("GET", "/storage/{storage}")
def storage(cluster: Cluster, call: Call) -> object:
    """One storage definition."""
    for spec in _specs(cluster):
        if spec.storage == call.args["storage"]:
            return _definition(cluster, spec)
    raise refuse(f"storage '{call.args['storage']}' does not exist")


@route("GET", "/nodes/{node}/storage", protected=True)
def node_storages(cluster: Cluster, call: Call) -> object:
    """How full each storage is, seen from one node."""
    content = call.params.get("content")
    entries = []
    for spec in _specs(cluster):
        fields = _status(cluster, call.node, spec)
        if call.params.get("storage") not in (None, spec.storage) or (call.flag("enabled") and not fields["enabled"]):
            continue
        if content is None or content in spec.content.split(","):
            entries.append({"storage": spec.storage, **fields, **_fraction(fields)})
    return entries


@route("GET", "/nodes/{node}/storage/{storage}")
def node_storage_index(cluster: Cluster, call: Call) -> object:
    """The paths below."""
    _asked(cluster, call)
    return [{"subdir": name} for name in ("content", "rrd", "rrddata", "status", "upload")]


@route("GET", "/nodes/{node}/storage/{storage}/status", protected=True)
def node_storage_status(cluster: Cluster, call: Call) -> object:
    """How full one storage is."""
    return _status(cluster, call.node, _asked(cluster, call))


@route("GET", "/nodes/{node}/storage/{storage}/content", protected=True)
def content(cluster: Cluster, call: Call) -> object:
    """The images on a storage."""
    spec = _asked(cluster, call)
    kind, vmid = call.params.get("content"), call.params.get("vmid")
    if kind not in (None, "images"):
        return []
    return [
        _image(cluster, guest, volume, spec)
        for guest, volume in _volumes(cluster, call.node, spec)
        if vmid is None or guest.vmid == int(vmid)
    ]


@route("GET", "/nodes/{node}/storage/{storage}/rrddata", protected=True)
def storage_history(cluster: Cluster, call: Call) -> object:
    """The history of a storage. The twin keeps none: a single point, of now."""
    fields = _status(cluster, call.node, _asked(cluster, call))
    return [{"time": int(cluster.events.now), "total": fields["total"], "used": fields["used"]}]


def _specs(cluster: Cluster) -> Iterator[StorageSpec]:
    if not any(spec.storage == _LOCAL.storage for spec in cluster.spec.storages):
        yield _LOCAL
    yield from cluster.spec.storages


def _asked(cluster: Cluster, call: Call) -> StorageSpec:
    for spec in _specs(cluster):
        if spec.storage == call.args["storage"]:
            return spec
    raise invalid(storage="No such storage.")


def _definition(cluster: Cluster, spec: StorageSpec) -> Fields:
    fields: Fields = {"storage": spec.storage, "type": spec.kind, "content": spec.content, "digest": _digest(cluster)}
    if is_file_based(spec):
        fields["path"] = "/var/lib/vz" if spec is _LOCAL else f"/mnt/pve/{spec.storage}"
    elif spec.kind == "lvmthin":
        fields |= {"vgname": spec.storage, "thinpool": "data"}
    else:
        fields["pool"] = spec.storage
    if spec.shared:
        fields["shared"] = 1
    if spec.nodes:
        fields["nodes"] = ",".join(spec.nodes)
    return fields


def _digest(cluster: Cluster) -> str:
    return hashlib.sha1(repr(cluster.spec.storages).encode(), usedforsecurity=False).hexdigest()


def _status(cluster: Cluster, node: str, spec: StorageSpec) -> Fields:
    domain = cluster.domains.get((node, spec.storage))
    here = domain is not None or spec is _LOCAL
    total, used = _bytes(domain) if domain else (100 * _GIB if spec is _LOCAL else 0, 10 * _GIB if spec is _LOCAL else 0)
    return {
        "type": spec.kind,
        "content": spec.content,
        "shared": int(spec.shared),
        "active": int(here),
        "enabled": int(here),
        "total": total,
        "used": used,
        "avail": total - used,
    }


def _bytes(domain: Domain) -> tuple[int, int]:
    return int(domain.spec.size_gib * _GIB), int(domain.used_gib * _GIB)


def _fraction(fields: Fields) -> Fields:
    total, used = fields["total"], fields["used"]
    return {"used_fraction": used / total} if isinstance(total, int) and isinstance(used, int) and total else {}


def _volumes(cluster: Cluster, node: str, spec: StorageSpec) -> Iterator[tuple[TwinGuest, Volume]]:
    for guest in cluster.guests.values():
        for volume in guest.volumes.values():
            if volume.storage == spec.storage and (spec.shared or guest.node == node):
                yield guest, volume


def _image(cluster: Cluster, guest: TwinGuest, volume: Volume, spec: StorageSpec) -> Fields:
    fields: Fields = {
        "volid": volume.volid,
        "vmid": guest.vmid,
        "content": "images",
        "size": int(volume.size_gib * _GIB),
        "parent": volume.base,
        "format": "qcow2" if is_file_based(spec) else "raw",
        "ctime": int(cluster.began_at),
    }
    return fields | ({"used": int(volume.fills_gib * _GIB)} if is_file_based(spec) else {})
