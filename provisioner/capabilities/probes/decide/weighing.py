"""How likely each factor is the cause of the failures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, lgamma, log

from provisioner.model.probes import Factor

_NO_CAUSE = 0.5
"""The probability, beforehand, that desktops fail without a common cause. The rest is shared by all factors alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeEvidence:
    """What the last probe of one desktop has shown."""

    factors: frozenset[Factor]
    failed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The desktops with, or without, a factor."""

    probed: int = 0
    failed: int = 0

    def with_one(self, *, failed: bool) -> "Side":
        """The weights with one more."""
        return Side(probed=self.probed + 1, failed=self.failed + failed)

    @property
    def rate(self) -> float:
        """The probability that the next one fails (Laplace's rule of succession: every rate was equally likely)."""
        return (self.failed + 1) / (self.probed + 2)

    @property
    def log_likelihood(self) -> float:
        """Of just these results, over all rates: the integral of p^k (1-p)^(n-k)."""
        return lgamma(self.failed + 1) + lgamma(self.probed - self.failed + 1) - lgamma(self.probed + 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """Factors that the same desktops have, so that probes cannot tell them apart; none: there is no common cause."""

    factors: tuple[Factor, ...]
    inside: Side
    outside: Side
    weight: float
    """The probability that it is the cause."""


def suspects(evidence: Sequence[ProbeEvidence], others: Iterable[frozenset[Factor]] = ()) -> tuple[Suspect, ...]:
    """By weight, the heaviest first. Their weights are 1 together. `others`: desktops without a result, with their factors."""
    members = _members(evidence, tuple(others))
    whole = _side(evidence)
    chance = log(_NO_CAUSE) + whole.log_likelihood
    weighed: list[tuple[tuple[Factor, ...], Side, Side, float]] = [((), Side(), whole, chance)]
    prior = log((1 - _NO_CAUSE) / max(1, len(members)))
    for factors in members.values():
        inside = _side([each for each in evidence if factors[0] in each.factors])
        outside = Side(probed=whole.probed - inside.probed, failed=whole.failed - inside.failed)
        if inside.probed == 0 or inside.rate > outside.rate:
            weighed.append((factors, inside, outside, prior + inside.log_likelihood + outside.log_likelihood))
    most = max(weight for *_, weight in weighed)
    total = sum(exp(weight - most) for *_, weight in weighed)
    found = (
        Suspect(factors=factors, inside=inside, outside=outside, weight=exp(weight - most) / total)
        for factors, inside, outside, weight in weighed
    )
    return tuple(sorted(found, key=lambda suspect: (-round(suspect.weight, 12), suspect.factors)))


def _members(
    evidence: Sequence[ProbeEvidence], others: Sequence[frozenset[Factor]]
) -> Mapping[frozenset[int], tuple[Factor, ...]]:
    """The factors that some desktops have and some have not, by the desktops that have them."""
    desktops = [*(each.factors for each in evidence), *dict.fromkeys(others)]
    having: dict[Factor, set[int]] = {}
    for number, factors in enumerate(desktops):
        for factor in factors:
            having.setdefault(factor, set()).add(number)
    groups: dict[frozenset[int], tuple[Factor, ...]] = {}
    for factor in sorted(having):
        if len(having[factor]) < len(desktops):
            key = frozenset(having[factor])
            groups[key] = (*groups.get(key, ()), factor)
    return groups


def _side(evidence: Sequence[ProbeEvidence]) -> Side:
    return Side(probed=len(evidence), failed=sum(each.failed for each in evidence))


__all__ = ["ProbeEvidence", "Side", "Suspect", "suspects"]
