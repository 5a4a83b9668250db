"""Why a desktop cannot be placed now."""

from typing import NamedTuple

from provisioner.model.words import WaitsFor
from provisioner.reasons.reason import Reason


class Refusal(NamedTuple):
    """One reason."""

    binds: WaitsFor
    """The word of what it waits for; empty: nothing in particular."""
    text: Reason
    """A text that an operator can act on."""
