"""What is supposed of a cluster before it has shown anything: a middle, and how far clusters differ. Pure.

The spreads are those of 200 clusters drawn for the benches (`tests.bench drawn`, seeds 0 to 199), whose ranges are between what
users report: 0.05 to 5 s under a storage's lock, boots of 12 to 150 s, 2 to 32 boots at once.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

from provisioner.twin.engine.draws import Draws

_NORMAL = NormalDist()
_MOST = math.sqrt(3.0)
"""Spreads from the middle of a range to its ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """A log-normal figure."""

    middle: float
    spread: float
    """The spread of the logarithm."""

    def at(self, normal: float) -> float:
        """So many spreads above the middle, at most as far as clusters were drawn."""
        return self.middle * math.exp(self.spread * min(_MOST, max(-_MOST, normal)))


OPERATION_S = Prior(middle=0.34, spread=1.2)
"""An image operation under its storage's lock."""
COPY_GIB_PER_SECOND = Prior(middle=1.8, spread=0.7)
OUTSIDE_S = Prior(middle=1.1, spread=1.3)
"""Of a clone, outside the lock."""
START_S = Prior(middle=2.1, spread=0.45)
"""Of a boot, from the order to the guest's first instruction."""
READY = Prior(middle=1.0, spread=0.7)
"""A whole boot alone ÷ what its profile expects: a third to three times as long is nothing unusual."""
IDLE = Prior(middle=0.55, spread=1.1)
"""First boot ÷ boot: what a guest does for itself, whatever the node's processors have to do."""
WIDTH = Prior(middle=8.0, spread=0.8)
"""Boots that a node does at full speed."""
BEFORE = Prior(middle=1.7, spread=0.3)
"""Boots at once ÷ width from which on throughput is lost."""
LOSS = Prior(middle=0.02, spread=0.8)
"""Part of the throughput lost for each boot beyond."""
SIGMA = Prior(middle=0.17, spread=0.7)
"""Of the logarithm of a duration."""
SPEED_SPREAD = 0.3
"""Of the logarithm of the nodes' speeds."""
FAULTS = (0.0, 0.0, 0.012, 0.0, 0.0, 0.004, 0.0, 0.03)
"""Part of the clones and starts that fail by chance, in turn: on two clusters of five. What has failed is tried again."""


def normal(*what: object) -> float:
    """A standard normal value, the same for the same names."""
    return _NORMAL.inv_cdf(Draws(0, sigma=0.0).share(*what))


def quantile(number: int, step: int, *, of: int) -> float:
    """The quantiles of a standard normal distribution, `of` so many, in another order for each step."""
    return _NORMAL.inv_cdf((number * step % of + 0.5) / of)
