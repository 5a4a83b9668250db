"""The answer to one question, beside what came."""

import math
import time
from typing import Any

from provisioner.cli.forecast.verdict import VerdictWord, verdict_of
from provisioner.doctor.question import Question
from provisioner.rehearsal.bands import Band
from provisioner.rehearsal.ensemble import Ensemble, EnsembleOutcome
from provisioner.rehearsal.measuring import Measuring
from tests.bench.questions.kinds import Asked
from tests.bench.questions.known import binds_rightly, in_truth, seen_in

_AROUND = math.log(1.5)
"""A deadline is up to so much sooner or later than what comes, as a logarithm."""


def judged(asked: Asked, *, binds: bool = False) -> dict[str, Any]:
    """`binds`: whether what binds is compared, too, which costs three times as much again."""
    question, real_s = foreseen(asked)
    began = time.process_time()
    ensemble = Ensemble(question.stage, question.measured)
    outcome = ensemble.outcome([ensemble.run(number) for number in range(ensemble.runs if binds else 1 + ensemble.draws)])
    cpu_s = time.process_time() - began
    row = {
        "seed": asked.seed,
        "kind": asked.kind.value,
        "real_s": round(real_s, 1) if real_s < math.inf else None,
        **of_band(outcome.band, real_s),
        "says_unknown": bool(ensemble.desktops == 0 and ensemble.assumed),
        **_of_deadline(asked, outcome, question, real_s, measured=ensemble.desktops),
        "binds_right": binds_rightly(outcome.binds, in_truth(question, asked.truth)) if binds else None,
        "cpu_s": round(cpu_s, 2),
    }
    print(f"question {row}", flush=True)
    return row


def foreseen(asked: Asked) -> tuple[Question, float]:
    """The question as it is asked, and after how many seconds the last desktop is ready in truth; infinite: never."""
    measuring = Measuring(lambda: asked.config.profiles)
    measured = asked.before()
    reality = asked.reality(measuring, measured)
    now = reality.events.now
    question = seen_in(reality, asked.config, asked.truth, measured=(*measured, *measuring.take(now)))
    came = reality.run().last_after_s
    return question, math.inf if came is None else came - (now - reality.stage.begins_at)


def _of_deadline(
    asked: Asked, outcome: EnsembleOutcome, question: Question, real_s: float, *, measured: int | None
) -> dict[str, Any]:
    """The answer to whether all are ready by a deadline around what comes; where not all ever are, by any."""
    about_s = real_s if real_s < math.inf else outcome.forecast.last_after_s or 1.0
    deadline_s = about_s * math.exp(asked.chance.uniform(-_AROUND, _AROUND))
    verdict = verdict_of(outcome, question, measured=measured, by=question.stage.begins_at + deadline_s)
    return {"answer": verdict.answer.value, "wrong": is_wrong(verdict.answer, real_s, deadline_s)}


def of_band(band: Band | None, real_s: float) -> dict[str, Any]:
    """Its ends, and where what came is of it; without a band nothing is held."""
    if band is None:
        return {"p5_s": None, "p50_s": None, "p95_s": None, "width": None, "where": "no band"}
    where = "later" if real_s > band.late_s else "earlier" if real_s < band.early_s else "held"
    ends = {"p5_s": round(band.early_s, 1), "p50_s": round(band.middle_s, 1), "p95_s": round(band.late_s, 1)}
    return {**ends, "width": round(band.late_s / band.early_s, 3), "where": where}


def is_wrong(answer: VerdictWord, real_s: float, deadline_s: float) -> bool:
    """A plain yes or no that was not so."""
    return (answer is VerdictWord.YES and real_s > deadline_s) or (answer is VerdictWord.NO and real_s <= deadline_s)


__all__ = ["foreseen", "is_wrong", "judged", "of_band"]
