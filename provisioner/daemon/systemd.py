"""What the daemon tells systemd, when systemd started it: sd_notify(3)'s datagrams."""

import contextlib
import socket
from collections.abc import Mapping


class Systemd:
    """Says nothing to nobody without `NOTIFY_SOCKET`; a systemd that does not listen stops nothing."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._address = _address(environment.get("NOTIFY_SOCKET", ""))
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) if self._address else None

    def tell(self, state: str) -> None:
        """`READY=1`, `STOPPING=1`, `WATCHDOG=1`, …"""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.sendto(state.encode(), self._address)

    def close(self) -> None:
        """Give the socket back."""
        if self._socket is not None:
            self._socket.close()


def _address(name: str) -> str:
    """A path, or a name in Linux's abstract namespace, which sd_notify(3) writes with `@` for its first byte, a zero."""
    return f"\0{name[1:]}" if name.startswith("@") else name
