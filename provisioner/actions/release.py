"""Take a desktop from its agent, only in the store."""

from provisioner.actions.spec import ActionSpec, EndSignal
from provisioner.model.actions import Release

SPEC: ActionSpec[Release] = ActionSpec(ends=EndSignal.STORED, node=lambda _: None, destroys=True)
