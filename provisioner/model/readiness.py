"""Standing readiness: which part of the people of a scenario would have their desktop in time if it were started now."""

from dataclasses import dataclass

from provisioner.model.ids import Instant
from provisioner.reasons.reason import NONE, Reason

READINESS_KEPT = 800
"""The latest ones: two years of nights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Something that does not hold."""

    what: Reason
    people: int
    """Who would have no desktop in time because of it alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """The answer of one run. It counts people and names none."""

    at: Instant
    scenario: str
    wanted: int
    """People who are to have a desktop."""
    ready: int
    """Of them, those who would have it in time, and could use it."""
    causes: tuple[Cause, ...] = ()
    """Why not all: what costs most first."""
    doubts: tuple[Reason, ...] = ()
    """What costs nobody a desktop as things are, and should be mended."""
    trials: tuple[Reason, ...] = ()
    """What trial desktops have shown that were made, reached and deleted, with times."""
    untried: Reason = NONE
    """Why no trial desktop was made that was asked for: then nobody knows whether they could use theirs."""

    @property
    def percent(self) -> int | None:
        """The number: rounded down, so that 100 is everybody; None: not known."""
        if self.untried:
            return None
        return 100 * self.ready // self.wanted if self.wanted else 0

    @property
    def ratio(self) -> float | None:
        """The same from 0 to 1."""
        if self.untried:
            return None
        return self.ready / self.wanted if self.wanted else 0.0


__all__ = ["READINESS_KEPT", "Cause", "Readiness"]
