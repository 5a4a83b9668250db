"""Rewrite a VM's note with its agent's new id."""

from provisioner.actions.spec import ActionSpec, EndSignal, OperationContext
from provisioner.model.actions import Note
from provisioner.model.machines.ownership import rewrite_note
from provisioner.pve.requests import own_config, write
from provisioner.pve.wire import Operation


def operation(action: Note, context: OperationContext) -> Operation[None]:
    """Replace the note if it proves the VM to be this desktop; refused when it changes in between (by its digest)."""
    config = yield from own_config(action, context.key, f"note {action.desktop}")
    text = rewrite_note(str(config.get("description", "")), action.reservation, context.key)
    yield from write(action, {"description": text}, config)


SPEC = ActionSpec(ends=EndSignal.ANSWERED, operation=operation, configures=True, gives_up=False, is_progress=False)
"""No listing shows a note, so a write without an answer is repeated. It is not progress of the desktop."""
