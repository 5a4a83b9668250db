"""The answers of the standing readiness, and what came of drills: a scenario that was tried, on twins or with real desktops."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from provisioner.extensions import Part
from provisioner.model.ids import Instant
from provisioner.reasons.reason import NONE, Reason


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


class DrillPlace(enum.StrEnum):
    """Where a scenario was tried."""

    TWIN = "twin"
    """In virtual time, on twins of the clusters as they were."""
    CANARY = "canary"
    """With some real desktops, on the clusters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDrill:
    """One drill. It counts people and names none."""

    at: Instant
    scenario: str
    place: DrillPlace
    planned: int
    """People who were to have a desktop; of a canary: desktops that were to be made."""
    ready: int
    """Of them, those who had it; of a canary: made, ready, and reached by the probe as far as it could go."""
    batches: int = 0
    """Of a twin's drill: batches of its waves."""
    late_batches: int = 0

    @property
    def held(self) -> bool:
        """Whether nobody was left without, and no batch was late."""
        return self.ready >= self.planned and not self.late_batches


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingState:
    """How ready the site is, by what the store keeps."""

    answer: Readiness | None = None
    """The last one; None: there is none, or nobody asks by itself any more."""
    drills: Mapping[DrillPlace, KeptDrill] = field(default_factory=dict)
    """The last of each kind."""


STATE = Part[StandingState]("readiness", StandingState())


__all__ = ["STATE", "Cause", "DrillPlace", "KeptDrill", "Readiness", "StandingState"]
