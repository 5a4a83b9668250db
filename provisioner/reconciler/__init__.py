"""The control loop: one thread owns all state; it issues commands and is told their completions.

Who carries them out, threads or an event heap, it does not know.
"""

from provisioner.reconciler.config import Order
from provisioner.reconciler.cycle import Reconciler
from provisioner.reconciler.loop import run
from provisioner.reconciler.surge import surge_began

__all__ = ["Order", "Reconciler", "run", "surge_began"]
