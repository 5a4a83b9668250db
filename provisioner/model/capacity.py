"""How many more desktops fit: now, and after a node is lost; and whether the nodes that are left keep the cluster's quorum.

Without quorum Proxmox VE writes nothing, and no node counts as away: none of the lost desktops is made again, not even
elsewhere.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from provisioner.model.ids import NodeKey, NodeName
from provisioner.model.words import WaitsFor
from provisioner.reasons.people import NO_QUORUM_LEFT, QUORUM_UNSAID
from provisioner.reasons.reason import NONE, Reason


class VotesLeft(NamedTuple):
    """Votes after a loss, of those that the cluster expects: not more than half of them."""

    left: int
    of: int
    guessed: bool = False
    """The cluster has not said its votes: it may have a quorum all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Votes:
    """The votes in the cluster's own configuration, as far as they were asked for."""

    nodes: Mapping[NodeName, int] = field(default_factory=dict, hash=False)
    """Of a node that is not in it: one, as Proxmox VE gives."""
    device: int = 0
    """Those of a QDevice, which the cluster expects whether it is connected or not."""
    device_away: bool = False
    """It is not connected."""
    guessed: bool = False
    """Not said: one for each node, and no QDevice."""


def losses_of_quorum(online: Mapping[NodeName, bool], votes: Votes) -> Iterator[tuple[NodeName, VotesLeft]]:
    """The online nodes whose loss leaves no quorum, with what they leave. `online`: every node of the cluster."""
    each = {name: votes.nodes.get(name, 1) for name in online}
    of = sum(each.values()) + votes.device
    now = sum(each[name] for name in online if online[name]) + (0 if votes.device_away else votes.device)
    guessed = votes.guessed and len(online) > 1  # nothing is left of a node alone, whatever it counts
    for name in online:
        if online[name] and 2 * (left := now - each[name]) <= of:
            yield name, VotesLeft(left, of, guessed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """How many more desktops of a profile fit, and which resource runs out first."""

    free: int
    binds: WaitsFor
    """A resource (words.RESOURCES); empty: there is no template to clone from."""


class Gain(NamedTuple):
    """How many more desktops of a profile would fit if one resource had no limit."""

    kind: str
    """The resource: a word of WaitsFor, or of a ceiling from outside."""
    more: int
    """If it had none anywhere."""
    place: str
    """Where alone most is gained: a node, a storage, a cluster or a pool; empty: nowhere."""
    there: int
    """If it had none in this place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeLoss:
    """How many more desktops of a profile would fit after a node is lost and its desktops are made again elsewhere.

    So are those of nodes that are away already. Negative: so many of all profiles' desktops would find no place. The bounds
    differ only if several profiles compete, or nobody knows whether a quorum is left. A cluster that has none then is
    lost with all that its lost nodes had.
    """

    node: NodeKey
    at_least: int
    at_most: int
    votes: VotesLeft | None = None
    """What is left of its cluster's votes, where that is not a quorum; None: it has one."""

    @property
    def because(self) -> Reason:
        """Why none of its cluster's lost desktops is made again, or perhaps none; empty: they are, as far as they fit."""
        if self.votes is None:
            return NONE
        return QUORUM_UNSAID() if self.votes.guessed else NO_QUORUM_LEFT(left=self.votes.left, of=self.votes.of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What would change a profile's capacity."""

    losses: tuple[NodeLoss, ...] = ()
    """The loss of each node, the worst first; of equal ones first the node with the most desktops."""
    gains: tuple[Gain, ...] = ()
    """What would add most, the most first; without what would add nothing alone."""

    @property
    def worst(self) -> NodeLoss | None:
        """The loss that leaves the least; None: there is no node."""
        return self.losses[0] if self.losses else None
