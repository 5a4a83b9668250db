"""Random draws without a generator: each draw is a hash of the seed and its subject, so draws do not depend on each other."""

import math
from hashlib import blake2b
from statistics import NormalDist

_NORMAL = NormalDist()


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
