"""Messages to systemd: the datagrams of sd_notify(3)."""

import contextlib
import socket
import threading
from collections.abc import Mapping


class Systemd:
    """Does nothing without `NOTIFY_SOCKET`. Errors of the socket are ignored, and nobody waits for a full buffer."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._address = _address(environment.get("NOTIFY_SOCKET", ""))
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) if self._address else None
        self._unsent: dict[str, str] = {}
        self._turn = threading.Lock()

    def tell(self, state: str) -> None:
        """`READY=1`, `STOPPING=1`, `WATCHDOG=1`, … What cannot be sent now goes with the next."""
        if self._socket is None:
            return
        variable, _, value = state.partition("=")
        with self._turn:
            self._unsent[variable] = value
            with contextlib.suppress(OSError):
                self._socket.sendto("\n".join(map("=".join, self._unsent.items())).encode(), self._address)
                self._unsent.clear()

    def close(self) -> None:
        """Close the socket."""
        if self._socket is not None:
            self._socket.close()


def _address(name: str) -> str:
    """A path, or a name in Linux's abstract namespace: sd_notify(3) writes `@` for its first byte, a zero."""
    return f"\0{name[1:]}" if name.startswith("@") else name
