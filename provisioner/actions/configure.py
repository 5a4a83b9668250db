"""Set sizes, network, cloud-init and tags of a clone: answered when it is written; the configured tag shows it."""

from provisioner.actions.spec import ActionSpec, EndSignal, OperationContext
from provisioner.model.actions import Configure
from provisioner.model.cluster import Guest
from provisioner.model.vm_marks import is_configured
from provisioner.pve.desktop_config import desktop_config
from provisioner.pve.requests import own_config, write
from provisioner.pve.wire import Operation


def operation(action: Configure, hands: OperationContext) -> Operation[None]:
    """One synchronous write. What its template says beside is read first and kept.

    Refused where somebody changes the VM meanwhile, by its digest, and where its note does not prove it ours: since it was
    cloned somebody may have made their own under its number.
    """
    config = yield from own_config(action, hands.key, f"configure {action.desktop}")
    yield from write(action, desktop_config(action, hands.key.installation, config), config)


def _reached(_: Configure, guest: Guest | None, installation: str) -> bool:
    return guest is not None and is_configured(guest, installation)


SPEC = ActionSpec(ends=EndSignal.WRITTEN, operation=operation, reached=_reached, configures=True)
