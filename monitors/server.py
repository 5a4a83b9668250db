"""wsgiref's server with what a page on a network needs: TLS off the accepting thread, time limits, a bound, a quick end."""

import contextlib
import io
import logging
import socket
import socketserver
import ssl
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from provisioner.errors import ExpositionError

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

_log = logging.getLogger(__name__)
_SLOW_CLIENT_S = 10.0
"""A scrape takes milliseconds; who sends nothing for so long is let go (Prometheus itself gives up after 10 s)."""
_CONNECTIONS = 32
"""At once. A Prometheus pair and some probes need three; more would only take the daemon's memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """PEM files. With `client_ca`, a client without a certificate of that CA gets no answer."""

    certificate: Path
    key: Path
    client_ca: Path | None = None


class Server:
    """One WSGI application on one address."""

    def __init__(self, app: "WSGIApplication", *, address: str, port: int, tls: Tls | None) -> None:
        self._app = app
        self._address = address
        self._port = port
        self._tls = tls
        self._listening: _Listener | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The address as a client writes it."""
        port = self._listening.server_port if self._listening else self._port
        host = f"[{self._address}]" if ":" in self._address else self._address
        return f"{'https' if self._tls else 'http'}://{host}:{port}"

    def open(self) -> None:
        """Listen, and answer from a thread of its own; raises ExpositionError."""
        context = _context(self._tls) if self._tls else None
        try:
            listener = _Listener(self._address, self._port, context)
        except (OSError, OverflowError) as exc:
            raise ExpositionError(f"exposition: cannot listen on {self._address}:{self._port}: {exc}") from exc
        listener.set_app(self._app)
        self._listening = listener
        # Without an interval: a thread that wakes ten times a second takes a fiftieth of what the daemon takes in a switch.
        self._thread = threading.Thread(
            target=listener.serve_forever, kwargs={"poll_interval": None}, name="exposition", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Give the port back. Again: nothing."""
        listener, self._listening = self._listening, None
        if listener is None or self._thread is None:
            return
        listener.socket.shutdown(socket.SHUT_RDWR)  # wakes the accepting thread
        listener.shutdown()
        self._thread.join()
        listener.server_close()


def _context(tls: Tls) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # A key with a passphrase would ask at the terminal, where a daemon has none.
        context.load_cert_chain(tls.certificate, tls.key, password=lambda: b"")
        if tls.client_ca:
            context.load_verify_locations(cafile=tls.client_ca)
            context.verify_mode = ssl.CERT_REQUIRED
    except (OSError, ValueError) as exc:
        files = ", ".join(str(one) for one in (tls.certificate, tls.key, tls.client_ca) if one)
        raise ExpositionError(f"exposition: certificate, key or client CA cannot be used ({files}): {exc}") from exc
    return context


class _Listener(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 4 * _CONNECTIONS

    def __init__(self, address: str, port: int, context: ssl.SSLContext | None) -> None:
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._context = context
        self._free = threading.BoundedSemaphore(_CONNECTIONS)
        super().__init__((address, port), _Handler)

    def server_bind(self) -> None:
        """As wsgiref's, without its look-up of the address's name, which may wait for a resolver."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[0], self.server_address[1]  # type: ignore[assignment]
        self.setup_environ()

    def process_request(self, request: Any, client_address: Any) -> None:
        """One thread a connection, up to the bound; beyond it the connection is closed at once."""
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """The handshake is made here: a client that never speaks holds up nobody but itself."""
        try:
            request.settimeout(_SLOW_CLIENT_S)
            with self._secured(request) as secured:
                self.finish_request(secured, client_address)
        except OSError:  # a refused certificate, a client gone or too slow: nothing for the log of a switch
            pass
        except Exception:
            _log.exception("exposition: a connection ended in an error of ours")
        finally:
            self.shutdown_request(request)
            self._free.release()

    def _secured(self, request: Any) -> Any:
        if self._context is None:
            return contextlib.nullcontext(request)
        return self._context.wrap_socket(request, server_side=True)


class _Handler(WSGIRequestHandler):
    timeout = _SLOW_CLIENT_S
    server_version = "bascule"
    sys_version = ""

    def log_message(self, format: str, *args: object) -> None:
        """A scrape every 15 s is nothing to log."""

    def get_stderr(self) -> Any:
        """Where wsgiref writes the traceback of a page that failed."""
        return _ToLog()


class _ToLog(io.StringIO):
    def flush(self) -> None:
        if text := self.getvalue().strip():
            _log.error("exposition: a page could not be made: %s", text)
        self.seek(0)
        self.truncate()
