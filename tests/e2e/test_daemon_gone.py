"""A daemon that was stopped or killed: `status` says so at once, with the age of what it shows instead."""

import signal
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE, CompletedProcess, Popen

import pytest

from tests.builders.patience import FUSE_S
from tests.e2e.switch import Switch

pytestmark = pytest.mark.real
NO_DAEMON = 3


@pytest.fixture
def switch(tmp_path: Path) -> Iterator[Switch]:
    with Switch(tmp_path, agents=2, scale=20) as switch:
        switch.start()
        assert switch.said("cycle: 2 wanted, 2 ready"), switch.log()
        yield switch


def struck(switch: Switch, blow: signal.Signals, *words: str) -> CompletedProcess[str]:
    """What the command says after the blow: nobody ends it who waits at a terminal."""
    assert switch.daemon is not None
    environment = {**switch.environment(), "BASCULE_PATIENCE": "2"}
    switch.daemon.send_signal(blow)
    with Popen(switch.command(*words), stdout=PIPE, stderr=PIPE, text=True, env=environment) as command:
        out, err = command.communicate(timeout=FUSE_S)
    return CompletedProcess(command.args, command.returncode, out, err)


def says_what_the_store_keeps(done: CompletedProcess[str], why: str) -> bool:
    """That it is not a daemon's word, why, and how old it is; nothing is said to be ready, since nobody knows."""
    kept = "2 desktops are kept in the store" in done.stdout and " ago" in done.stdout and "ready" not in done.stdout
    return kept and why in done.stderr and done.returncode == NO_DAEMON


def test_a_daemon_that_hangs_or_was_killed_is_missed_by_the_next_status(switch: Switch):
    assert says_what_the_store_keeps(struck(switch, signal.SIGSTOP, "status"), "does not answer within 2 s")

    assert switch.daemon is not None
    switch.daemon.send_signal(signal.SIGCONT)
    assert switch.bascule("status").returncode == 0, "it goes on"

    assert says_what_the_store_keeps(struck(switch, signal.SIGKILL, "status"), "no daemon answers at")
