"""F2, F3: with the cluster gone, or the directory, nothing that a person or a program asks says that all is well."""

import os
import re
import signal
from pathlib import Path

import pytest

from tests.e2e.switch import Switch

pytestmark = pytest.mark.real

AGENTS = 3


@pytest.fixture(scope="module")
def switch(tmp_path_factory: pytest.TempPathFactory):
    with Switch(tmp_path_factory.mktemp("well"), agents=AGENTS, scale=20) as switch:
        switch.start()
        assert switch.wait_for(lambda truth: truth["ready"] == AGENTS)["ready"] == AGENTS
        yield switch


def is_green(switch: Switch) -> bool:
    return switch.bascule("status").returncode == 0 and switch.page("/readyz") == (200, "ready\n")


def test_with_the_cluster_gone(switch: Switch):
    assert switch.comes(lambda: is_green(switch))

    os.kill(switch.twin.pid, signal.SIGSTOP)
    try:
        assert switch.comes(lambda: "nothing is written there" in switch.bascule("status").stdout)
        status, (code, ready), metrics = switch.bascule("status"), switch.page("/readyz"), switch.metrics()
    finally:
        os.kill(switch.twin.pid, signal.SIGCONT)

    assert (status.returncode, code) == (1, 503)
    assert "nothing is written there" in ready
    assert re.search(r'bascule_wrong\{about="[^"]+",code="cluster_paused",severity="critical"\} 1\.0', metrics)
    assert switch.comes(lambda: is_green(switch))


def test_with_the_directory_gone(switch: Switch):
    directory = _directory(switch.folder)
    aside = directory.with_suffix(".aside")
    directory.rename(aside)
    try:
        assert switch.daemon is not None
        switch.daemon.send_signal(signal.SIGHUP)
        assert switch.comes(lambda: "the directory cannot be read" in switch.bascule("status").stdout)
        status, ready = switch.bascule("status"), switch.page("/readyz")
    finally:
        aside.rename(directory)

    assert status.returncode == 1
    assert ready[0] == 200, "desktops are made for whom it knows"
    assert "the directory cannot be read" in ready[1]
    switch.daemon.send_signal(signal.SIGHUP)
    assert switch.comes(lambda: is_green(switch))


def _directory(folder: Path) -> Path:
    """The file that the people are read from."""
    (file,) = folder.glob("*.ldif")
    return file
