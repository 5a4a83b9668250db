"""Bounds of a request's body and of an answer's time, as ASGI layers around the application."""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from provisioner.api.refusals import CLOSE, refusal
from provisioner.reasons.api import BODY_LARGE, BODY_SLOW, FAILED
from provisioner.reasons.reason import Reason

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLimits:
    """How much a request may ask of the daemon."""

    head_s: float = 5.0
    """Real seconds for the head of a request: it takes milliseconds on one machine, and in the network of one site."""
    body_s: float = 10.0
    """Real seconds for the whole body."""
    body_bytes: int = 512 * 1024
    """An order with a long reason has less than one KiB; one that carries 5,000 people over to new ids has 420."""
    answer_s: float = 30.0
    """Real seconds for a client to take a piece of the answer."""
    connections: int = 256
    """At once, on each socket. Beyond it one of the address or account with the most is closed, the one silent longest."""
    streams: int = 128
    """Event streams at once: half of the connections, so that questions and orders always find one."""


LIMITS = RequestLimits()


class Bounded:
    """The application with these limits. An error in it is one line in the log, and a reason for whoever asks."""

    def __init__(self, app: ASGIApp, limits: RequestLimits, *, before: Callable[[ASGIApp], ASGIApp] = lambda app: app) -> None:
        """`before`: a layer that comes before the body is read; it finds out who asks."""
        self._app, self._limits = before(WholeBody(app, limits)), limits
        self.answers: Counter[str] = Counter()
        """By class of HTTP status, `2xx`."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        answer = _Answer(send, scope.get("state", {}).get("abort", lambda: None), self._limits.answer_s, self.answers)
        try:
            await self._app(scope, receive, answer)
        except Exception as error:
            if _has_gone(error):
                answer.abort()
            else:
                _log.exception("a bug: an answer could not be made")
                await answer.refuse(scope, receive, 500, FAILED())


class WholeBody:
    """Reads the whole body, before the application sees any of it: never more than the limit, whatever the head says."""

    def __init__(self, app: ASGIApp, limits: RequestLimits) -> None:
        self._app, self._limits = app, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        try:
            body = await self._body(scope, receive)
        except _TooMuch as much:
            await refusal(much.status, (much.reason,), CLOSE)(scope, receive, send)
        except ConnectionError:  # the client has gone
            return
        else:
            await self._app(scope, _replayed(body, receive), send)

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        limit = self._limits.body_bytes
        if _announced(scope) > limit:
            raise _TooMuch(413, BODY_LARGE(limit=limit))
        try:
            async with asyncio.timeout(self._limits.body_s):
                return await _read(receive, limit)
        except TimeoutError:
            raise _TooMuch(408, BODY_SLOW(limit_s=self._limits.body_s)) from None


class _TooMuch(Exception):
    def __init__(self, status: int, reason: Reason) -> None:
        self.status, self.reason = status, reason


class _Answer:
    """Sends an answer; a client that does not take it is cut off."""

    def __init__(self, send: Send, abort: Callable[[], None], within_s: float, counted: Counter[str]) -> None:
        self._send, self.abort, self._within_s, self._counted = send, abort, within_s, counted
        self._begun = self._complete = False

    async def __call__(self, message: Message) -> None:
        """Send one piece."""
        self._begun = True
        if message["type"] == "http.response.start":
            self._counted[f"{message['status'] // 100}xx"] += 1
        async with asyncio.timeout(self._within_s):
            await self._send(message)
        self._complete = message["type"] == "http.response.body" and not message.get("more_body", False)

    async def refuse(self, scope: Scope, receive: Receive, status: int, reason: Reason) -> None:
        """Answer with a reason, and close the connection."""
        if not self._begun:
            with contextlib.suppress(TimeoutError, ConnectionError):
                await refusal(status, (reason,), CLOSE)(scope, receive, self)
        if not self._complete:
            self.abort()


def _has_gone(error: BaseException) -> bool:
    """Whether the client is no longer there, or takes nothing."""
    if isinstance(error, BaseExceptionGroup):
        return all(map(_has_gone, error.exceptions))
    return isinstance(error, TimeoutError | ConnectionError | ClientDisconnect)


async def _read(receive: Receive, limit: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionError
        body += message.get("body", b"")
        if len(body) > limit:
            raise _TooMuch(413, BODY_LARGE(limit=limit))
        if not message.get("more_body", False):
            return bytes(body)


def _announced(scope: Scope) -> int:
    """The length that the head announces; 0: it announces none."""
    lengths: list[Any] = [value for name, value in scope["headers"] if name == b"content-length"]
    return max((int(value) for value in lengths if value.isdigit()), default=0)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """The body as one message; then whatever comes, which is only that the client has gone."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Message:
        return waiting.pop() if waiting else await receive()

    return next_message
