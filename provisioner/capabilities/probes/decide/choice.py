"""Which desktops to probe next: those whose probes are expected to tell most about a common cause."""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import log2

from provisioner.capabilities.probes.decide.inference import conclude
from provisioner.capabilities.probes.decide.weighing import ProbeEvidence, Suspect, suspects
from provisioner.model.ids import DesktopName
from provisioner.model.probes import Factor

_DIGITS = 9
"""Of an expected gain, in bits: below that are rounding errors, and ties break by name."""


def next_desktops(
    candidates: Mapping[DesktopName, frozenset[Factor]], evidence: Sequence[ProbeEvidence], count: int
) -> tuple[DesktopName, ...]:
    """At most so many of the candidates, the most telling first.

    Each further choice assumes that the probes before it go well, as most do: so several at once cover different factors.
    Desktops of a cause that is known already tell nothing more: they come last.
    """
    named = {factor for factors in conclude(evidence).sure for factor in factors}
    left = {name: factors for name, factors in candidates.items() if named.isdisjoint(factors)} or dict(candidates)
    known = [each for each in evidence if named.isdisjoint(each.factors)]
    chosen: list[DesktopName] = []
    while left and len(chosen) < count:
        name = _best(left, known) if len(known) % 2 else _least_covered(left, known)
        chosen.append(name)
        known.append(ProbeEvidence(factors=left.pop(name), failed=False))
    return tuple(chosen)


def _least_covered(candidates: Mapping[DesktopName, frozenset[Factor]], evidence: Sequence[ProbeEvidence]) -> DesktopName:
    """With the factors that were probed least. Every second choice: else two broken nodes would be all that is probed."""
    probed = Counter(factor for each in evidence for factor in each.factors)
    return min(candidates, key=lambda name: (sum(probed[factor] for factor in candidates[name]), name))


def _best(candidates: Mapping[DesktopName, frozenset[Factor]], evidence: Sequence[ProbeEvidence]) -> DesktopName:
    kinds = frozenset(candidates.values())
    found = suspects(evidence, kinds)
    gains = {factors: round(_gain(factors, found), _DIGITS) for factors in kinds}
    return min(candidates, key=lambda name: (-gains[candidates[name]], name))


def _gain(factors: frozenset[Factor], found: Sequence[Suspect]) -> float:
    """The information in bits about the cause that the result of such a probe is expected to give."""
    rates = [(suspect.weight, _rate(factors, suspect)) for suspect in found]
    overall = sum(weight * rate for weight, rate in rates)
    return _uncertainty(overall) - sum(weight * _uncertainty(rate) for weight, rate in rates)


def _rate(factors: frozenset[Factor], suspect: Suspect) -> float:
    is_inside = bool(suspect.factors) and suspect.factors[0] in factors
    return (suspect.inside if is_inside else suspect.outside).rate


def _uncertainty(rate: float) -> float:
    return -rate * log2(rate) - (1 - rate) * log2(1 - rate)


__all__ = ["next_desktops"]
