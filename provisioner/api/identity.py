"""Who a request is from, and in which language it is answered: found before any route sees it."""

from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from provisioner.api.callers import Caller, Role, Roles, lacking
from provisioner.api.language import language_wanted
from provisioner.api.peers import Peer
from provisioner.api.refusals import CLOSE, refusal
from provisioner.api.tokens import Tokens
from provisioner.reasons.api import TOKEN_WANTED
from provisioner.settings.site_zone import HEADER, SiteZone
from provisioner.texts.catalogue import catalogue_of
from provisioner.texts.translate import use_catalogue

Identify = Callable[[Scope], Caller | None]
"""Who asks; None: it does not say."""


def identify_by(roles: Roles, name_of: Callable[[Peer], str], tokens: Tokens | None = None) -> Identify:
    """By the peer's account, or over TCP by a token. `name_of`: who the peer is, for the journal."""

    def identify(scope: Scope) -> Caller | None:
        peer = scope.get("state", {}).get("peer")
        if isinstance(peer, Peer):
            return Caller(name=name_of(peer), role=roles.of(peer))
        given = Headers(scope=scope).getlist("authorization")
        # Of two, software on the way may have judged the other one.
        return tokens.caller_with(given[0]) if tokens is not None and len(given) == 1 else None

    return identify


class Known:
    """An ASGI layer: sets `caller` and `language` of the request's state, and the language of its texts. Each answer says by
    whose clock people read times. Whoever is nobody, or may nothing, gets no further: their body is not read.
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
                    headers[HEADER] = zone
            await send(message)

        caller = self._identify(scope)
        if caller is None:
            await refusal(401, (TOKEN_WANTED(),), {"WWW-Authenticate": "Bearer", **CLOSE})(scope, receive, answer)
            return
        if why := lacking(caller, Role.BOARD):
            await refusal(403, (why,), CLOSE)(scope, receive, answer)
            return
        scope["state"] = {**scope.get("state", {}), "caller": caller, "language": language}
        await self._app(scope, receive, answer)
