"""Building blocks of operations."""

from collections.abc import Mapping, Set
from typing import TypeVar

from provisioner.errors import Forbidden, GoneOrMoved, HypervisorError, NotOurs, OutcomeUnknown
from provisioner.model.actions import OnNode
from provisioner.model.ids import NodeKey, Upid, Vmid
from provisioner.model.machines.ownership import NoteKey, read_note
from provisioner.pve.desktop_config import Parameters
from provisioner.pve.faults import error_for
from provisioner.pve.wire import ApiRequest, ApiResponse, Operation

T = TypeVar("T")


def data_of(response: ApiResponse, doing: str) -> object:
    """An answer's data; raises its error."""
    if not response.ok:
        raise error_for(response, doing)
    return response.data


def ask(request: ApiRequest, doing: str) -> Operation[object]:
    """Send one request; returns its answer's data."""
    return data_of((yield request), doing)


def request_task(request: ApiRequest, doing: str) -> Operation[Upid]:
    """Send one request whose answer is a task id."""
    data = yield from ask(request, doing)
    if isinstance(data, str) and data.startswith("UPID:"):
        return Upid(data)
    raise OutcomeUnknown(f"{doing}: accepted, but the answer names no task")


def get(path: str) -> ApiRequest:
    """A GET request for a path without ids."""
    return ApiRequest(method="GET", path=path, endpoint=path)


def of_guest(method: str, node: NodeKey, vmid: Vmid, tail: str, params: Mapping[str, str | int]) -> ApiRequest:
    """A request about one VM; `tail` follows the VMID in the path."""
    return ApiRequest(
        method=method,
        path=f"/nodes/{node.node}/qemu/{vmid}{tail}",
        endpoint=f"/nodes/{{node}}/qemu/{{vmid}}{tail}",
        params=params,
    )


def object_of(data: object, where: str) -> Mapping[str, object]:
    """The data as an object; raises HypervisorError for any other kind of answer."""
    if not isinstance(data, dict):
        raise HypervisorError(f"{where}: the answer is not an object")
    return data


def existence_of(vmids: Set[Vmid]) -> Operation[dict[Vmid, bool]]:
    """Whether VMs with these VMIDs exist, also those the token may not see. VMIDs without an answer are left out."""
    existence: dict[Vmid, bool] = {}
    for vmid in sorted(vmids):
        path = "/cluster/nextid"
        response: ApiResponse = yield ApiRequest(method="GET", path=path, endpoint=path, params={"vmid": vmid})
        if response.ok or "already exists" in response.errors.get("vmid", ""):
            existence[vmid] = not response.ok
    return existence


def unless_gone(operation: Operation[T], vmid: Vmid) -> Operation[T]:
    """The operation on a VM, whose refusal as forbidden is asked about: raises GoneOrMoved if there is no such VM.

    Rights on a pool end with the VM that was in it. So to a token that has no others Proxmox VE says 403 of a VM that is gone,
    where it would say 500 to root.
    """
    try:
        return (yield from operation)
    except Forbidden as refused:
        if (yield from existence_of({vmid})).get(vmid) is False:
            raise GoneOrMoved(f"{refused}: VM {vmid} is gone") from refused
        raise


def guest_config(node: NodeKey, vmid: Vmid) -> Operation[Mapping[str, object]]:
    """Read a VM's configuration."""
    doing = f"read the configuration of VM {vmid} on {node}"
    return object_of((yield from ask(of_guest("GET", node, vmid, "/config", {}), doing)), doing)


def own_config(action: OnNode, key: NoteKey, doing: str) -> Operation[Mapping[str, object]]:
    """Read the VM's configuration; raises NotOurs unless its note proves that it is this desktop."""
    config = yield from guest_config(action.node, action.key.vmid)
    note = read_note(str(config.get("description", "")), key, node=action.node.node)
    ours = note is not None and (note.key, note.name) == (action.key, action.desktop)
    if note is None or not (ours and action.reservation.may_be_noted_as(note.seat)):
        raise NotOurs(f"{doing}: the note on VM {action.key.vmid} does not prove it to be {action.desktop}: it was not sent")
    return config


def write(action: OnNode, params: Parameters, read: Mapping[str, object]) -> Operation[None]:
    """Write configuration; refused by the digest in `read` when the configuration has changed since."""
    if "digest" in read:
        params = {**params, "digest": str(read["digest"])}
    yield from ask(of_guest("PUT", action.node, action.key.vmid, "/config", params), f"{action.word} {action.desktop}")


__all__ = [
    "ask", "data_of", "existence_of", "get", "guest_config", "object_of", "of_guest", "own_config", "request_task",
    "unless_gone", "write",
]  # fmt: skip
