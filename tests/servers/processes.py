"""Starting a server, waiting until it answers, ending it: by its own process, never by name."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from tests.builders.patience import FUSE_S

START_S = FUSE_S
"""All of the servers are up within a second; a loaded machine gets minutes."""


_FIRST, _LAST, _APART = 12_000, 32_000, 619
"""Linux gives connections ports from 32,768 on."""


def _order() -> Iterator[int]:
    """Ports below those that connections take for themselves; another process begins elsewhere."""
    begin = os.getpid() * _APART % (_LAST - _FIRST)
    for place in count(begin):
        yield _FIRST + place % (_LAST - _FIRST)


_PORTS = _order()


def free_port() -> int:
    """A free port of 127.0.0.1, another each time. The system's own choice could be the same twice, or soon a connection's."""
    for port in _PORTS:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("the order of ports has no end")


@contextmanager
def running(
    command: Sequence[str], *, ports: Sequence[int], log: Path, address: str = "127.0.0.1", within_s: float = START_S
) -> Iterator[subprocess.Popen[bytes]]:
    """The server in the foreground, once it listens on every port of the address; its output goes to `log`."""
    with log.open("ab") as output, subprocess.Popen(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL) as process:
        try:
            for port in ports:
                _wait_until_listening(process, address, port, log, within_s)
            yield process
        finally:
            process.kill() if process.poll() is None and _is_stopped(process) else process.terminate()
            process.wait(timeout=START_S)


def processor_s(pid: int) -> float:
    """What a process that runs has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _wait_until_listening(process: subprocess.Popen[bytes], address: str, port: int, log: Path, within_s: float) -> None:
    give_up = time.monotonic() + within_s
    while time.monotonic() < give_up:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}: {log.read_text(errors='replace')[-2000:]}")
        with socket.socket() as probe:
            if probe.connect_ex((address, port)) == 0:
                return
        time.sleep(0.01)
    raise RuntimeError(f"{process.args!r} does not listen on {address}:{port}: {log.read_text(errors='replace')[-2000:]}")


def _is_stopped(process: subprocess.Popen[bytes]) -> bool:
    """Whether a test has paused it: then it would not see SIGTERM."""
    return Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
