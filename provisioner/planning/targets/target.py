"""The level that a desktop is to reach, and why."""

import enum
from dataclasses import dataclass

from provisioner.model.intents import NO_TERMS, Terms
from provisioner.model.words import WaitsFor
from provisioner.reasons.reason import Reason


class TargetLevel(enum.StrEnum):
    """The level that a desktop is to reach."""

    ABSENT = "absent"
    """Its VM is to be deleted."""
    OFF = "off"
    """It is to be shut down."""
    AS_IS = "as_is"
    """It is neither started nor shut down."""
    MADE = "made"
    """At least cloned and configured; if it runs, it stays running."""
    RUNNING = "running"
    """Booted and ready, but not yet assigned to its agent."""
    READY = "ready"
    """Ready, and assigned to its agent."""


DOWNWARD = (TargetLevel.ABSENT, TargetLevel.OFF)
UPWARD = (TargetLevel.MADE, TargetLevel.RUNNING, TargetLevel.READY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A level, and the reason for it."""

    level: TargetLevel
    because: Reason
    binds: WaitsFor = WaitsFor.NOTHING
    """What the desktop waits for until it reaches the target."""
    insists: bool = False
    """Unknown sessions count as none: an operator has taken responsibility."""
    terms: Terms = NO_TERMS
    """Of the order that insists."""
