"""Capacity: how many more desktops fit, and what runs out first."""

from dataclasses import dataclass

from provisioner.model.status import Status
from provisioner.views.times import stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityDocument:
    """The room for desktops of one profile, if no other profile takes it."""

    profile: str
    free: int
    """How many more desktops fit."""
    binds: str | None
    """The resource that runs out first; None: there is no template to clone from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacitiesDocument:
    """The room for each profile, by name."""

    at: str
    capacity: tuple[CapacityDocument, ...]


def capacities_document(status: Status) -> CapacitiesDocument:
    """The room for each profile, by name."""
    return CapacitiesDocument(at=stamp(status.at), capacity=capacity_documents(status))


def capacity_documents(status: Status) -> tuple[CapacityDocument, ...]:
    """The room for each profile, by name."""
    return tuple(
        CapacityDocument(profile=name, free=room.free, binds=room.binds or None)
        for name, room in sorted(status.capacity.items())
    )
