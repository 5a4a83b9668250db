"""Clone a desktop from a template. The answer is a task with the template's VMID; the end shows as the new VM in a listing."""

from provisioner.actions.spec import ActionSpec, EndSignal, OperationContext
from provisioner.errors import GoneOrMoved, PlaceElsewhere
from provisioner.model.actions import Clone
from provisioner.model.ids import NodeKey, Upid
from provisioner.model.machines.cluster import Guest
from provisioner.model.machines.ownership import note_for
from provisioner.model.people.profiles import CloneKind
from provisioner.pve.requests import request_task
from provisioner.pve.wire import ApiRequest, Operation


def operation(action: Clone, context: OperationContext) -> Operation[Upid]:
    """Order a clone with the signed note, to the reservation's node. Not idempotent: observe before sending it again."""
    template = action.template
    is_full = action.profile.clone is CloneKind.FULL
    options: dict[str, str | int] = {} if action.pool is None else {"pool": action.pool}
    options |= {} if action.storage is None else {"storage": action.storage}
    options |= {} if action.reservation.node == template.node else {"target": action.reservation.node}
    note = note_for(action.reservation, context.key)
    request = ApiRequest(
        method="POST",
        path=f"/nodes/{template.node}/qemu/{template.vmid}/clone",
        endpoint="/nodes/{node}/qemu/{vmid}/clone",
        params={"newid": action.key.vmid, "name": action.desktop, "description": note, "full": int(is_full), **options},
    )
    doing = f"clone {action.desktop} from template {template.vmid} on {template.node}"
    try:
        return (yield from request_task(request, doing))
    except GoneOrMoved as gone:  # the template is gone; another node's template may exist
        raise PlaceElsewhere(str(gone)) from gone


def _node(action: Clone) -> NodeKey:
    return NodeKey(action.template.cluster, action.template.node)


def _reached(action: Clone, guest: Guest | None, _: str) -> bool:
    """Proxmox VE unlocks the VM on the template's node, then moves it to its target, and adds it to its pool last.

    If that last step fails, it frees the disks, and removes the VM unless it has moved (qemu-server, clone_vm). A token may not
    see pools: then the task's end shows it (`execution.completion`).
    """
    return guest is not None and action.is_unlocked(guest) and (action.pool is None or guest.pool == action.pool)


SPEC = ActionSpec(ends=EndSignal.TASK, node=_node, operation=operation, reached=_reached)
