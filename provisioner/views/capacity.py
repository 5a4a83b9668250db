"""Capacity: how many more desktops fit, also after the loss of a node; what runs out first, and what would add most."""

from dataclasses import dataclass

from provisioner.model.capacity import Gain, NodeLoss, Outlook
from provisioner.model.status import Status
from provisioner.views.reasons import ReasonDocument, reason_or_none
from provisioner.views.times import stamp

_NOTHING = Outlook()


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeLossDocument:
    """The room after a node is lost and its desktops are made again elsewhere; negative: so many would find no place.

    The bounds differ only where several profiles compete.
    """

    node: str
    at_least: int
    at_most: int
    because: ReasonDocument | None
    """Why none of its cluster's lost desktops is made again: no quorum is left; None: they are, as far as they fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GainDocument:
    """What would fit in addition if one resource had no limit."""

    resource: str
    more: int
    """If it had none anywhere."""
    place: str | None
    """Where alone most is gained: a node, a storage, a cluster or a pool of addresses; None: nowhere."""
    more_there: int
    """If it had none in this place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityDocument:
    """The room for desktops of one profile, if no other profile takes it."""

    profile: str
    free: int
    """How many more desktops fit."""
    binds: str | None
    """The resource that runs out first; None: there is no template to clone from."""
    after_loss: tuple[NodeLossDocument, ...]
    """The loss of each node, the worst first. While resources change it is up to a minute old."""
    gains: tuple[GainDocument, ...]
    """What would add most, the most first; without what would add nothing alone."""


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
    outlook = {name: status.outlook.get(name, _NOTHING) for name in status.capacity}
    return tuple(
        CapacityDocument(
            profile=name,
            free=room.free,
            binds=room.binds or None,
            after_loss=tuple(map(loss_document, outlook[name].losses)),
            gains=tuple(map(gain_document, outlook[name].gains)),
        )
        for name, room in sorted(status.capacity.items())
    )


def loss_document(loss: NodeLoss) -> NodeLossDocument:
    """The loss of one node."""
    because = reason_or_none(loss.because)
    return NodeLossDocument(node=str(loss.node), at_least=loss.at_least, at_most=loss.at_most, because=because)


def gain_document(gain: Gain) -> GainDocument:
    """What one resource would add."""
    return GainDocument(resource=gain.kind, more=gain.more, place=gain.place or None, more_there=gain.there)
