"""The demonstration's receiver: `bascule guest receiver` as a process of its own, as beside a real daemon."""

import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from provisioner.twin.server.process import START_S, not_started

_PROGRAM = """
import os, threading
threading.Thread(target=lambda: (os.read(0, 1), os._exit(0)), daemon=True).start()
from provisioner.cli.entry import main
main()
"""
"""It ends when this process does, however that ends."""
_STOP_S, _LOOK_S = 5.0, 0.05


def free_port() -> int:
    """A free port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class ReceiverProcess:
    """A context manager: it listens on its port, and nothing outlives it."""

    def __init__(self, config: Path, *, port: int, log: Path, start_s: float = START_S) -> None:
        self._command = [sys.executable, "-c", _PROGRAM, "guest", "receiver", "--config", str(config)]
        self._port, self._log, self._start_s = port, log, start_s
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Raises BasculeError, which says why, when it does not start."""
        started = time.monotonic()
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=log, stderr=log)  # noqa: S603 (ourselves, no shell)
        if not self._listens(self._process):
            awaited = f"listened on port {self._port}"
            error = not_started("the receiver", self._process, awaited=awaited, started=started, log=self._log)
            self._stop()
            raise error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop()

    def _listens(self, process: "subprocess.Popen[bytes]") -> bool:
        give_up = time.monotonic() + self._start_s
        while process.poll() is None and time.monotonic() < give_up:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return True
            with suppress(subprocess.TimeoutExpired):
                process.wait(_LOOK_S)
        return False

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdin is not None:
            process.stdin.close()
