"""The application of the receiver: a path for pushes, kept until the daemon has them, and those where desktops ask. What a
desktop asks for itself is put to the daemon, and the answer given to the desktop; nothing can be read into it on the way."""

import asyncio
import http.client
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from provisioner.api.places import NoPlace, Places
from provisioner.receiver.forwarding import UnixConnection, WaitingPushes
from provisioner.receiver.handover import ACCESS_PATH, ASK_PATH, AUTHORITY_PATH, ORDERS_PATH, encode_question
from provisioner.sessions.push import Push, parse_push

PATH = "/v1/report"
ASKED = {
    "/v1/first-boot": ASK_PATH,
    "/v1/access": ACCESS_PATH,
    "/v1/session-orders": ORDERS_PATH,
    "/v1/receiver-authority": AUTHORITY_PATH,
}
"""Where desktops ask, and where the daemon is asked."""
_TAKEN, _MALFORMED, _ELSEWHERE, _FULL = 202, 400, 404, 503
_BOUNDS = (408, 413)
WITHIN_S = 12.0
MOST_BYTES = 256 * 1024
AT_ONCE = 4
"""Half of the connections that the daemon takes: batches of pushes always find one."""
EACH_AT_ONCE = 2
"""Of one address. Where all desktops come by one address, half of the places are enough for them."""
EACH_WAITS = 32
"""Of one address; whoever comes then is to ask again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonAnswer:
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

    async def ask(self, push: Push, path: str, address: str) -> DaemonAnswer:
        """The daemon's answer at this path of its socket; 503: it gives none now. `address`: whose question it is."""
        try:
            async with asyncio.timeout(WITHIN_S):
                async with self._places.of(address):
                    return await asyncio.to_thread(self._ask, push, path)
        except (NoPlace, TimeoutError, OSError, http.client.HTTPException):
            return DaemonAnswer(status=_FULL)

    def _ask(self, push: Push, path: str) -> DaemonAnswer:
        connection = UnixConnection(self._daemon)
        try:
            connection.request("POST", path, encode_question(push), {"Connection": "close"})
            answer = connection.getresponse()
            body = answer.read(MOST_BYTES)
            return DaemonAnswer(status=answer.status, body=body, signature=answer.getheader("Bascule-Signature", ""))
        finally:
            connection.close()


class RefusalCounter:
    """The outermost layer: counts what was refused before the application saw it, as too large or too slow."""

    def __init__(self, app: ASGIApp, waiting: WaitingPushes) -> None:
        self._app, self._waiting = app, waiting

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in _BOUNDS:
                self._waiting.refuse()
            await send(message)

        await self._app(scope, receive, answer)


class Intake:
    """The ASGI application; inside `api.limits.Bounded`, which has the whole body before it calls."""

    def __init__(self, waiting: WaitingPushes, ask: Callable[[Push, str, str], Awaitable[DaemonAnswer]]) -> None:
        """`ask` puts a question to the daemon."""
        self._waiting, self._ask = waiting, ask

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One push, or one question."""
        answer = DaemonAnswer(status=_ELSEWHERE)
        if scope["method"] == "POST" and scope["path"] in (PATH, *ASKED):
            answer = await self._take(scope, (await receive())["body"])
        headers = [(b"content-length", str(len(answer.body)).encode()), (b"connection", b"close")]
        headers += [(b"bascule-signature", answer.signature.encode())] * bool(answer.signature)
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _take(self, scope: Scope, body: bytes) -> DaemonAnswer:
        try:
            push = parse_push(dict(scope["headers"]), body)
        except ValueError:  # its text could hold what was sent
            self._waiting.refuse()
            return DaemonAnswer(status=_MALFORMED)
        address = address_of(scope.get("client"))
        if (asked := ASKED.get(scope["path"])) is not None:
            return await self._ask(push, asked, address)
        return DaemonAnswer(status=_TAKEN if self._waiting.put(push, address) else _FULL)


def address_of(client: tuple[str, int] | None) -> str:
    """Of whoever has connected; empty: it is not known."""
    return "" if client is None else client[0]
