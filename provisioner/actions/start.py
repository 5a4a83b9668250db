"""Power on. The answer is a task, even for a VM that is missing, locked or already running."""

from provisioner.actions.spec import ActionSpec, EndSignal, OperationContext
from provisioner.model.actions import Start
from provisioner.model.ids import Upid
from provisioner.model.machines.cluster import Guest, Power
from provisioner.pve.requests import of_guest, own_config, request_task
from provisioner.pve.wire import Operation


def operation(action: Start, context: OperationContext) -> Operation[Upid]:
    """Start the VM; the task shows whether it worked. With `prove`, read the VM's note first."""
    if action.prove:
        yield from own_config(action, context.key, f"start {action.desktop}")
    request = of_guest("POST", action.node, action.key.vmid, "/status/start", {})
    return (yield from request_task(request, f"start {action.desktop}"))


def _reached(_: Start, guest: Guest | None, __: str) -> bool:
    return guest is not None and guest.power is Power.RUNNING


SPEC = ActionSpec(
    ends=EndSignal.TASK, operation=operation, reached=_reached, tasks=("qmstart", "hastart"), already_so_is_done=True
)
