"""What one server's reading may cost: its time, and the size of its answers. A server that goes past either has given none.

ldap3's receive_timeout begins anew with every byte, and it keeps whatever comes: so a deadline and sizes stand on the socket.
"""

import socket
from collections.abc import Callable
from typing import Any

from provisioner.errors import DirectoryIncomplete
from provisioner.reasons import reading as reasons
from provisioner.reasons.reason import Reason

MAX_ENTRIES = 100_000
"""Of one search: some sixty times the agents of a département; more, and base or filter are not what was meant."""
MAX_MESSAGE_BYTES = 8 * 1024 * 1024
"""Of one entry: a group that lists 80,000 DNs of 100 bytes. No server takes as much from its own clients unasked: 4 MiB
OpenLDAP (sockbuf_max_incoming_auth), 2 MiB 389 Directory (nsslapd-maxbersize)."""
MAX_READING_BYTES = 256 * 1024 * 1024
"""Of one server: MAX_ENTRIES of 2.6 KB, which is a person of Active Directory in thirty groups."""
MAX_EMPTY_PAGES = 100
"""In a row: Active Directory ends a page early, even empty, when it has looked for long enough; it never does so for good."""

Elapsed = Callable[[], float]
"""Seconds of a clock that nobody sets; only differences mean something."""


class Budget:
    """What is left of one server's reading. Raises DirectoryIncomplete when it is used up: the next server is asked."""

    def __init__(self, url: str, *, timeout_s: float, elapsed: Elapsed) -> None:
        self._url = url
        self._timeout_s = timeout_s
        self._elapsed = elapsed
        self._ends = elapsed() + timeout_s
        self._bytes_left = MAX_READING_BYTES

    def left_s(self) -> float:
        """Seconds to the deadline, more than none."""
        if (left := self._ends - self._elapsed()) > 0:
            return left
        raise DirectoryIncomplete(reasons.OF_SOURCE(source=self._url, why=reasons.DEADLINE_PASSED(timeout_s=self._timeout_s)))

    def spend(self, size: int) -> None:
        """So many bytes have come."""
        self._bytes_left -= size
        if self._bytes_left < 0:
            raise self.too_much(reasons.READING_LARGE(limit=MAX_READING_BYTES))

    def too_much(self, what: Reason) -> DirectoryIncomplete:
        """The error of a server that sends too much of something."""
        return DirectoryIncomplete(reasons.OF_SOURCE(source=self._url, why=reasons.GIVEN_UP(what=what)))


class BoundedSocket:
    """A connection's socket within the budget; it hands over one whole message at a time, never a part of one.

    Whatever else ldap3 asks of a socket is the real one's.
    """

    def __init__(self, raw: socket.socket, budget: Budget, *, receive_timeout_s: float) -> None:
        self.raw = raw
        self._budget = budget
        self._receive_timeout_s = receive_timeout_s
        self._held = bytearray()
        self._messages = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.raw, name)

    def sendall(self, data: bytes) -> None:
        """A question; its answer is counted anew."""
        self._messages = 0
        self._set_timeout()
        self.raw.sendall(data)

    def recv(self, _size: int) -> bytes:
        """One whole message, or nothing at the end of the connection; raises ValueError for what is no LDAP."""
        while (size := self._message_size()) is None or len(self._held) < size:
            if not self._receive():
                return b""
        message = bytes(self._held[:size])
        del self._held[:size]
        self._messages += 1
        # One for each reference and for the end, besides the entries.
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
        """Of the message that has begun, its head included; None: too little has come to tell."""
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
"""RFC 4511, 4.1.1: every message is a BER sequence, its length in one byte, or in as many as the first says."""
_LENGTH = 0x7F
_SHORTEST = 2
_RECEIVED = 65_536
"""Bytes asked of the network at once: what a page of a hundred people has."""
