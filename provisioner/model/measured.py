"""What a cluster has shown: how long operations took, and with how many beside them. Nothing in it names a person."""

import enum
from dataclasses import dataclass

from provisioner.model.ids import Instant


class MeasuredKind(enum.StrEnum):
    """What was measured."""

    CLONE = "clone"
    """A linked clone, from its order until its end was observed; the place is a lock domain."""
    FULL_CLONE = "full_clone"
    """The same of a full clone."""
    FIRST_BOOT = "first_boot"
    """A desktop's first boot, from the start order to ready; the place is `cluster/node`."""
    BOOT = "boot"
    """A later boot of a desktop."""
    MIGRATE = "migrate"
    """A desktop's move to another node; the place is the node that it left, as `cluster/node`."""
    ANSWER = "answer"
    """The median of a minute's answers to writes; the place is a cluster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One operation that has ended, or one minute's answers."""

    kind: MeasuredKind
    place: str
    image: str = ""
    """The image of the desktop's profile; empty: an answer's."""
    began_at: Instant
    took_s: float
    parallel: float = 1.0
    """How many ran there during it, with itself, on average; of answers: how many there were."""

    @property
    def group(self) -> tuple[MeasuredKind, str, str]:
        """What is kept together, and counted for the bound on how many are kept."""
        return self.kind, self.place, self.image

    @property
    def ended_at(self) -> Instant:
        """Its end."""
        return self.began_at + self.took_s


KEPT = 200
"""Measurements kept of each group: at σ = 0.15 their median is right within 1.5 %, and last month's do not count any more."""


__all__ = ["KEPT", "MeasuredKind", "Measurement"]
