"""Assign a ready desktop to its agent, only in the store."""

from provisioner.actions.spec import ActionSpec, EndSignal
from provisioner.model.actions import Assign

SPEC: ActionSpec[Assign] = ActionSpec(ends=EndSignal.STORED, node=lambda _: None, writes=False)
