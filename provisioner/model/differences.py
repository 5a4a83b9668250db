"""One thing that a scenario does otherwise than another."""

from dataclasses import dataclass

from provisioner.model.ids import WaveName
from provisioner.reasons.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that the second scenario does otherwise."""

    wave: WaveName | None
    """None: it concerns all."""
    what: Reason
    sign: int = 0
    """1: more of something, or later; -1: less, or earlier; 0: neither can be said."""


__all__ = ["Difference"]
