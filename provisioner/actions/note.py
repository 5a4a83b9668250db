"""Write a VM's note anew, for the id that its agent has now."""

from provisioner.actions.spec import ActionSpec, EndSignal, OperationContext
from provisioner.model.actions import Note
from provisioner.model.ownership import rewrite_note
from provisioner.pve.requests import own_config, write
from provisioner.pve.wire import Operation


def operation(action: Note, hands: OperationContext) -> Operation[None]:
    """Replace the note where it proves the VM to be this very desktop; refused, by its digest, where it changes meanwhile."""
    config = yield from own_config(action, hands.key, f"note {action.desktop}")
    text = rewrite_note(str(config.get("description", "")), action.reservation, hands.key)
    yield from write(action, {"description": text}, config)


SPEC = ActionSpec(ends=EndSignal.ANSWERED, operation=operation, configures=True, gives_up=False, is_progress=False)
"""No listing shows a note; one whose writing was not answered is written again. It says nothing of how far a desktop is."""
