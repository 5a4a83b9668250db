"""FreeRDP's shadow server: a desktop with network level authentication (NLA), which knows one account."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.servers.processes import free_port, running
from tests.servers.rdp import Person, display

ROBOT = Person(name="robot", password="geheim12")
_NT_HASH = "e378e470f150fcf1c5abfcac8115731c"
"""MD4 of the password in UTF-16, as a SAM file has it."""


@contextmanager
def shadow_server(folder: Path, *, addresses: Sequence[str] = ("127.0.0.1",)) -> Iterator[int]:
    """The port on which it listens at each of these addresses of this machine. It shares a display without a screen."""
    sam = folder / "sam"
    sam.write_text(f"{ROBOT.name}:::{_NT_HASH}:::\n")
    port = free_port()
    with display(folder / "x.log") as shown_on:
        command = ["env", f"DISPLAY={shown_on}", f"HOME={folder}", "freerdp-shadow-cli3", f"/port:{port}"]
        command += [f"/bind-address:{','.join(addresses)}", "+auth", f"/sam-file:{sam}", "/sec:nla"]
        with running(command, ports=[port], log=folder / "shadow.log", address=addresses[0]):
            yield port


__all__ = ["ROBOT", "shadow_server"]
