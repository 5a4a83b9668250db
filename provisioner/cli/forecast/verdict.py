"""Whether a switch is over by a deadline: yes, no, how likely, or unknown."""

import enum
from dataclasses import dataclass

from provisioner.doctor.question import Question
from provisioner.model.ids import Instant
from provisioner.reasons.reason import Reason
from provisioner.rehearsal.additions import Bought
from provisioner.rehearsal.bands import Band
from provisioner.rehearsal.ensemble import EnsembleOutcome

_SURE = 0.95
"""Yes is wrong once in twenty times, and so is no."""


class VerdictWord(enum.StrEnum):
    """The verdict in a word."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"
    UNKNOWN = "unknown"
    """Nothing was measured on the cluster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer, and what it rests on. Seconds count from now."""

    answer: VerdictWord
    by: Instant | None
    """The deadline; None: none was named."""
    chance: float | None
    """Of being ready in time; None: unknown, or no deadline was named."""
    band: Band | None

    @property
    def holds(self) -> bool:
        """Whether one may go: without a deadline also if nothing was measured yet."""
        return self.answer is VerdictWord.YES or (self.answer is VerdictWord.UNKNOWN and self.by is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastAnswer:
    """All that a forecast says."""

    outcome: EnsembleOutcome
    verdict: Verdict
    question: Question
    durations: tuple[Reason, ...]
    """Durations that were not measured."""
    measured: int | None
    """Desktops that were measured; None: the durations are a file's."""
    bought: tuple[Bought, ...] = ()
    """What a little more of something would bring, the best first; empty: everybody is served in time."""


def verdict_of(outcome: EnsembleOutcome, question: Question, *, measured: int | None, by: Instant | None) -> Verdict:
    """`measured` desktops; None: the durations are a file's."""
    whole, band = outcome.forecast, outcome.band
    if not whole.serves_all or whole.late or question.faults or outcome.served < _SURE:
        return Verdict(answer=VerdictWord.NO, by=by, chance=None if by is None else 0.0, band=band)
    if whole.nothing_left:
        return Verdict(answer=VerdictWord.YES, by=by, chance=None if by is None else 1.0, band=band)
    if measured == 0 or band is None:
        return Verdict(answer=VerdictWord.UNKNOWN, by=by, chance=None, band=band)
    if by is None:
        return Verdict(answer=VerdictWord.YES, by=None, chance=None, band=band)
    chance = band.chance_by(by - question.stage.begins_at)
    answer = VerdictWord.YES if chance >= _SURE else VerdictWord.NO if chance <= 1 - _SURE else VerdictWord.MAYBE
    return Verdict(answer=answer, by=by, chance=chance, band=band)


__all__ = ["ForecastAnswer", "Verdict", "VerdictWord", "verdict_of"]
