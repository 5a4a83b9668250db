"""A way to a server that breaks after so many bytes of its answers: a lost connection, at a place of the test's choosing."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

_PIECE = 4_096


@dataclass(kw_only=True)
class Way:
    """The way as it is: where it begins, and what has come along it."""

    port: int
    cut_after: int | None
    """Bytes of answers of one connection; None: never."""
    passed: int = 0
    """Bytes of answers so far, of all connections."""
    _threads: list[threading.Thread] = field(default_factory=list)


@contextmanager
def a_way_to(port: int, *, cut_after: int | None = None) -> Iterator[Way]:
    """A port of 127.0.0.1 that leads to another one of it, connection by connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        way = Way(port=listener.getsockname()[1], cut_after=cut_after)
        taking = threading.Thread(target=_take, args=(listener, way, port))
        taking.start()
        try:
            yield way
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            taking.join()
            for thread in way._threads:
                thread.join()


def _take(listener: socket.socket, way: Way, port: int) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        server = socket.create_connection(("127.0.0.1", port))
        for thread in (
            threading.Thread(target=_forward, args=(client, server)),
            threading.Thread(target=_answer, args=(server, client, way)),
        ):
            way._threads.append(thread)
            thread.start()


def _forward(source: socket.socket, sink: socket.socket) -> None:
    """Questions, to their end."""
    try:
        while piece := source.recv(_PIECE):
            sink.sendall(piece)
    except OSError:
        pass  # the other direction was cut
    _end(sink)


def _answer(source: socket.socket, sink: socket.socket, way: Way) -> None:
    """Answers, up to where the way breaks."""
    left = way.cut_after
    try:
        while (left is None or left > 0) and (piece := source.recv(_PIECE if left is None else min(left, _PIECE))):
            sink.sendall(piece)
            way.passed += len(piece)
            left = None if left is None else left - len(piece)
    except OSError:
        pass  # the client has gone
    _end(source)
    _end(sink)


def _end(end: socket.socket) -> None:
    with suppress(OSError):  # ended before
        end.shutdown(socket.SHUT_RDWR)
    end.close()
