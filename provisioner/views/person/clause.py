"""What the sentence is made of, after the person's name."""

import enum
from dataclasses import dataclass

from provisioner.reasons.reason import Reason


class Standing(enum.StrEnum):
    """How a person stands with a desktop; words of the API."""

    READY = "ready"
    """There is one, and people can log on."""
    SOON = "soon"
    """It is made, started or handed over, and nothing is in the way."""
    LATER = "later"
    """It comes at a time that is planned: a wave, a half-day, the hours."""
    WAITS = "waits"
    """It should be there, and something is in the way."""
    HANGS = "hangs"
    """There is one, and it does not answer, or does not come up."""
    FAILED = "failed"
    """There is one, and it was given up."""
    UNKNOWN = "unknown"
    """There is one, and whether it can be used is not known."""
    NONE = "none"
    """Nothing gives this person one."""


class Basis(enum.Enum):
    """What a clause rests on: where that is old, the sentence says so."""

    CLUSTER = enum.auto()
    DIRECTORY = enum.auto()
    PLAN = enum.auto()


_IN_THE_WAY = frozenset({Standing.WAITS, Standing.HANGS, Standing.FAILED, Standing.UNKNOWN, Standing.NONE})


@dataclass(frozen=True, slots=True)
class Clause:
    """What is so."""

    standing: Standing
    says: Reason
    """It goes on from the person's name."""
    ground: Basis = Basis.CLUSTER

    @property
    def in_the_way(self) -> bool:
        """Whether something that is not a plan stands between the person and a desktop."""
        return self.standing in _IN_THE_WAY


__all__ = ["Basis", "Clause", "Standing"]
