"""The answers of the standing readiness, and what came of drills, as the store keeps them."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from provisioner.capabilities.readiness.model import Cause, DrillPlace, KeptDrill, Readiness
from provisioner.capabilities.readiness.reasons import KEEP_DRILL, KEEP_READINESS, READ_DRILLS, READ_READINESS
from provisioner.model.ids import Instant
from provisioner.model.kept.store_fit import HistoryTable
from provisioner.reasons.reason import NONE, from_document, to_document


def _answer_document(answer: Readiness) -> Mapping[str, Any]:
    return {
        "scenario": answer.scenario,
        "wanted": answer.wanted,
        "ready": answer.ready,
        "causes": [{"what": to_document(cause.what), "people": cause.people} for cause in answer.causes],
        "doubts": [to_document(doubt) for doubt in answer.doubts],
        "trials": [to_document(trial) for trial in answer.trials],
        "untried": to_document(answer.untried) if answer.untried else None,
    }


def _answer_value(at: Instant, document: Mapping[str, Any]) -> Readiness:
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
    document=_answer_document,
    value=_answer_value,
    reading=READ_READINESS(),
    keeping=KEEP_READINESS(),
)


def _drill_document(drill: KeptDrill) -> Mapping[str, Any]:
    return {name: value for name, value in asdict(drill).items() if name != "at"}


def _drill_value(at: Instant, document: Mapping[str, Any]) -> KeptDrill:
    return KeptDrill(**{**document, "at": at, "place": DrillPlace(document["place"])})


DRILLS = HistoryTable(
    name="drills",
    most=200,  # a drill a week for four years
    document=_drill_document,
    value=_drill_value,
    reading=READ_DRILLS(),
    keeping=KEEP_DRILL(),
)

HISTORIES = (ANSWERS, DRILLS)
