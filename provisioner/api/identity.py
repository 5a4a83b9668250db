"""Who a request is from, and in which language it is answered: found before any route sees it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from provisioner.api.callers import Caller, Role, Roles, lacking
from provisioner.api.language import language_wanted
from provisioner.api.peers import Peer
from provisioner.api.refusals import CLOSE, refusal
from provisioner.api.tokens import Tokens
from provisioner.reasons.api import TOKEN_WANTED
from provisioner.settings.headers import CALLER, ZONE
from provisioner.settings.site_zone import SiteZone
from provisioner.texts.languages import catalogue_of
from provisioner.texts.translate import use_catalogue

LINGER_S, LINGER_BYTES = 1.0, 512 * 1024
"""Real seconds, and bytes, of a request that is refused unread: then the connection ends, whatever still comes."""
Identify = Callable[[Scope], Caller | None]
"""Who asks; None: it does not say."""


def identify_by(roles: Roles, name_of: Callable[[Peer, str], str], tokens: Tokens | None = None) -> Identify:
    """By the peer's account, or over TCP by a token. `name_of`: who the peer is, and says to be, for the journal."""

    def identify(scope: Scope) -> Caller | None:
        peer = scope.get("state", {}).get("peer")
        if isinstance(peer, Peer):
            said = Headers(scope=scope).get(CALLER, "")
            return Caller(name=name_of(peer, said), role=roles.of(peer))
        given = Headers(scope=scope).getlist("authorization")
        # Of two, software on the way may have judged the other one.
        return tokens.caller_with(given[0]) if tokens is not None and len(given) == 1 else None

    return identify


class IdentityLayer:
    """An ASGI layer: sets `caller` and `language` of the request's state, and the language of its texts; `caller_now` asks
    again, for answers that go on for hours. Each answer says by whose clock people read times. Whoever is nobody, or may
    nothing, gets no further: their body is not read.
    """

    def __init__(self, app: ASGIApp, identify: Identify, zone: Callable[[], SiteZone]) -> None:
        self._app, self._identify, self._zone = app, identify, zone

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        language = language_wanted(Headers(scope=scope).get("accept-language", ""))
        use_catalogue(catalogue_of(language))

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Language"], headers["Vary"] = language, "Accept-Language"
                if (zone := self._zone().key) is not None:
                    headers[ZONE] = zone
            await send(message)

        caller = self._identify(scope)
        if caller is None:
            await _refuse(refusal(401, (TOKEN_WANTED(),), {"WWW-Authenticate": "Bearer", **CLOSE}), receive, answer)
            return
        if why := lacking(caller, Role.BOARD):
            await _refuse(refusal(403, (why,), CLOSE), receive, answer)
            return
        known = {"caller": caller, "language": language, "caller_now": lambda: self._identify(scope)}
        scope["state"] = {**scope.get("state", {}), **known}
        await self._app(scope, receive, answer)


async def _refuse(refused: Response, receive: Receive, send: Send) -> None:
    """Answer before anything of the body is read. What still comes is thrown away for a moment: a client that is still sending
    when the connection ends does not see the answer.
    """
    await send({"type": "http.response.start", "status": refused.status_code, "headers": refused.raw_headers})
    await send({"type": "http.response.body", "body": refused.body, "more_body": True})
    with suppress(TimeoutError):
        async with asyncio.timeout(LINGER_S):
            left = LINGER_BYTES
            while left > 0 and (message := await receive()).get("more_body", False):
                left -= len(message["body"])
    await send({"type": "http.response.body", "body": b"", "more_body": False})
