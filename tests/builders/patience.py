"""How long a test waits for what has to come: until it is so. A machine under load may take minutes, and none is a fault."""

import time
from collections.abc import Callable

FUSE_S = 600.0
"""Then it will never come, and the test says so. Never a measure: no test rests on how fast the machine is."""
_LOOK_S = 0.02


def comes(holds: Callable[[], bool], *, look_s: float = _LOOK_S) -> bool:
    """Whether it is so in the end."""
    end = time.monotonic() + FUSE_S
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(look_s)
    return True


__all__ = ["FUSE_S", "comes"]
