"""What failed probes allow to say."""

import enum
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from math import comb

from provisioner.capabilities.probes.decide.weighing import ProbeEvidence, Side, Suspect, suspects
from provisioner.model.probes import Factor

SURE = 0.99
"""From this probability on a cause is named."""
LEAST = 3
"""Desktops that have to fail before anything is named: two may be chance, whatever the calculation assumes."""
_FEW = 3
"""Suspects that are worth naming together."""


class CauseVerdict(enum.StrEnum):
    """What failures have in common."""

    CLEAN = "clean"
    """Nothing failed."""
    NOT_ENOUGH = "not_enough"
    """Too little is known to say."""
    FACTOR = "factor"
    """Desktops with these factors fail, and the others do not."""
    EVERYWHERE = "everywhere"
    """Most fail, whatever they have in common."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What probes have shown together."""

    verdict: CauseVerdict
    probed: int = 0
    failed: int = 0
    causes: tuple[tuple[Factor, ...], ...] = ()
    """FACTOR: each cause, as factors that cannot be told apart. NOT_ENOUGH: the likeliest, of which at most one is it."""
    unexplained: int = 0
    """Failures that no cause explains."""

    @property
    def sure(self) -> tuple[tuple[Factor, ...], ...]:
        """The causes that are named."""
        return self.causes if self.verdict is CauseVerdict.FACTOR else ()


def conclude(evidence: Sequence[ProbeEvidence]) -> Conclusion:
    """One entry for each desktop.

    Named causes are put aside and the rest is looked at again: two nodes may be broken. What `failed` counts is all of them.
    """
    whole = _counted(evidence)
    if not whole.failed:
        return Conclusion(verdict=CauseVerdict.CLEAN, probed=whole.probed)
    if _most_fail(whole) and _of_every_kind(evidence) and not any(_causes(evidence)):
        return Conclusion(verdict=CauseVerdict.EVERYWHERE, probed=whole.probed, failed=whole.failed)
    causes = tuple(_causes(evidence))
    rest = _without(evidence, causes)
    unexplained = sum(each.failed for each in rest)
    if causes:
        return Conclusion(
            verdict=CauseVerdict.FACTOR, probed=whole.probed, failed=whole.failed, causes=causes, unexplained=unexplained
        )
    likely = tuple(suspect.factors for suspect in _leading(suspects(evidence))) if whole.failed >= LEAST else ()
    return Conclusion(
        verdict=CauseVerdict.NOT_ENOUGH, probed=whole.probed, failed=whole.failed, causes=likely, unexplained=unexplained
    )


def _causes(evidence: Sequence[ProbeEvidence]) -> Iterator[tuple[Factor, ...]]:
    rest = evidence
    while found := _named(rest):
        yield from found
        rest = _without(rest, found)


def _named(evidence: Sequence[ProbeEvidence]) -> tuple[tuple[Factor, ...], ...]:
    """The leading suspects that are sure with the desktops of the others put aside: of two broken nodes each is half of it."""
    leading = _leading(suspects(evidence)) if evidence else ()
    return tuple(
        suspect.factors
        for suspect in leading
        if _is_sure(suspect, _without(evidence, [other.factors for other in leading if other is not suspect]))
    )


def _is_sure(suspect: Suspect, evidence: Sequence[ProbeEvidence]) -> bool:
    first = suspects(evidence)[0] if evidence else suspect
    is_first = bool(first.factors) and suspect.factors[0] in first.factors
    return is_first and first.weight >= SURE and first.inside.failed >= LEAST


def _without(evidence: Sequence[ProbeEvidence], causes: Sequence[tuple[Factor, ...]]) -> Sequence[ProbeEvidence]:
    gone = {factors[0] for factors in causes}
    return [each for each in evidence if gone.isdisjoint(each.factors)]


def _leading(found: Sequence[Suspect]) -> Sequence[Suspect]:
    """The few that are the cause together as surely as a named one; empty: there are too many, or it may be chance."""
    weight = 0.0
    for count, suspect in enumerate(takewhile(lambda suspect: bool(suspect.factors), found[:_FEW]), 1):
        weight += suspect.weight
        if weight >= SURE:
            return found[:count]
    return ()


def _counted(evidence: Sequence[ProbeEvidence]) -> Side:
    return Side(probed=len(evidence), failed=sum(each.failed for each in evidence))


def _of_every_kind(evidence: Sequence[ProbeEvidence]) -> bool:
    """Whether of each kind the desktops of most values fail: suspicious ones were probed oftener than others."""
    values = {factor: Side() for each in evidence for factor in each.factors}
    for each in evidence:
        values |= {factor: values[factor].with_one(failed=each.failed) for factor in each.factors}
    fail = {factor for factor, side in values.items() if 2 * side.failed > side.probed}
    kinds = Counter(factor.kind for factor in values)
    return all(2 * sum(factor.kind is kind for factor in fail) > count for kind, count in kinds.items())


def _most_fail(side: Side) -> bool:
    """Whether surely more than half of all desktops would fail.

    The probability that a rate is above one half, with every rate equally likely beforehand: of so many tosses of a coin, that
    at most so many are heads.
    """
    tosses = side.probed + 1
    above = sum(comb(tosses, heads) for heads in range(side.failed + 1)) / 2**tosses
    return side.failed >= LEAST and above >= SURE


__all__ = ["LEAST", "SURE", "CauseVerdict", "Conclusion", "conclude"]
