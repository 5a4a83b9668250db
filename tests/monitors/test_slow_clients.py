"""B2: a page is there for its scraper however many others are slow: to connect, to ask or to read."""

import contextlib
import socket
from collections.abc import Iterator

import pytest

from monitors.exposition import Exposition, Tls
from tests.builders.monitors import SetClock, a_recorder
from tests.monitors.pages import ask
from tests.servers.certificates import Authority

CONNECTIONS = 32
"""As many as are answered at once."""
PAGES = ("/metrics", "/healthz", "/readyz")


def serving(**options: object) -> Exposition:
    clock = SetClock()
    return Exposition(a_recorder(clock), clock=clock, port=0, **options)  # type: ignore[arg-type]


@contextlib.contextmanager
def clients(exposition: Exposition, number: int, *, say: bytes = b"") -> Iterator[list[socket.socket]]:
    """So many connections that have said this much and then wait."""
    where = ("127.0.0.1", int(exposition.url.rpartition(":")[2]))
    with contextlib.ExitStack() as stack:
        opened = [stack.enter_context(socket.create_connection(where, timeout=20)) for _ in range(number)]
        for client in opened:
            client.sendall(say)
        yield opened


@pytest.mark.xfail(strict=True, raises=OSError)
@pytest.mark.parametrize(
    "said",
    [
        pytest.param(b"", id="silent"),
        pytest.param(b"GET /metrics HTTP/1.0\r\nX-Slow: ", id="in the middle of a head"),
    ],
)
@pytest.mark.parametrize("path", PAGES)
def test_slow_clients_take_no_page_away(said: bytes, path: str):
    """B2: as many slow connections as are answered at once, and twice as many."""
    with serving() as exposition, clients(exposition, 2 * CONNECTIONS, say=said):
        assert ask(exposition.url, path).status in (200, 503)


@pytest.mark.xfail(strict=True, raises=OSError)
def test_slow_handshakes_take_no_page_away(tmp_path):
    """B2: over TLS the hello is what is waited for."""
    authority = Authority(tmp_path)
    server = authority.issue("server")
    tls = Tls(certificate=server.certificate, key=server.key)
    with serving(tls=tls) as exposition, clients(exposition, 2 * CONNECTIONS, say=b"\x16\x03\x01"):
        assert ask(exposition.url, "/healthz", ca=authority.ca_file).status == 200
