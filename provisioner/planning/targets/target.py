"""What is to become of one desktop."""

import enum
from dataclasses import dataclass

from provisioner.model.words import WaitsFor
from provisioner.reasons.reason import Reason


class TargetLevel(enum.StrEnum):
    """How far a desktop is to be brought, or taken back."""

    ABSENT = "absent"
    """Its VM is to be deleted."""
    OFF = "off"
    """It is to be shut down."""
    AS_IS = "as_is"
    """It is neither started nor shut down."""
    MADE = "made"
    """At least cloned and configured; what runs is left running."""
    RUNNING = "running"
    """Booted and ready, and not given to its agent yet."""
    READY = "ready"
    """Ready, and given to its agent."""


DOWNWARD = (TargetLevel.ABSENT, TargetLevel.OFF)
UPWARD = (TargetLevel.MADE, TargetLevel.RUNNING, TargetLevel.READY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A level, and the reason for it."""

    level: TargetLevel
    because: Reason
    binds: WaitsFor = WaitsFor.NOTHING
    """What the desktop waits for as long as the target is not reached."""
    insists: bool = False
    """Sessions that cannot be known any more count as none: an operator answers for it."""
