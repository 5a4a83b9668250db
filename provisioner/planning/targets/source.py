"""A source of targets."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from provisioner.model.machines.desktops import Reservation
from provisioner.planning.targets.facts import TargetFacts
from provisioner.planning.targets.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One policy that brings desktops up, turns them off, deletes them, or keeps them unchanged."""

    name: str
    target: Callable[[TargetFacts, Reservation], Target | None]
    """Its target for a desktop; None: it does not concern this desktop."""
    among: Callable[[TargetFacts], Iterable[Reservation]] = lambda _: ()
    """The desktops that it turns off or deletes, most urgent first. Empty for a source that only raises or keeps."""
