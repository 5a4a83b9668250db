"""Configure a desktop again that is off: its profile has changed, or an operator has ordered it."""

from provisioner.actions.spec import ActionSpec, EndSignal, OperationContext
from provisioner.errors import InUse
from provisioner.model.actions import Reconfigure
from provisioner.model.machines.cluster import Guest
from provisioner.model.vm_marks import is_configured
from provisioner.pve.desktop_config import changed_config
from provisioner.pve.desktop_settings import changed_since
from provisioner.pve.requests import ask, object_of, of_guest, own_config, write
from provisioner.pve.wire import Operation


def operation(action: Reconfigure, context: OperationContext) -> Operation[None]:
    """Read the configuration, make sure that the VM is off, write what has changed.

    Refused when the configuration changes in between (by its digest), and when the note does not prove the VM ours. A listing
    may show a VM as off up to 10 s after somebody has started it; a change of its bridge would then cut the network at once.
    """
    doing = f"reconfigure {action.desktop}"
    config = yield from own_config(action, context.key, doing)
    request = of_guest("GET", action.node, action.key.vmid, "/status/current", {})
    status = object_of((yield from ask(request, doing)), doing).get("status")
    if status != "stopped":
        raise InUse(f"{doing}: its VM is {status} by now: it was not sent")
    yield from write(action, changed_config(action, context.key.installation, config), config)


def _reached(action: Reconfigure, guest: Guest | None, installation: str) -> bool:
    if guest is None or not is_configured(guest, installation):
        return False
    return not changed_since(guest.tags, action.reservation, action.profile)


SPEC = ActionSpec(
    ends=EndSignal.WRITTEN,
    operation=operation,
    reached=_reached,
    configures=True,
    gives_up=False,
    holds_up=False,
)
"""A desktop that cannot be configured again works as before: it is started with what it has."""
