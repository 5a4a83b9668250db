"""Destroy a stopped desktop whose note proves it ours."""

from provisioner.actions.spec import ActionSpec, EndSignal, OperationContext
from provisioner.errors import GoneOrMoved, OutcomeUnknown
from provisioner.model.actions import Delete
from provisioner.model.ids import Upid
from provisioner.model.machines.cluster import Guest
from provisioner.pve.requests import of_guest, own_config, request_task
from provisioner.pve.wire import Operation


def operation(action: Delete, context: OperationContext) -> Operation[Upid]:
    """Destroy the VM, and remove its VMID from backup, replication and HA, since another VM may take the VMID next.

    Disks not in its configuration stay: a disk with its VMID may belong to someone else.
    """
    doing = f"delete {action.desktop}"
    yield from own_config(action, context.key, doing)
    params = {"purge": 1, "destroy-unreferenced-disks": 0}
    return (yield from request_task(of_guest("DELETE", action.node, action.key.vmid, "", params), doing))


def _reached(_: Delete, guest: Guest | None, __: str) -> bool:
    return guest is None


SPEC = ActionSpec(
    ends=EndSignal.TASK,
    operation=operation,
    reached=_reached,
    tasks=("qmdestroy",),
    destroys=True,
    gives_up=False,
    # A VM that is not there was deleted already or has moved: the next observation decides.
    unsettled_by=(OutcomeUnknown, GoneOrMoved),
)
"""A failed delete is retried without limit; the desktop does not count as failed."""
