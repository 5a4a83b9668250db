"""Why something cannot be placed now."""

from typing import NamedTuple

from provisioner.model.words import WaitsFor


class Refusal(NamedTuple):
    """One reason."""

    binds: WaitsFor
    """What it waits for, in one word; empty: nothing in particular."""
    text: str
    """What a person can act on."""
