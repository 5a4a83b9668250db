"""What a client may do to the API: it is refused within bounds, the others are answered, and the log has no traceback."""

import contextlib
import http.client
import random
import socket as sockets
from dataclasses import replace

import pytest

from provisioner.api.limits import LIMITS
from provisioner.api.protocol import MOST_HEAD_BYTES
from tests.builders.api import PATIENT, an_api_site, ask, connected, serving
from tests.builders.core import a_desktop
from tests.builders.patience import comes
from tests.builders.views import a_publication

pytestmark = pytest.mark.long

SHORT_S = 0.5
ORDER = b"POST /v1/intents HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nIdempotency-Key: k\r\n"
GET = b"GET /v1/daemon HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def api(tmp_path, caplog, request):
    """With as much time for everything as a busy machine needs, but for the limits that the test names."""
    published = a_publication(*(a_desktop(number) for number in range(1, 6)), wanted=5, agents=5)
    limits = replace(PATIENT, **dict.fromkeys(getattr(request, "param", ()), SHORT_S))
    with serving(tmp_path, an_api_site(published), limits=limits) as socket:
        yield socket
        assert comes(lambda: answers(socket))
    assert "Traceback" not in caplog.text
    assert "a bug" not in caplog.text


def short(*limits):
    """The test's API has these limits short."""
    return pytest.mark.parametrize("api", [limits], ids=[" ".join(limits)], indirect=True)


def answers(socket):
    """Not at once on a busy machine, where the limit is short."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        return ask(socket, "/v1/daemon").status == 200
    return False


def said(connection):
    """Everything until the other end closes: it does, or the connection's time-out is an error."""
    parts = []
    with contextlib.suppress(ConnectionError):
        while part := connection.recv(65_536):
            parts.append(part)
    return b"".join(parts)


def send(connection, data):
    """As much as the other end takes; whether it took everything."""
    try:
        connection.sendall(data)
    except (ConnectionError, TimeoutError):
        return False
    return True


def malformed(chance):
    """A request that is wrong somewhere."""
    whole = bytearray(chance.choice([GET, ORDER + b'Content-Length: 18\r\n\r\n{"kind": "freeze"}']))
    match chance.randrange(6):
        case 0:
            return bytes(chance.randbytes(chance.randrange(1, 400)))
        case 1:
            for _ in range(chance.randrange(1, 8)):
                whole[chance.randrange(len(whole))] = chance.randrange(256)
        case 2:
            del whole[chance.randrange(len(whole)) :]
        case 3:
            at = chance.randrange(len(whole))
            whole[at:at] = chance.choice([b"\0", b"\r\n", b"\n\n", b": ", b"\xff" * 20, b"Content-Length: -1\r\n"])
        case 4:
            whole = bytearray(
                ORDER + b"Transfer-Encoding: chunked\r\n\r\n" + chance.choice([b"zz\r\n", b"ffffffffffff\r\n{", b"-1\r\n"])
            )
        case 5:
            whole = bytearray(ORDER + b"Content-Length: 5\r\nContent-Length: 9\r\n\r\n{}")
    return bytes(whole)


@short("head_s", "body_s")
def test_two_hundred_malformed_requests_leave_it_as_it_was(api):
    chance = random.Random(17)
    statuses = set()
    for _ in range(200):
        with contextlib.closing(connected(api)) as connection:
            if send(connection, malformed(chance)):
                with contextlib.suppress(OSError):
                    connection.shutdown(sockets.SHUT_WR)
            answer = said(connection)
        statuses.add(answer[9:12])

    assert statuses <= {b"", b"200", b"400", b"404", b"405", b"408", b"409", b"422"}
    assert b"400" in statuses


@short("head_s")
@pytest.mark.parametrize("begun", [b"", b"GET /v1/da", b"GET /v1/daemon HTTP/1.1\r\nHost: x\r\n"])
def test_a_head_that_does_not_come_is_not_waited_for(api, begun):
    with contextlib.closing(connected(api)) as connection:
        send(connection, begun)
        answer = said(connection)

    assert answer == b""


@short("head_s")
def test_a_head_that_drips_has_no_more_time(api):
    with contextlib.closing(connected(api)) as connection:
        assert comes(lambda: not send(connection, b"x"), look_s=0.05)


def test_a_head_without_an_end_is_refused(api):
    with contextlib.closing(connected(api)) as connection:
        send(connection, b"GET /v1/daemon HTTP/1.1\r\nX: " + b"x" * (2 * MOST_HEAD_BYTES))
        answer = said(connection)

    assert answer[9:12] in (b"400", b"431")


@short("body_s")
def test_a_body_that_drips_is_refused(api):
    with contextlib.closing(connected(api)) as connection:
        send(connection, ORDER + b"Content-Length: 1000\r\n\r\n{")
        answer = said(connection)

    assert answer[9:12] == b"408"


@pytest.mark.parametrize("how", ["announced", "chunked"])
def test_a_body_of_a_gigabyte_is_refused_while_it_comes(api, how):
    chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n" if how == "chunked" else b"x" * 65_536
    head = b"Transfer-Encoding: chunked\r\n\r\n" if how == "chunked" else b"Content-Length: 1073741824\r\n\r\n"
    with contextlib.closing(connected(api)) as connection:
        taken = 0
        if send(connection, ORDER + head):
            while taken < 2**30 and send(connection, chunk):
                taken += len(chunk)
        answer = said(connection)

    assert taken < 2**24
    assert answer[9:12] in (b"413", b"")


@short("answer_s")
def test_a_client_that_does_not_take_its_answers_is_cut_off(api):
    with contextlib.closing(connected(api)) as connection:
        assert comes(lambda: not send(connection, b"GET /v1/desktops HTTP/1.1\r\nHost: x\r\n\r\n" * 50), look_s=0.0)


def test_too_many_connections_push_out_the_silent(tmp_path):
    limits = replace(PATIENT, connections=20)
    with serving(tmp_path, an_api_site(a_publication()), limits=limits) as socket:
        idle = [connected(socket) for _ in range(60)]
        assert ask(socket, "/v1/daemon").status == 200
        alive = 0
        for connection in idle:
            with contextlib.closing(connection):
                send(connection, GET)
                alive += said_something(connection)

    assert alive <= 20


def said_something(connection):
    with contextlib.suppress(OSError):
        return bool(connection.recv(1))
    return False


def test_a_thousand_streams_are_bounded_and_questions_still_answered(tmp_path, caplog):
    site = an_api_site(a_publication(a_desktop(1), wanted=1))
    with serving(tmp_path, site) as socket, contextlib.ExitStack() as stack:
        statuses = []
        for _ in range(1000):
            connection = stack.enter_context(contextlib.closing(connected(socket)))
            send(connection, b"GET /v1/events HTTP/1.1\r\nHost: x\r\n\r\n")
            statuses.append(connection.recv(16)[9:12])
        answered = ask(socket, "/v1/status").status

    assert (statuses.count(b"200"), set(statuses)) == (LIMITS.streams, {b"200", b"503"})
    assert answered == 200
    assert "Traceback" not in caplog.text
