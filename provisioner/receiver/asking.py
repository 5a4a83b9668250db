"""Puts what a desktop asks for itself to the daemon, and gives it the answer, which it cannot read more into."""

import asyncio
import http.client
from dataclasses import dataclass
from pathlib import Path

from provisioner.receiver.daemon_connection import UnixConnection
from provisioner.receiver.handover import encode_question
from provisioner.receiver.places import NoPlace, Places
from provisioner.sessions.push import Push

WITHIN_S = 12.0
MOST_BYTES = 256 * 1024
_FULL = 503


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The daemon's, for the desktop."""

    status: int
    body: bytes = b""
    signature: str = ""


class Questions:
    """A few at once, by turns of their addresses; the others wait, and in the end are to ask again."""

    def __init__(self, daemon: Path) -> None:
        """`daemon`: its socket."""
        self._daemon = daemon
        self._places = Places()

    async def ask(self, push: Push, path: str, address: str) -> Answer:
        """The daemon's answer at this path of its socket; 503: it gives none now. `address`: whose question it is."""
        try:
            async with asyncio.timeout(WITHIN_S):
                async with self._places.of(address):
                    return await asyncio.to_thread(self._ask, push, path)
        except (NoPlace, TimeoutError, OSError, http.client.HTTPException):
            return Answer(status=_FULL)

    def _ask(self, push: Push, path: str) -> Answer:
        connection = UnixConnection(self._daemon)
        try:
            connection.request("POST", path, encode_question(push), {"Connection": "close"})
            answer = connection.getresponse()
            body = answer.read(MOST_BYTES)
            return Answer(status=answer.status, body=body, signature=answer.getheader("Bascule-Signature", ""))
        finally:
            connection.close()
