"""Random failures, drawn by hash: they stay the same when something else changes."""

from collections import Counter

from provisioner.model.twin_spec import RandomFaults
from provisioner.twin.engine.draws import Draws

_KINDS = 2
"""Kinds of operation the shares refer to: clones and starts, the same number of each."""


class Chance:
    """Decides whether and how each operation fails."""

    def __init__(self, spec: RandomFaults, draws: Draws) -> None:
        self._spec = spec
        self._draws = draws
        self._asked: Counter[tuple[int, str]] = Counter()

    def lock_is_taken(self, vmid: int) -> bool:
        """Clones: whether another client holds the storage's lock too long."""
        return self._hit(vmid, "rival", _KINDS * self._spec.lock_timeouts)

    def start_fails(self, vmid: int) -> bool:
        """Starts: whether QEMU fails to come up."""
        return self._hit(vmid, "start failure", _KINDS * self._spec.start_failures)

    def answer_is_lost(self, vmid: int, operation: str) -> bool:
        """Clones and starts: whether the operation is done but its answer is lost."""
        return self._hit(vmid, f"lost answer of {operation}", self._spec.lost_answers)

    def _hit(self, vmid: int, what: str, part: float) -> bool:
        if self._spec.share == 0.0:
            return False
        self._asked[(vmid, what)] += 1
        return self._draws.share(vmid, what, self._asked[(vmid, what)]) < self._spec.share * part
