"""The open connections: a limited number; beyond it the slowest connection is closed."""

import contextlib
import socket
import threading


class Connections:
    """Thread-safe. A connection that has to go is shut down, which wakes its thread and ends it."""

    def __init__(self, at_most: int) -> None:
        self._at_most = at_most
        self._lock = threading.Lock()
        self._asking: dict[socket.socket, None] = {}
        """Connections whose request has not arrived yet, oldest first."""
        self._answered: dict[socket.socket, None] = {}
        """Connections that are being answered, oldest first."""

    def add(self, connection: socket.socket) -> None:
        """Add a connection. If there are too many, close the oldest without a request, else the oldest being answered.

        A regular request is sent and answered within milliseconds, so the oldest connection is a slow client.
        """
        with self._lock:
            if len(self._asking) + len(self._answered) >= self._at_most:
                _shut_down(_oldest_of(self._asking or self._answered))
            self._asking[connection] = None

    def has_asked(self, connection: socket.socket) -> None:
        """The connection's request has arrived and is being answered."""
        with self._lock:
            if connection in self._asking:
                del self._asking[connection]
                self._answered[connection] = None

    def remove(self, connection: socket.socket) -> None:
        """Remove a connection that has ended. Call this before it is closed."""
        with self._lock:
            self._asking.pop(connection, None)
            self._answered.pop(connection, None)


def _oldest_of(connections: dict[socket.socket, None]) -> socket.socket:
    oldest = next(iter(connections))
    del connections[oldest]
    return oldest


def _shut_down(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it is already closed
        # Not SSLSocket.shutdown, which would drop the TLS state that the connection's thread still uses.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
