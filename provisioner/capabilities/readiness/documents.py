"""Standing readiness: an answer with its causes, and the answers of earlier nights."""

from collections.abc import Iterable
from dataclasses import dataclass

from provisioner.capabilities.readiness.model import KeptDrill, Readiness
from provisioner.views.reasons import ReasonDocument, reason_document
from provisioner.views.times import stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessCauseDocument:
    """Something that does not hold."""

    people: int
    """Who would have no desktop in time because of it alone."""
    because: ReasonDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessDocument:
    """Which part of the people would have had their desktop in time, if the surge had begun then."""

    at: str
    scenario: str
    percent: int | None
    """Rounded down: 100 is everybody. Null: not known."""
    wanted: int
    ready: int
    causes: tuple[ReadinessCauseDocument, ...]
    """Why not all: what costs most first."""
    doubts: tuple[ReasonDocument, ...]
    """What costs nobody a desktop as things are, and should be mended."""
    trials: tuple[ReasonDocument, ...]
    """What trial desktops have shown that were made, reached as a person would, and deleted."""
    untried: ReasonDocument | None
    """Why no trial desktop was made that was asked for: then the percent is null."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillDocument:
    """What came of a drill."""

    at: str
    scenario: str
    place: str
    """`twin`: rehearsed in virtual time; `canary`: with some real desktops."""
    planned: int
    """People who were to have a desktop; of a canary: trial desktops."""
    ready: int
    batches: int
    """The batches of a twin's drill."""
    late_batches: int
    held: bool
    """Whether nobody was left without, and no batch was late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessHistoryDocument:
    """The answers of the standing readiness that are kept, and drills; newest first."""

    answers: tuple[ReadinessDocument, ...]
    drills: tuple[DrillDocument, ...]


def readiness_document(answer: Readiness) -> ReadinessDocument:
    """One answer."""
    return ReadinessDocument(
        at=stamp(answer.at),
        scenario=answer.scenario,
        percent=answer.percent,
        wanted=answer.wanted,
        ready=answer.ready,
        causes=tuple(
            ReadinessCauseDocument(people=cause.people, because=reason_document(cause.what)) for cause in answer.causes
        ),
        doubts=tuple(map(reason_document, answer.doubts)),
        trials=tuple(map(reason_document, answer.trials)),
        untried=reason_document(answer.untried) if answer.untried else None,
    )


def readiness_history_document(answers: Iterable[Readiness], drills: Iterable[KeptDrill]) -> ReadinessHistoryDocument:
    """In the order in which they are given: newest first."""
    return ReadinessHistoryDocument(answers=tuple(map(readiness_document, answers)), drills=tuple(map(drill_document, drills)))


def drill_document(drill: KeptDrill) -> DrillDocument:
    """One drill."""
    return DrillDocument(
        at=stamp(drill.at),
        scenario=drill.scenario,
        place=drill.place.value,
        planned=drill.planned,
        ready=drill.ready,
        batches=drill.batches,
        late_batches=drill.late_batches,
        held=drill.held,
    )


__all__ = [
    "DrillDocument",
    "ReadinessDocument",
    "ReadinessHistoryDocument",
    "drill_document",
    "readiness_document",
    "readiness_history_document",
]
