"""Read a VM's ownership note."""

from provisioner.actions.spec import ActionSpec, EndSignal, OperationContext
from provisioner.errors import OtherKey
from provisioner.model.actions import Verify
from provisioner.model.machines.desktops import Reservation
from provisioner.model.machines.ownership import names_us, read_note
from provisioner.pve.requests import guest_config
from provisioner.pve.wire import Operation


def operation(action: Verify, context: OperationContext) -> Operation[Reservation | None]:
    """The reservation that the note proves for exactly this cluster and VMID; None for a copied or edited note.

    Raises OtherKey when the note names this VM as ours with another signature: then no note can be checked.
    """
    text = yield from read_description(action)
    reservation = read_note(text, context.key, node=action.node.node)
    if reservation is None and names_us(text, context.key, of=action.key):
        raise OtherKey(
            f"verify {action.desktop}: the note on VM {action.key.vmid} names this installation and this VM, and is signed "
            "with another key: put back the note_key it was made with"
        )
    return reservation if reservation is not None and reservation.key == action.key else None


def read_description(action: Verify) -> Operation[str]:
    """The VM's description, which contains the note; empty when there is none."""
    config = yield from guest_config(action.node, action.key.vmid)
    return str(config.get("description", ""))


SPEC = ActionSpec(ends=EndSignal.ANSWERED, operation=operation, writes=False)
