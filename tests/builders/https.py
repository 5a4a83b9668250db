"""A small HTTPS server with scripted answers, which can also misbehave below HTTP. It records its requests."""

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.servers.certificates import Certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    body: str
    authorization: str | None
    cookie: str | None
    connection: int
    """Which connection it came over, counted from 1."""


@dataclass
class ScriptedHttps:
    """What to answer, and what was asked; `answer` writes its answer to the handler itself."""

    port: int
    answer: Callable[["Handler"], None]
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    hung_up: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    """Released once for each connection that the server has closed."""

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self.port}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    script: ScriptedHttps

    def setup(self) -> None:
        super().setup()
        self.script.connections += 1
        self.number = self.script.connections

    def handle_one(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        asked = Asked(
            method=self.command,
            path=self.path,
            body=body,
            authorization=self.headers.get("Authorization"),
            cookie=self.headers.get("Cookie"),
            connection=self.number,
        )
        self.script.asked.append(asked)
        self.script.answer(self)

    do_GET = do_POST = do_PUT = do_DELETE = handle_one  # noqa: N815 (names given by http.server)

    def log_message(self, *parts: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, script: ScriptedHttps) -> None:
        super().__init__(("127.0.0.1", 0), type("Bound", (Handler,), {"script": script}))
        self._script = script

    def shutdown_request(self, request: object) -> None:
        super().shutdown_request(request)  # type: ignore[arg-type]
        self._script.hung_up.release()

    def handle_error(self, *about: object) -> None:
        """A client that hangs up is part of the tests."""


def says(
    status: int = 200,
    reason: str = "OK",
    *,
    data: object = None,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> Callable[[Handler], None]:
    """Answer with this status, and this data as Proxmox VE's JSON, or this body."""

    def answer(handler: Handler) -> None:
        payload = json.dumps({"data": data}).encode() if body is None else body
        handler.send_response(status, reason)
        for name, value in {"Content-Type": "application/json;charset=UTF-8", **(headers or {})}.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(payload)))
        handler.end_headers()
        handler.wfile.write(payload)

    return answer


def resets(handler: Handler) -> None:
    """Cut the connection with a reset, without an answer."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.close_connection = True
    handler.connection.close()


def breaks_off(handler: Handler) -> None:
    """Promise a body and close in the middle of it."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"data":')
    handler.wfile.flush()
    handler.close_connection = True


def falls_silent(release: threading.Event) -> Callable[[Handler], None]:
    """Answer nothing until the test lets go."""

    def answer(handler: Handler) -> None:
        release.wait(30)
        handler.close_connection = True

    return answer


@contextmanager
def https(certificate: Certificate, answer: Callable[[Handler], None]) -> Iterator[ScriptedHttps]:
    """Serve on loopback with this certificate."""
    script = ScriptedHttps(port=0, answer=answer)
    server = _Server(script)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.certificate, certificate.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    script.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
