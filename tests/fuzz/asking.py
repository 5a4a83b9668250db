"""Requests to the application inside this process, without a socket."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Application = Callable[..., Awaitable[None]]
_Message = MutableMapping[str, Any]


def ask(app: Application, method: str, path: str, body: bytes = b"", *, key: str = "") -> tuple[int, bytes]:
    """The status code and the body of the answer. What the application raises goes through it: the answer is made before."""
    return asyncio.run(asked(app, method, path, body, key=key))


async def asked(
    app: Application, method: str, path: str, body: bytes = b"", *, key: str = "", language: str = "en"
) -> tuple[int, bytes]:
    """As `ask`, within a loop."""
    answer = _Answer(body)
    headers = [(b"content-type", b"application/json"), (b"host", b"bascule"), (b"accept-language", language.encode())]
    headers += [(b"idempotency-key", key.encode("latin-1"))] if key else []
    path, _, query = path.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "method": method, "path": path,
        "raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "headers": headers, "client": None,
        "server": None, "state": {},
    }  # fmt: skip
    try:
        await app(scope, answer.receive, answer.send)
    except Exception:
        if answer.status != 500:  # starlette raises again what it has answered, for the log
            raise
    return answer.status, bytes(answer.body)


class _Answer:
    def __init__(self, request: bytes) -> None:
        self.status, self.body, self._request, self._sent = 0, bytearray(), request, False

    async def receive(self) -> _Message:
        if self._sent:
            await asyncio.Event().wait()
        self._sent = True
        return {"type": "http.request", "body": self._request, "more_body": False}

    async def send(self, message: _Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")


__all__ = ["Application", "ask", "asked"]
