"""Why something cannot be placed now."""

from typing import NamedTuple

from provisioner.model.words import WaitsFor
from provisioner.reasons.reason import Reason


class Refusal(NamedTuple):
    """One reason."""

    binds: WaitsFor
    """What it waits for, in one word; empty: nothing in particular."""
    text: Reason
    """What a person can act on."""
