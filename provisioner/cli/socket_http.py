"""One question over a Unix socket, in HTTP/1.0. Python's own client loads TLS and a parser of e-mail: a tenth of a command."""

import os
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import NamedTuple

OK, NOT_MODIFIED, CONFLICT, TOO_MANY_REQUESTS = 200, 304, 409, 429
"""Codes of answers that a command tells apart."""
_DIGITS = 18
_SOON_S = 0.001
"""What has come is read, however late it is."""
_QUOTED = 100
"""Characters of an answer that is not HTTP: whoever answers may send any number of them."""
_STATUS = re.compile(r"HTTP/1\.[01] (\d{3})(?: .*)?")


class NotHttpError(Exception):
    """Something answers that does not speak HTTP; the text says what."""


class HttpAnswer(NamedTuple):
    """What was answered."""

    status: int
    headers: Mapping[str, str]
    """The names in lower case."""
    body: bytes


def answer_of(
    at: Path, what: str, headers: Mapping[str, str], content: str | None, *, within_s: float, most: int
) -> HttpAnswer:
    """Ask: with content it is a POST. `within_s`: real seconds to connect, and for the whole answer; `most`: of its bytes.

    Raises OSError (TimeoutError: too late), and NotHttpError.
    """
    body = None if content is None else content.encode()
    with _connected(at, within_s) as connection:
        connection.sendall(_head(what, headers, body) + (body or b""))
        return _answer(_received(connection, within_s, most))


def _received(connection: socket.socket, within_s: float, most: int) -> bytes:
    received, ends = bytearray(), monotonic() + within_s
    while len(received) < most and (part := connection.recv(1 << 18)):
        received += part
        connection.settimeout(max(_SOON_S, ends - monotonic()))
    return bytes(received)


def _head(what: str, headers: Mapping[str, str], body: bytes | None) -> bytes:
    lines = [f"{'GET' if body is None else 'POST'} {what} HTTP/1.0", "Host: bascule"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [] if body is None else [f"Content-Length: {len(body)}"]
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode("latin-1")


@contextmanager
def _connected(at: Path, within_s: float) -> Iterator[socket.socket]:
    """By the folder's descriptor, because the kernel takes no path of more than 107 bytes."""
    folder = os.open(at.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(within_s)
            connection.connect(f"/proc/self/fd/{folder}/{at.name}")
            yield connection
    finally:
        os.close(folder)


def _answer(received: bytes) -> HttpAnswer:
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    status = _STATUS.fullmatch(first)
    if status is None:
        raise NotHttpError(first[:_QUOTED] or "closed without an answer")
    pairs = (line.partition(":") for line in lines)
    answer = HttpAnswer(int(status[1]), {name.strip().lower(): value.strip() for name, _, value in pairs}, body)
    length = answer.headers.get("content-length", "")
    if answer.status != NOT_MODIFIED and length.isdecimal() and len(body) < int(length[:_DIGITS]):
        raise NotHttpError("closed in the middle of its answer")
    return answer
