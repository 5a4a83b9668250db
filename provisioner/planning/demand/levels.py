"""How far a desktop is that is made ahead of need. Pure."""

from provisioner.model.demand import Want
from provisioner.model.desktops import Phase
from provisioner.model.scenarios import Level


def is_prepared(want: Want, phase: Phase) -> bool:
    """Whether a desktop in this phase is as far as its wave's level asks. What runs is more than what is stopped."""
    return phase is Phase.READY or (phase is Phase.STOPPED and want.level is Level.STOPPED)
