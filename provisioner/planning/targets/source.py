"""A source of targets."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from provisioner.model.desktops import Reservation
from provisioner.planning.targets.facts import TargetFacts
from provisioner.planning.targets.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One reason why desktops are to be up, off, gone, or left as they are."""

    name: str
    target: Callable[[TargetFacts, Reservation], Target | None]
    """What it wants of a desktop; None: it has no say in it."""
    among: Callable[[TargetFacts], Iterable[Reservation]] = lambda _: ()
    """The desktops that it wants off or gone, in its own order of urgency. Empty for a source that only raises or keeps."""
