"""Random draws without a generator, and random failures drawn so: each draw is a hash of the seed and its subject, so draws
do not depend on each other, and stay the same when something else changes."""

import math
from collections import Counter
from hashlib import blake2b
from statistics import NormalDist

from provisioner.model.machines.twin_spec import RandomFaults

_NORMAL = NormalDist()
_KINDS = 2
"""Kinds of operation the shares refer to: clones and starts, the same number of each."""


class Draws:
    """Draws of one twin. `what` names the draw: desktop, operation, attempt."""

    def __init__(self, seed: int, *, sigma: float) -> None:
        self._seed = seed
        self._sigma = sigma

    def around(self, median: float, *what: object) -> float:
        """A log-normal duration."""
        if self._sigma == 0.0 or median == 0.0:
            return median
        return median * math.exp(self._sigma * _NORMAL.inv_cdf(self.share(*what)))

    def share(self, *what: object) -> float:
        """A uniform draw, above 0 and below 1."""
        text = "|".join(map(str, (self._seed, *what)))
        digest = blake2b(text.encode(), digest_size=8).digest()
        return (int.from_bytes(digest, "big") + 0.5) / 2.0**64

    def token(self, *what: object, size: int = 16) -> bytes:
        """Random bytes for identifiers."""
        return blake2b("|".join(map(str, (self._seed, *what))).encode(), digest_size=size).digest()


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
