"""How many runs a shared server is given at once: as many as it works on at full speed, and a few that wait. Pure.

A run is a boot on a node, or a clone under a storage's lock. Nothing is known about the server except how long runs take: with
n at once, each of which takes d times as long as alone, n ÷ d go on at full speed, and the rest waits. This is the window of
FAST TCP (Jin, Wei, Low 2004), with the figures of TCP Vegas (Brakmo, Peterson 1995; the limits library of Netflix has the same).
"""

_WAITING = 3
"""Runs that may wait: the server has something to do until the end of a run was seen."""
_NO_QUEUE = 1
"""With fewer waiting runs the server is not full: twice as many are tried, which finds its width in a few steps."""


def window(parallel: float, at_full_speed: float) -> float:
    """Runs at once, after of so many `parallel` runs as many as `at_full_speed` were worked on."""
    if parallel - at_full_speed < _NO_QUEUE:
        return max(1.5 * parallel, parallel + _WAITING)
    return at_full_speed + _WAITING
