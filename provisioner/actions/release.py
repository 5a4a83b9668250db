"""Take a desktop from its agent, in the store alone."""

from provisioner.actions.spec import ActionSpec, Ends
from provisioner.model.actions import Release

SPEC: ActionSpec[Release] = ActionSpec(ends=Ends.STORED, node=lambda _: None, destroys=True)
