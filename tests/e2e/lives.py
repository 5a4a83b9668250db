"""Daemons that begin at once: processes of their own, forked from one that has imported everything."""

import multiprocessing
import os
import signal
import sys
from pathlib import Path

from tests.builders.patience import FUSE_S
from tests.e2e.switch import Switch

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["provisioner.cli.installing.service", "provisioner.cli.app", "provisioner.api.server"])


class Life:
    """One life of a switch's daemon: `bascule run` in a process of its own."""

    def __init__(self, switch: Switch) -> None:
        words = [*switch.command("run")[1:], "--twin-state", str(switch.twin.state_file)]
        self._process = _FORKS.Process(target=_run, args=(words, switch.folder / "daemon.log"))
        self._process.start()

    def end(self, blow: signal.Signals) -> int | None:
        """Send the signal and wait for the end; returns the exit code, negative: of a signal. None: it goes on."""
        assert self._process.pid is not None
        os.kill(self._process.pid, blow)
        self._process.join(FUSE_S)
        return self._process.exitcode


def _run(words: list[str], log: Path) -> None:
    with log.open("ab") as file:
        os.dup2(file.fileno(), sys.stdout.fileno())
        os.dup2(file.fileno(), sys.stderr.fileno())
    sys.argv = ["bascule", *words]
    from provisioner.cli.entry import main

    main()
