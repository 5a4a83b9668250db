"""Samples of boots, from which a node's boot pace is computed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from provisioner.model.ids import Instant, NodeKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Boot:
    """An ended boot, from the start order to ready. Times in seconds since the epoch."""

    began_at: Instant
    ready_at: Instant

    @property
    def took_s(self) -> float:
        """Its duration in seconds."""
        return self.ready_at - self.began_at


@dataclass(frozen=True, slots=True, kw_only=True)
class BootHistory:
    """The latest boots."""

    of_node: Mapping[NodeKey, Sequence[Boot]] = field(default_factory=dict)
    """The boots of each node, in the order they were recorded."""
    durations: Sequence[float] = ()
    """Durations of many boots of all nodes, in seconds."""
