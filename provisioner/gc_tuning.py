"""Python's garbage collector, set for a heap that is large and hardly changes."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_YOUNG = 50_000
"""Objects made and not freed until the collector looks for garbage among them. Python's 700 come with every few desktops of a
listing; what a cycle makes is freed without the collector, so that it goes over 100,000 desktops and finds next to nothing.
Garbage of so many objects is a few MiB."""


def settle() -> None:
    """To be called once all is loaded, or loaded anew: the collector looks at none of it again, and seldomer at what comes."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])


@contextmanager
def seldom() -> Iterator[None]:
    """Collect seldomer within this block; afterwards as often as before."""
    before = gc.get_threshold()
    gc.set_threshold(_YOUNG, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


__all__ = ["seldom", "settle"]
