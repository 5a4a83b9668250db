"""The connections that are served now: at most so many, and beyond that the slowest gives way."""

import contextlib
import socket
import threading


class Connections:
    """Any thread may call. A connection that gives way is shut down: its thread wakes, and ends by itself."""

    def __init__(self, at_most: int) -> None:
        self._at_most = at_most
        self._lock = threading.Lock()
        self._asking: dict[socket.socket, None] = {}
        """Their request is not there yet; the oldest first."""
        self._answered: dict[socket.socket, None] = {}
        """They are being answered; the oldest first."""

    def add(self, connection: socket.socket) -> None:
        """One more. When there are too many, the one that has been asking longest goes, else the one answered longest.

        A real request is asked and answered within milliseconds: what is oldest is what is slow.
        """
        with self._lock:
            if len(self._asking) + len(self._answered) >= self._at_most:
                _shut_down(_oldest_of(self._asking or self._answered))
            self._asking[connection] = None

    def has_asked(self, connection: socket.socket) -> None:
        """Its request is there, and it is being answered from now on."""
        with self._lock:
            if connection in self._asking:
                del self._asking[connection]
                self._answered[connection] = None

    def remove(self, connection: socket.socket) -> None:
        """It has ended; to be called before it is closed."""
        with self._lock:
            self._asking.pop(connection, None)
            self._answered.pop(connection, None)


def _oldest_of(connections: dict[socket.socket, None]) -> socket.socket:
    oldest = next(iter(connections))
    del connections[oldest]
    return oldest


def _shut_down(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it has gone by itself
        # Not SSLSocket's own, which would take the connection's state away from the thread that reads it.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
