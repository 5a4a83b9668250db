"""Whether the nodes that are left keep a cluster's quorum once another one is lost. Pure.

Without it Proxmox VE writes nothing, and no node counts as away: none of the lost desktops is made again, not even elsewhere.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from provisioner.model.ids import NodeName


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


__all__ = ["Votes", "VotesLeft", "losses_of_quorum"]
