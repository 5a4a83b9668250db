"""Settings of Python's garbage collector for a large heap that hardly changes."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_YOUNG = 50_000
"""New objects before the next collection. Python's default of 700 is reached every few desktops of a listing, and the collector
finds almost nothing: a cycle's objects are freed by reference counting. Garbage of so many objects is a few MiB."""


def settle() -> None:
    """Call after loading: the collector skips all present objects from now on, and runs less often for new ones."""
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
