"""How many more desktops fit: now, and after a node is lost."""

from dataclasses import dataclass
from typing import NamedTuple

from provisioner.model.ids import NodeKey
from provisioner.model.quorum import VotesLeft
from provisioner.model.words import WaitsFor
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.room import NO_QUORUM_LEFT, QUORUM_UNSAID


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
    """What is left of its cluster's votes, where that is no quorum; None: it has one."""

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
