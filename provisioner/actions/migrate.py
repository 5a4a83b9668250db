"""Move a desktop to another node: live if it runs. Proxmox VE is asked first what stands against it."""

from collections.abc import Mapping

from provisioner.actions.spec import ActionSpec, EndSignal, OperationContext
from provisioner.errors import Forbidden, Refused
from provisioner.model.actions import Migrate
from provisioner.model.ids import Upid
from provisioner.model.machines.cluster import Guest
from provisioner.pve.privileges import TO_MOVE
from provisioner.pve.requests import ask, object_of, of_guest, own_config, request_task
from provisioner.pve.wire import ApiRequest, Operation

MOVED_BY_US = "qmigrate"
"""The kind of a task that moves; of an HA resource `hamigrate`, which only asks HA's manager to."""


def operation(action: Migrate, context: OperationContext) -> Operation[Upid]:
    """Prove it ours, ask for local disks and devices, then order the move. Refused with what is local.

    The token may lack VM.Migrate, which nothing else needs: that says nothing about its other rights.
    """
    doing = f"migrate {action.desktop} to {action.target}"
    yield from own_config(action, context.key, doing)
    try:
        found = object_of((yield from ask(_request(action, "GET", {"target": action.target}), doing)), doing)
        if local := _local(found):
            raise Refused(f"{doing}: {', '.join(local)} can be used on {action.node.node} only: it was not sent")
        online = int(bool(found.get("running")))
        return (yield from request_task(_request(action, "POST", {"target": action.target, "online": online}), doing))
    except Forbidden as forbidden:
        raise Refused(f"{doing}: the token needs {TO_MOVE} on the desktops: {forbidden}") from forbidden


def _request(action: Migrate, method: str, params: Mapping[str, str | int]) -> ApiRequest:
    return of_guest(method, action.node, action.key.vmid, "/migrate", params)


def _local(found: Mapping[str, object]) -> list[str]:
    """Drives and devices that only its node has."""
    disks, devices = found.get("local_disks"), found.get("local_resources")
    named = [str(disk.get("drivename") or disk.get("volid")) for disk in _list(disks) if isinstance(disk, dict)]
    return [*named, *map(str, _list(devices))]


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _reached(action: Migrate, guest: Guest | None, _: str) -> bool:
    """Away is away: a scheduler may have moved it on."""
    return guest is not None and guest.node != action.node.node and guest.lock is None


SPEC = ActionSpec(ends=EndSignal.TASK, operation=operation, reached=_reached, tasks=(MOVED_BY_US, "hamigrate"), gives_up=False)
"""A desktop that cannot be moved works where it is: the move is retried without limit, and it does not count as failed."""
