"""wsgiref's server, hardened for a network: TLS outside the accepting thread, deadlines, a connection limit, a quick end.

The open connections: a limited number; beyond it the slowest connection is closed.
"""

import contextlib
import io
import logging
import socket
import socketserver
import ssl
import threading
import time
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from provisioner.errors import ExpositionError
from provisioner.reasons.api import PORT_UNUSABLE
from provisioner.settings.values import ExpositionSettings
from provisioner.tls_files import ServedCertificate

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication


_log = logging.getLogger(__name__)
HEAD_S = 5.0
"""Deadline for the handshake, and for the head of a request; both take milliseconds in the network of one site."""
_ANSWER_S = 10.0
"""Time for a client to receive the answer. Prometheus gives up after 10 s (its `scrape_timeout`)."""
_CONNECTIONS = 32
"""Parallel connections. A Prometheus pair and some probes need three; more would only cost memory."""


class Server:
    """One WSGI application on one address."""

    def __init__(self, app: "WSGIApplication", settings: ExpositionSettings, *, head_s: float = HEAD_S) -> None:
        self._app = app
        self._head_s = head_s
        self._settings = settings
        self._listening: _Listener | None = None
        self.served: ServedCertificate | None = None
        """None: without TLS, or not open."""
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The URL for clients."""
        port, address = self._listening.server_port if self._listening else self._settings.port, self._settings.address
        host = f"[{address}]" if ":" in address else address
        return f"{'https' if self._settings.certificate else 'http'}://{host}:{port}"

    def open(self) -> None:
        """Listen, and answer from a new thread; raises ExpositionError."""
        address, port = self._settings.address, self._settings.port
        self.served = _served(self._settings)
        try:
            listener = _Listener(address, port, self.served, self._head_s)
        except (OSError, OverflowError) as exc:
            raise ExpositionError(PORT_UNUSABLE(section="exposition", address=address, port=port, said=_said(exc))) from exc
        listener.set_app(self._app)
        self._listening = listener
        # No poll interval: a thread that wakes ten times a second takes 2 % of the daemon's processor time in a switch.
        self._thread = threading.Thread(
            target=listener.serve_forever, kwargs={"poll_interval": None}, name="exposition", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop listening. A second call does nothing."""
        listener, self._listening = self._listening, None
        if listener is None or self._thread is None:
            return
        listener.socket.shutdown(socket.SHUT_RDWR)  # wakes the accepting thread
        listener.shutdown()
        self._thread.join()
        listener.server_close()


def _served(settings: ExpositionSettings) -> ServedCertificate | None:
    if settings.certificate is None:
        return None
    return ServedCertificate("exposition", settings.certificate, settings.key, client_ca=settings.client_ca)


def _said(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


class _Listener(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 4 * _CONNECTIONS

    def __init__(self, address: str, port: int, served: ServedCertificate | None, head_s: float) -> None:
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._served = served
        self._connections = Connections(_CONNECTIONS)
        self.head_s = head_s
        super().__init__((address, port), _Handler)

    def server_bind(self) -> None:
        """wsgiref's method without the reverse look-up of the address, which may wait for a resolver."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[0], self.server_address[1]  # type: ignore[assignment]
        self.setup_environ()

    def get_request(self) -> tuple[Any, Any]:
        """Accept a connection without its handshake, so that a silent client delays no other client."""
        request, client_address = super().get_request()
        if self._served is None:
            return request, client_address
        try:
            context = self._served.context()
            return context.wrap_socket(request, server_side=True, do_handshake_on_connect=False), client_address
        except BaseException:
            request.close()
            raise

    def process_request(self, request: Any, client_address: Any) -> None:
        """One thread for each connection, up to the limit; beyond it the slowest connection is closed."""
        self._connections.add(request)
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Handle one connection: handshake, head and answer."""
        try:
            request.settimeout(self.head_s)
            if isinstance(request, ssl.SSLSocket):
                request.do_handshake()
            self.finish_request(request, client_address)
        except OSError:  # a refused certificate, a client that is gone or too slow: not worth a log line
            pass
        except Exception:
            _log.exception("exposition: a connection ended in an error of ours")
        finally:
            self._connections.remove(request)
            self.shutdown_request(request)

    def has_asked(self, request: Any) -> None:
        """The head has arrived; the answer has its own deadline."""
        self._connections.has_asked(request)
        request.settimeout(_ANSWER_S)


class _Handler(WSGIRequestHandler):
    server: _Listener
    server_version = "bascule"
    sys_version = ""

    def setup(self) -> None:
        """Read the head with a deadline."""
        super().setup()
        self.rfile.close()
        self.rfile = io.BufferedReader(_UntilDeadline(self.connection, self.server.head_s))

    def parse_request(self) -> bool:
        """wsgiref's method; when it returns, the head has been read."""
        parsed = super().parse_request()
        self.server.has_asked(self.connection)
        return parsed

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: there is a scrape every 15 s."""

    def get_stderr(self) -> Any:
        """The stream for wsgiref's tracebacks of failed pages."""
        return _ToLog()


class _UntilDeadline(io.RawIOBase):
    """Reads a socket until a deadline. A socket's own time-out restarts with each byte: one byte a second would never end."""

    def __init__(self, connection: socket.socket, within_s: float) -> None:
        self._connection = connection
        self._until = time.monotonic() + within_s

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left_s = self._until - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("the head of a request was not there in time")
        self._connection.settimeout(left_s)
        return self._connection.recv_into(buffer)


class _ToLog(io.StringIO):
    def flush(self) -> None:
        if text := self.getvalue().strip():
            _log.error("exposition: a page could not be made: %s", text)
        self.seek(0)
        self.truncate()


class Connections:
    """Thread-safe. A connection that has to go is shut down, which wakes its thread and ends it."""

    def __init__(self, at_most: int) -> None:
        self._at_most = at_most
        self._lock = threading.Lock()
        self._asking: dict[socket.socket, None] = {}
        """Connections whose request has not arrived yet, oldest first."""
        self._answered: dict[socket.socket, None] = {}
        """Connections that are being answered, oldest first."""

    def add(self, connection: socket.socket) -> None:
        """Add a connection. If there are too many, close the oldest without a request, else the oldest being answered.

        A regular request is sent and answered within milliseconds, so the oldest connection is a slow client.
        """
        with self._lock:
            if len(self._asking) + len(self._answered) >= self._at_most:
                _shut_down(_oldest_of(self._asking or self._answered))
            self._asking[connection] = None

    def has_asked(self, connection: socket.socket) -> None:
        """The connection's request has arrived and is being answered."""
        with self._lock:
            if connection in self._asking:
                del self._asking[connection]
                self._answered[connection] = None

    def remove(self, connection: socket.socket) -> None:
        """Remove a connection that has ended. Call this before it is closed."""
        with self._lock:
            self._asking.pop(connection, None)
            self._answered.pop(connection, None)


def _oldest_of(connections: dict[socket.socket, None]) -> socket.socket:
    oldest = next(iter(connections))
    del connections[oldest]
    return oldest


def _shut_down(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it is already closed
        # Not SSLSocket.shutdown, which would drop the TLS state that the connection's thread still uses.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
