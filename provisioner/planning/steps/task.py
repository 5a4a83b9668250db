"""One desktop, and what is to become of it."""

from dataclasses import dataclass

from provisioner.model.demand import Want
from provisioner.model.desktops import Reservation
from provisioner.model.profiles import Profile
from provisioner.planning.targets.source import Source
from provisioner.planning.targets.target import Target
from provisioner.reasons.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseTask:
    """The desktop of a seat that is wanted."""

    want: Want
    desktop: Reservation
    profile: Profile
    """What the desktop was made of, whatever its agent would get today."""
    target: Target
    source: Source
    why: Reason
    """What its phase was concluded from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LowerTask:
    """A desktop that is to be off, or gone."""

    desktop: Reservation
    profile: Profile | None
    """None: it is not configured any more."""
    target: Target
    source: Source
    why: Reason
    """What its phase was concluded from."""
