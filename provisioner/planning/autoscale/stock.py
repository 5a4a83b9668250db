"""The base stock: how many free desktops make few enough people wait.

A desktop that is taken is replaced by one that is ready a lead time later. So whoever comes finds none exactly if, within one
lead time, as many have come as there were: P(D >= stock), the ready rate of an (S-1, S) inventory policy (G. J. Feeney and
C. C. Sherbrooke, The (s-1, s) Inventory Policy under Compound Poisson Demand, Management Science 12, 1966). D is Poisson if
people come independently of each other; with a variance-to-mean ratio above 1 it is negative binomial, as in Sherbrooke's
Optimal Inventory Modeling of Systems. At 62 arrivals a minute and a lead of 45 s the stock for one in a hundred is 64, and 79
at a ratio of 3; the mean is 46, and the normal distribution, which is symmetric, has 63 and 74.

SciPy has both quantiles, and is a hundred times larger than Bascule: these few lines need only the logarithm of the gamma
function.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import exp, floor, lgamma, log, sqrt
from statistics import fmean

from provisioner.model.autoscale import LeadDemand
from provisioner.model.session_counts import MINUTE_S

WAITING = 0.01
"""The share of people who may find no free desktop."""
_SPREAD = 12.0
"""Standard deviations below the mean at which the sum begins: what lies below them is less than 1e-15."""

_POISSON = 1e-4
"""Nearer to 1 than this, the ratio makes no difference to the stock, and the difference of two gamma functions loses digits."""

_CONFIDENT = 1.645
"""Standard errors above an estimate: the truth is higher in one case of twenty."""


@lru_cache(maxsize=4096)
def base_stock(demand: LeadDemand, waiting: float = WAITING) -> int:
    """The smallest stock that the people of one lead time use up with a probability of at most `waiting`."""
    mean, dispersion = demand.mean, max(1.0, demand.dispersion)
    if mean <= 0.0:
        return 1
    below, stock = 0.0, max(0, floor(mean - _SPREAD * sqrt(mean * dispersion)))
    while 1.0 - below > waiting:
        below += exp(_log_probability(stock, mean, dispersion))
        stock += 1
    return stock


def _log_probability(count: int, mean: float, dispersion: float) -> float:
    """Of exactly so many people."""
    if dispersion - 1.0 < _POISSON:
        return count * log(mean) - mean - lgamma(count + 1)
    size = mean / (dispersion - 1.0)
    choices = lgamma(count + size) - lgamma(size) - lgamma(count + 1)
    return choices - size * log(dispersion) + count * log(1.0 - 1.0 / dispersion)


def demand_of(counts: Sequence[int], span: int, lead_s: float) -> LeadDemand:
    """What counts of so many minutes say of a lead time, on the safe side: few days leave much open.

    Mean and variance are the upper limits of what the counts leave open; spans that overlap count as often as they fit beside
    each other. The ratio of a shorter time is at most that of a longer.
    """
    mean, independent = fmean(counts), max(2.0, len(counts) / span)
    variance = sum((count - mean) ** 2 for count in counts) / max(1, len(counts) - 1)
    ratio = variance / mean if mean else 1.0
    upper = mean + _CONFIDENT * sqrt(variance / independent)
    widened = ratio * (1.0 + _CONFIDENT * sqrt(2.0 / (independent - 1.0)))
    return LeadDemand(mean=upper * lead_s / (span * MINUTE_S), dispersion=max(1.0, widened))
