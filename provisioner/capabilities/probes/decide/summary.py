"""What probes have shown together, as a reason."""

from collections import Counter
from collections.abc import Iterable, Sequence

from provisioner.capabilities.probes.decide.inference import CauseVerdict, Conclusion, conclude
from provisioner.capabilities.probes.decide.weighing import ProbeEvidence
from provisioner.capabilities.probes.model import ProbeState
from provisioner.capabilities.probes.reasons import (
    FACTORS,
    IN_COMMON,
    IN_COMMON_AND_MORE,
    MOST_FAIL,
    NONE_FAILED,
    NOT_ENOUGH,
    NOT_ENOUGH_LIKELY,
)
from provisioner.model.probes import Factor, ProbeResult
from provisioner.reasons.reason import ALL, ANY, NONE, Reason, join_reasons
from provisioner.reasons.trials import STEPS


def evidence_in(results: Iterable[ProbeResult]) -> list[ProbeEvidence]:
    """One entry for each result."""
    return [ProbeEvidence(factors=result.target.factors, failed=result.failed is not None) for result in results]


def summary(results: Sequence[ProbeResult]) -> Reason:
    """What the last probes of different desktops have shown together."""
    return in_words(conclude(evidence_in(results)), results)


def state_of(results: Sequence[ProbeResult]) -> ProbeState:
    """The same, for the status."""
    conclusion = conclude(evidence_in(results))
    return ProbeState(
        at=max((result.at for result in results), default=None),
        probed=conclusion.probed,
        failed=conclusion.failed,
        causes=conclusion.sure,
        everywhere=conclusion.verdict is CauseVerdict.EVERYWHERE,
        what=in_words(conclusion, results) if results else NONE,
    )


def in_words(conclusion: Conclusion, results: Iterable[ProbeResult]) -> Reason:
    """A conclusion from these results."""
    counts = {"failed": conclusion.failed, "probed": conclusion.probed}
    if conclusion.verdict is CauseVerdict.CLEAN:
        return NONE_FAILED(probed=conclusion.probed)
    if conclusion.verdict is CauseVerdict.EVERYWHERE:
        return MOST_FAIL(**counts, what=_most_at(results))
    if conclusion.verdict is CauseVerdict.NOT_ENOUGH:
        return NOT_ENOUGH_LIKELY(**counts, what=_named(conclusion, ANY)) if conclusion.causes else NOT_ENOUGH(**counts)
    what = _named(conclusion, ALL)
    if conclusion.unexplained:
        return IN_COMMON_AND_MORE(**counts, what=what, more=conclusion.unexplained)
    return IN_COMMON(**counts, what=what)


def factor_words(factor: Factor) -> Reason:
    """`node pve/pve03`."""
    return FACTORS[factor.kind.value](name=factor.value)


def _named(conclusion: Conclusion, between: str) -> Reason:
    """Factors that cannot be told apart are joined by `or`."""
    return join_reasons((join_reasons(map(factor_words, factors), ANY) for factors in conclusion.causes), between)


def _most_at(results: Iterable[ProbeResult]) -> Reason:
    steps = Counter(result.failed.step for result in results if result.failed is not None)
    return STEPS[steps.most_common(1)[0][0].value]()


__all__ = ["evidence_in", "factor_words", "in_words", "state_of", "summary"]
