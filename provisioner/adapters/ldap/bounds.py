"""Limits of one server's reading: its time, and the size of its answers. Beyond a limit the reading has failed.

ldap3's receive_timeout restarts with every byte, and ldap3 keeps all that it receives. So the socket has a deadline and sizes.
"""

import socket
from collections.abc import Callable
from typing import Any

from provisioner.errors import DirectoryIncomplete
from provisioner.reasons import reading as reasons
from provisioner.reasons.reason import Reason

MAX_ENTRIES = 100_000
"""Of one search: about sixty times the agents of a département. More entries mean a wrong base or filter."""
MAX_MESSAGE_BYTES = 8 * 1024 * 1024
"""Of one entry: a group that lists 80,000 DNs of 100 bytes. No server takes as much from its own clients unasked: 4 MiB
OpenLDAP (sockbuf_max_incoming_auth), 2 MiB 389 Directory (nsslapd-maxbersize)."""
MAX_READING_BYTES = 256 * 1024 * 1024
"""Of one server: MAX_ENTRIES of 2.6 KB, the size of a person in thirty groups of Active Directory."""
MAX_EMPTY_PAGES = 100
"""In a row: after some time Active Directory ends a page early, even empty, but never forever."""

Elapsed = Callable[[], float]
"""Seconds of a clock that is never set; only differences have a meaning."""


class ReadingBudget:
    """Time and bytes left for one server's reading. Raises DirectoryIncomplete if used up: the next server is asked."""

    def __init__(self, url: str, *, timeout_s: float, elapsed: Elapsed) -> None:
        self._url = url
        self._timeout_s = timeout_s
        self._elapsed = elapsed
        self._ends = elapsed() + timeout_s
        self._bytes_left = MAX_READING_BYTES

    def left_s(self) -> float:
        """Seconds to the deadline, more than 0."""
        if (left := self._ends - self._elapsed()) > 0:
            return left
        raise DirectoryIncomplete(reasons.OF_SOURCE(source=self._url, why=reasons.DEADLINE_PASSED(timeout_s=self._timeout_s)))

    def spend(self, size: int) -> None:
        """Count received bytes."""
        self._bytes_left -= size
        if self._bytes_left < 0:
            raise self.too_much(reasons.READING_LARGE(limit=MAX_READING_BYTES))

    def too_much(self, what: Reason) -> DirectoryIncomplete:
        """The error of a server that sends too much of something."""
        return DirectoryIncomplete(reasons.OF_SOURCE(source=self._url, why=reasons.GIVEN_UP(what=what)))


class BoundedSocket:
    """A connection's socket within the budget. It returns whole messages, one at a time.

    All other attributes are those of the real socket.
    """

    def __init__(self, raw: socket.socket, budget: ReadingBudget, *, receive_timeout_s: float) -> None:
        self.raw = raw
        self._budget = budget
        self._receive_timeout_s = receive_timeout_s
        self._held = bytearray()
        self._messages = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.raw, name)

    def sendall(self, data: bytes) -> None:
        """Send a question; counting of answers restarts."""
        self._messages = 0
        self._set_timeout()
        self.raw.sendall(data)

    def recv(self, _size: int) -> bytes:
        """One whole message, or nothing at the end of the connection; raises ValueError if it is not LDAP."""
        while (size := self._message_size()) is None or len(self._held) < size:
            if not self._receive():
                return b""
        message = bytes(self._held[:size])
        del self._held[:size]
        self._messages += 1
        # Besides the entries there is a message for each reference, and for the end.
        if self._messages > MAX_ENTRIES + 1_000:
            raise self._budget.too_much(reasons.ANSWER_LONG(limit=MAX_ENTRIES))
        return message

    def _receive(self) -> bool:
        self._set_timeout()
        try:
            data = self.raw.recv(_RECEIVED)
        except TimeoutError:
            self._budget.left_s()  # the deadline says more than "timed out"
            raise
        self._held += data
        self._budget.spend(len(data))
        return bool(data)

    def _set_timeout(self) -> None:
        self.raw.settimeout(min(self._receive_timeout_s, self._budget.left_s()))

    def _message_size(self) -> int | None:
        """Size of the next message with its head; None: too few bytes to tell."""
        if len(self._held) < _SHORTEST:
            return None
        if self._held[0] != _SEQUENCE:
            raise ValueError("no LDAP message begins so")
        length, more = self._held[1], self._held[1] & _LENGTH
        if length == more:
            return _SHORTEST + length
        if len(self._held) < _SHORTEST + more:
            return None
        size = _SHORTEST + more + int.from_bytes(self._held[_SHORTEST : _SHORTEST + more], "big")
        if size > MAX_MESSAGE_BYTES:
            raise self._budget.too_much(reasons.ANSWER_LARGE(size=size, limit=MAX_MESSAGE_BYTES))
        return size


_SEQUENCE = 0x30
"""RFC 4511, 4.1.1: every message is a BER sequence. Its length is one byte, or as many bytes as the first byte says."""
_LENGTH = 0x7F
_SHORTEST = 2
_RECEIVED = 65_536
"""Bytes per read from the network: the size of a page of a hundred people."""
