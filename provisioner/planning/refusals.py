"""Why something cannot be placed now."""

from typing import NamedTuple


class Refusal(NamedTuple):
    """One reason."""

    binds: str
    """One of actions.DEFERRED_BY."""
    text: str
    """What a person can act on."""
