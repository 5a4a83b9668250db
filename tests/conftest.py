"""For all tests: the garbage collector is set as the daemon sets it, for the heap of a test run is as large and as lasting.

With Python's own setting a tenth of the run, and a third of collecting it, goes into looking for garbage where there is none.
"""

import gc
from collections.abc import Iterator

import pytest

from provisioner.daemon import heap


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    gc.disable()
    try:
        return (yield)
    finally:
        heap.settle()
        gc.enable()
