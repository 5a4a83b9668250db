"""What is measured of boots: the stuff that a node's pace is made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from provisioner.model.ids import Instant, NodeKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Boot:
    """A boot that has ended: from the start order to ready, in seconds since the epoch."""

    began_at: Instant
    ready_at: Instant

    @property
    def took_s(self) -> float:
        """How long it took."""
        return self.ready_at - self.began_at


@dataclass(frozen=True, slots=True, kw_only=True)
class BootHistory:
    """The latest boots."""

    of_node: Mapping[NodeKey, Sequence[Boot]] = field(default_factory=dict)
    """Of each node, in the order in which they were told."""
    durations: Sequence[float] = ()
    """Of many boots of all nodes, in seconds."""
