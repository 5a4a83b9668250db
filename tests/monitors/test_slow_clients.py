"""B2: a page is there for its scraper however many others are slow: to connect, to ask or to read."""

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitors.exposition import Exposition
from monitors.server import Connections
from provisioner.settings.values import ExpositionSettings
from tests.builders.monitors import SetClock, a_recorder
from tests.monitors.pages import ask
from tests.servers.certificates import Authority

pytestmark = pytest.mark.long

CONNECTIONS = 32
"""As many as are answered at once."""
PAGES = ("/metrics", "/healthz", "/readyz")


def serving(*, head_s: float = 5.0, **settings: Any) -> Exposition:
    clock = SetClock()
    return Exposition(a_recorder(clock), ExpositionSettings(port=0, **settings), clock=clock, head_s=head_s)


@contextlib.contextmanager
def clients(exposition: Exposition, number: int, *, say: bytes = b"") -> Iterator[list[socket.socket]]:
    """This number of connections that have sent these bytes and then wait."""
    where = ("127.0.0.1", int(exposition.url.rpartition(":")[2]))
    with contextlib.ExitStack() as stack:
        opened = [stack.enter_context(socket.create_connection(where, timeout=20)) for _ in range(number)]
        for client in opened:
            client.sendall(say)
        yield opened


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


def test_slow_handshakes_take_no_page_away(tmp_path):
    """B2: over TLS the page waits for the hello."""
    authority = Authority(tmp_path)
    with serving(**a_tls(authority)) as exposition, clients(exposition, 2 * CONNECTIONS, say=b"\x16\x03\x01"):
        assert ask(exposition.url, "/healthz", ca=authority.ca_file).status == 200


@pytest.mark.parametrize("tls", [False, True], ids=["HTTP", "HTTPS"])
def test_a_head_that_comes_a_byte_at_a_time_ends_at_its_deadline(tmp_path, tls: bool):
    """B2: each byte restarts a socket's time-out, but the deadline is for the whole request."""
    options = a_tls(Authority(tmp_path)) if tls else {}
    with serving(head_s=0.3, **options) as exposition, clients(exposition, 1) as (client,):
        assert trickled_until_closed(client, b"\x16\x03\x01\x40\x00" if tls else b"GET /metrics HTTP/1.0\r\nX-Slow: ")


def trickled_until_closed(client: socket.socket, begin: bytes) -> bool:
    """A byte after the other, until the other side has closed; never true of a server that waits for the next byte."""
    client.sendall(begin)
    client.settimeout(0.02)
    for _ in range(1000):
        try:
            if not client.recv(1):
                return True
        except TimeoutError:
            with contextlib.suppress(OSError):
                client.sendall(b"x")
        except OSError:
            return True
    return False


def a_tls(authority: Authority) -> dict[str, Path]:
    server = authority.issue("server")
    return {"certificate": server.certificate, "key": server.key}


def test_the_slowest_gives_way():
    """B2: a head that is awaited goes before an answer that is taken; in each the oldest."""
    with contextlib.ExitStack() as stack:
        pairs = [tuple(map(stack.enter_context, socket.socketpair())) for _ in range(5)]
        ours = [end for end, _ in pairs]
        connections = Connections(3)
        for end in ours[:3]:
            connections.add(end)
        connections.has_asked(ours[0])

        ended = []
        for end in ours[3:]:
            connections.add(end)
            connections.has_asked(end)
            ended.append([number for number, (_, theirs) in enumerate(pairs) if has_ended(theirs)])
        connections.add(ours[1])
        ended.append([number for number, (_, theirs) in enumerate(pairs) if has_ended(theirs)])

    assert ended == [[1], [1, 2], [0, 1, 2]]


def has_ended(client: socket.socket) -> bool:
    client.setblocking(False)
    try:
        return client.recv(1) == b""
    except BlockingIOError:
        return False
