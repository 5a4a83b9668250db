"""HTTP over the daemon's Unix socket."""

import http.client
import socket
from pathlib import Path

DAEMON_WITHIN_S = 10.0


class UnixConnection(http.client.HTTPConnection):
    """HTTP over the daemon's socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("bascule", timeout=DAEMON_WITHIN_S)
        self._path = path

    def connect(self) -> None:
        """To the socket's file."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(DAEMON_WITHIN_S)
        self.sock.connect(str(self._path))
