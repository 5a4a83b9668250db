"""A directory server with scripted answers, on any number of connections: LDAP's messages made by hand (RFC 4511)."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

_READ = 65_536
_PAGED = b"1.2.840.113556.1.4.319"

Talk = Callable[["Question"], Iterator[bytes]]
"""What a server sends for each question, piece by piece; when it has nothing more to send, it waits for the next question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One request of a client."""

    number: int
    """The message's own."""
    kind: int
    """Its operation: BIND, SEARCH or another."""

    def says(self, operation: bytes, controls: bytes = b"") -> bytes:
        """One message that answers it."""
        return tlv(0x30, _integer(0x02, self.number) + operation + controls)

    def lets_in(self) -> bytes:
        """A bind that succeeded."""
        return self.says(_result(0x61))

    def entry(self, dn: str, **attributes: bytes | list[bytes]) -> bytes:
        """One result of a search."""
        values = {name: value if isinstance(value, list) else [value] for name, value in attributes.items()}
        parts = b"".join(
            tlv(0x30, tlv(0x04, name.encode()) + tlv(0x31, b"".join(tlv(0x04, value) for value in some)))
            for name, some in values.items()
        )
        return self.says(tlv(0x64, tlv(0x04, dn.encode()) + tlv(0x30, parts)))

    def done(self, cookie: bytes | None = None) -> bytes:
        """The end of a search; with a cookie the end of a page, after which more is promised."""
        return self.says(_result(0x65), b"" if cookie is None else _paged(cookie))


BIND, SEARCH = 0x60, 0x63


@dataclass(kw_only=True)
class Hostile:
    """The server as it is."""

    port: int
    asked: list[Question] = field(default_factory=list)
    """Everything that any client has asked."""

    @property
    def ldap(self) -> str:
        """The address in clear."""
        return f"ldap://127.0.0.1:{self.port}"


@contextmanager
def a_hostile_server(talk: Talk) -> Iterator[Hostile]:
    """Up for the length of the block."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Hostile(port=listener.getsockname()[1])
        connections: list[socket.socket] = []
        threads: list[threading.Thread] = []
        taking = threading.Thread(target=_take, args=(listener, server, talk, connections, threads))
        taking.start()
        try:
            yield server
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            taking.join()
            for connection in connections:
                with suppress(OSError):  # ended before
                    connection.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join()


def tlv(tag: int, content: bytes) -> bytes:
    """Basic Encoding Rules: tag, length, content."""
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    size = len(content).to_bytes(8, "big").lstrip(b"\0")
    return bytes([tag, 0x80 | len(size)]) + size + content


def _take(
    listener: socket.socket, server: Hostile, talk: Talk, connections: list[socket.socket], threads: list[threading.Thread]
) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        connections.append(client)
        threads.append(threading.Thread(target=_serve, args=(client, server, talk)))
        threads[-1].start()


def _serve(client: socket.socket, server: Hostile, talk: Talk) -> None:
    held = b""
    with client, suppress(OSError):  # the client, or the test, has ended it
        while piece := client.recv(_READ):
            held += piece
            while question := _first(held):
                held = held[_size(held) :]
                server.asked.append(question)
                for part in talk(question):
                    client.sendall(part)


def _first(held: bytes) -> Question | None:
    if len(held) < 2 or len(held) < _size(held):
        return None
    start = 2 + (held[1] & 0x7F if held[1] & 0x80 else 0)
    length = held[start + 1]
    number = int.from_bytes(held[start + 2 : start + 2 + length], "big")
    return Question(number=number, kind=held[start + 2 + length])


def _size(held: bytes) -> int:
    if not held[1] & 0x80:
        return 2 + held[1]
    more = held[1] & 0x7F
    return 2 + more + int.from_bytes(held[2 : 2 + more], "big")


def _integer(tag: int, value: int) -> bytes:
    return tlv(tag, value.to_bytes(4, "big"))


def _result(tag: int) -> bytes:
    return tlv(tag, tlv(0x0A, b"\0") + tlv(0x04, b"") + tlv(0x04, b""))


def _paged(cookie: bytes) -> bytes:
    value = tlv(0x30, _integer(0x02, 0) + tlv(0x04, cookie))
    return tlv(0xA0, tlv(0x30, tlv(0x04, _PAGED) + tlv(0x04, value)))
