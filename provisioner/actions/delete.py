"""Destroy a stopped desktop whose own note proves it ours."""

from provisioner.actions.spec import ActionSpec, EndSignal, OperationContext
from provisioner.errors import GoneOrMoved, OutcomeUnknown
from provisioner.model.actions import Delete
from provisioner.model.cluster import Guest
from provisioner.model.ids import Upid
from provisioner.pve.requests import of_guest, order, own_config
from provisioner.pve.wire import Operation


def operation(action: Delete, hands: OperationContext) -> Operation[Upid]:
    """Destroy it, and drop the VMID from backup, replication and HA: the next VM under it is another one.

    Disks that its configuration does not name stay: one that bears its number may be somebody else's.
    """
    doing = f"delete {action.desktop}"
    yield from own_config(action, hands.key, doing)
    params = {"purge": 1, "destroy-unreferenced-disks": 0}
    return (yield from order(of_guest("DELETE", action.node, action.key.vmid, "", params), doing))


def _reached(_: Delete, guest: Guest | None, __: str) -> bool:
    return guest is None


SPEC = ActionSpec(
    ends=EndSignal.TASK,
    operation=operation,
    reached=_reached,
    tasks=("qmdestroy",),
    destroys=True,
    gives_up=False,
    # What is to be deleted and is not there has gone, or has moved elsewhere: an observation tells.
    unsettled_by=(OutcomeUnknown, GoneOrMoved),
)
"""What cannot be deleted is kept: it is tried again and again, and is no failed desktop."""
