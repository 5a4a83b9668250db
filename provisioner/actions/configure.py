"""Set a clone's sizes, network, cloud-init and tags. The answer comes when it is written; the configured tag shows its end."""

from provisioner.actions.spec import ActionSpec, EndSignal, OperationContext
from provisioner.model.actions import Configure
from provisioner.model.machines.cluster import Guest
from provisioner.model.vm_marks import is_configured
from provisioner.pve.desktop_config import desktop_config
from provisioner.pve.requests import own_config, write
from provisioner.pve.wire import Operation


def operation(action: Configure, context: OperationContext) -> Operation[None]:
    """Read the configuration, then write it once. Other settings from the template stay.

    Refused when the configuration changes in between (by its digest), and when the note does not prove the VM ours: another
    VM may have taken the VMID since the clone.
    """
    config = yield from own_config(action, context.key, f"configure {action.desktop}")
    yield from write(action, desktop_config(action, context.key.installation, config), config)


def _reached(_: Configure, guest: Guest | None, installation: str) -> bool:
    return guest is not None and is_configured(guest, installation)


SPEC = ActionSpec(ends=EndSignal.WRITTEN, operation=operation, reached=_reached, configures=True)
