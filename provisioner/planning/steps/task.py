"""The input of a step: a desktop and its target."""

from dataclasses import dataclass

from provisioner.model.demand import Want
from provisioner.model.machines.desktops import Reservation
from provisioner.model.people.profiles import Profile
from provisioner.planning.targets.source import Source
from provisioner.planning.targets.target import Target
from provisioner.reasons.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseTask:
    """A wanted desktop, to be brought up."""

    want: Want
    desktop: Reservation
    profile: Profile
    """The profile it was created with, whatever profile its agent would get today."""
    target: Target
    source: Source
    why: Reason
    """The reason for its phase."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LowerTask:
    """A desktop to be shut down or deleted."""

    desktop: Reservation
    profile: Profile | None
    """None: the profile is no longer configured."""
    target: Target
    source: Source
    why: Reason
    """The reason for its phase."""
