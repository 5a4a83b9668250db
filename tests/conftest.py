"""For the fast tests: the collector is set as the daemon sets it, for the heap of a test run is as large and as lasting.

With Python's own setting a tenth of the run, and a third of collecting it, goes into looking for garbage where there is none.
Beside real servers it stays as it is: what one of them has left unclosed is to be found near the test that left it.
"""

import gc
import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from provisioner import gc_tuning
from provisioner.cli import times
from tests.builders.patience import FUSE_S

_ONE_GUEST = "tests/ansible/operated"
os.environ["BASCULE_LANG"] = "en"  # whatever language the developer's machine speaks
os.environ["BASCULE_PATIENCE"] = str(round(FUSE_S))  # commands, on whatever machine
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts with it ignored what runs in the background
settings.register_profile("untimed", deadline=None)  # a busy machine proves nothing
settings.load_profile("untimed")


class ByGuest(LoadFileScheduling):
    """By file; the files of a folder that share a guest stay together, for another process would make it once more."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return _ONE_GUEST if file.startswith(f"{_ONE_GUEST}/") else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    """Any other `--dist` is as ever."""
    return ByGuest(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    if "not real" not in session.config.getoption("markexpr"):
        return (yield)
    gc.disable()
    try:
        return (yield)
    finally:
        gc_tuning.settle()
        gc.enable()


@pytest.fixture(autouse=True)
def _no_day_is_today() -> None:
    """What a test writes itself has its dates, whatever day the tests run on; and no test knows the site of another."""
    times.begin(now=0.0)
