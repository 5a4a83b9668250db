"""Puts what a desktop asks for itself to the daemon, and gives it the answer, which it cannot read more into."""

import asyncio
import http.client
from dataclasses import dataclass
from pathlib import Path

from provisioner.api.places import NoPlace, Places
from provisioner.receiver.daemon_connection import UnixConnection
from provisioner.receiver.handover import encode_question
from provisioner.sessions.push import Push

WITHIN_S = 12.0
MOST_BYTES = 256 * 1024
AT_ONCE = 4
"""Half of the connections that the daemon takes: batches of pushes always find one."""
EACH_AT_ONCE = 2
"""Of one address. Where all desktops come by one address, half of the places are enough for them."""
EACH_WAITS = 32
"""Of one address; whoever comes then is to ask again."""
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
        self._places = Places(at_once=AT_ONCE, each_at_once=EACH_AT_ONCE, each_waits=EACH_WAITS)

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
