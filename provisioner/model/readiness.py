"""Standing readiness: which part of the people of a scenario would have their desktop in time if it were started now."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.model.ids import Instant
from provisioner.model.store_fit import HistoryTable
from provisioner.reasons.reason import NONE, Reason, from_document, to_document
from provisioner.reasons.store import KEEP_READINESS, READ_READINESS


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


def _document(answer: Readiness) -> Mapping[str, Any]:
    return {
        "scenario": answer.scenario,
        "wanted": answer.wanted,
        "ready": answer.ready,
        "causes": [{"what": to_document(cause.what), "people": cause.people} for cause in answer.causes],
        "doubts": [to_document(doubt) for doubt in answer.doubts],
        "trials": [to_document(trial) for trial in answer.trials],
        "untried": to_document(answer.untried) if answer.untried else None,
    }


def _value(at: Instant, document: Mapping[str, Any]) -> Readiness:
    return Readiness(
        at=at,
        scenario=document["scenario"],
        wanted=document["wanted"],
        ready=document["ready"],
        causes=tuple(Cause(what=from_document(cause["what"]), people=cause["people"]) for cause in document["causes"]),
        doubts=tuple(map(from_document, document["doubts"])),
        trials=tuple(map(from_document, document["trials"])),
        untried=from_document(untried) if (untried := document.get("untried")) else NONE,
    )


ANSWERS = HistoryTable(
    name="readiness",
    most=800,  # two years of nights
    document=_document,
    value=_value,
    reading=READ_READINESS(),
    keeping=KEEP_READINESS(),
)

__all__ = ["ANSWERS", "Cause", "Readiness"]
