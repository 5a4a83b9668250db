"""How many runs a shared server is given at once: as many as it works on at full speed, and a few that wait. Pure.

A run is a boot on a node, or a clone under a storage's lock. Nothing is known about the server except how long runs take: with
n at once, each of which takes d times as long as alone, n ÷ d go on at full speed, and the rest waits. This is the window of
FAST TCP (Jin, Wei, Low 2004), with the figures of TCP Vegas (Brakmo, Peterson 1995), as in Netflix's concurrency-limits. A
server that loses throughput with many runs makes each take longer, which lowers its window, too.
"""

WAITING = 3
"""Runs that may wait (Vegas's α): the server has something to do until the end of a run is seen."""
_IDLE = 1
"""With fewer waiting runs (Vegas's γ) the server may be able to do more."""
_MORE = 1.5
"""It is then given half as many more: Vegas doubles its window in every other round trip."""


def window(parallel: float, at_full_speed: float, *, waiting: int = WAITING) -> float:
    """Runs at once, after so many `parallel` runs of which the server worked `at_full_speed` on so many."""
    if is_idle(parallel, at_full_speed):
        return max(_MORE * parallel, parallel + waiting)
    return at_full_speed + waiting


def is_idle(parallel: float, at_full_speed: float) -> bool:
    """Whether hardly any run waited."""
    return parallel - at_full_speed < _IDLE
