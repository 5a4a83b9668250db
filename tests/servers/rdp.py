"""A person at a desktop: a real RDP client on a virtual display."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.processes import START_S

_NOT_LEFT_BEHIND = ("setpriv", "--pdeathsig=KILL")
"""Should the tests be killed, so are they."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An account of the guest."""

    name: str
    password: str


@contextmanager
def display(log: Path) -> Iterator[str]:
    """An X server without a screen; what DISPLAY is to be for its clients.

    It goes on when the last client leaves: FreeRDP's server comes twice, and one that begins anew takes nobody in.
    """
    readable, writable = os.pipe()
    screen = ("-screen", "0", "800x600x24", "-nolisten", "tcp", "-noreset")
    command = [*_NOT_LEFT_BEHIND, "Xvfb", "-displayfd", str(writable), *screen]
    with log.open("ab") as output, subprocess.Popen(command, stdout=output, stderr=output, pass_fds=[writable]) as server:
        os.close(writable)
        try:
            with os.fdopen(readable) as number:
                yield f":{int(number.readline())}"
        finally:
            server.terminate()
            server.wait(timeout=START_S)


@contextmanager
def logging_on(
    person: Person, *, shown_on: str, home: Path, network_of: int | None = None, to: str = "/v:127.0.0.1"
) -> Iterator[subprocess.Popen[bytes]]:
    """The client, as it connects; it ends with the connection.

    `to`: an address (`/v:`), or a connection file. `network_of`: from the network of that process instead of this one's. It
    is not a process of the guest: a guest that is powered off does not take it along.
    """
    client = ["xfreerdp3", to, f"/u:{person.name}", f"/p:{person.password}", "/cert:ignore", "/size:640x480"]
    client += ["-clipboard"]  # else it mounts a file system for copied files, and a client that is killed leaves it behind
    there = [] if network_of is None else ["nsenter", "--target", str(network_of), "--net"]
    environment = {**os.environ, "DISPLAY": shown_on, "HOME": str(home)}
    with (home / "rdp.log").open("ab") as log:
        process = subprocess.Popen(
            [*_NOT_LEFT_BEHIND, *there, *client], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait(timeout=START_S)
