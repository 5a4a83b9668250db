"""H10: who asks is known before anything of the body is read, and nobody is known by two words."""

import asyncio
import contextlib
import os

import pytest

from provisioner.api.callers import Role, Roles
from provisioner.api.identity import identify_by
from provisioner.api.limits import WholeBody
from provisioner.api.server import answering
from provisioner.api.tokens import Tokens, make_token
from tests.api.test_abuse import ORDER, said, send
from tests.builders.api import PATIENT, an_api_site, as_role, connected, serving
from tests.builders.views import a_publication

TOKEN, KNOWN = make_token("grafana", Role.OPERATOR)
OTHER, _ = make_token("other", Role.OPERATOR)


def called(identify, *headers, body=b"{}"):
    """The status of an order over TCP with these headers, whether it is answered before its body is read, and whether the
    connection ends then."""
    app, sent, before = answering(an_api_site(a_publication()), identify, PATIENT, feed=None), [], []

    async def receive():
        before.append(any(message.get("body") for message in sent))
        return {"type": "http.request", "body": body, "more_body": False}

    async def answer(message):
        sent.append(message)

    json = [(b"content-type", b"application/json"), (b"idempotency-key", b"1")]
    scope = {"type": "http", "method": "POST", "path": "/v1/intents", "raw_path": b"/v1/intents", "query_string": b""}
    scope |= {"headers": [*headers, *json], "state": {}, "http_version": "1.1", "root_path": "", "scheme": "https"}
    scope |= {"client": ("192.0.2.1", 1), "server": ("192.0.2.2", 443), "asgi": {"version": "3.0"}}
    asyncio.run(app(scope, receive, answer))
    return sent[0]["status"], before[0], (b"connection", b"close") in sent[0]["headers"]


@pytest.fixture
def by_token(tmp_path):
    (tmp_path / "tokens").write_text(KNOWN.line)
    return identify_by(Roles(own_uid=os.getuid()), lambda peer, said: "root", Tokens(tmp_path / "tokens"))


def bearer(token):
    return (b"authorization", f"Bearer {token}".encode())


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param((), id="no token"),
        pytest.param((bearer(OTHER),), id="an unknown token"),
        pytest.param((bearer(TOKEN), bearer(OTHER)), id="two, the first is known"),
        pytest.param((bearer(OTHER), bearer(TOKEN)), id="two, the second is known"),
        pytest.param((bearer(TOKEN), bearer(TOKEN)), id="the same one twice"),
    ],
)
def test_nobody_is_answered_before_the_body_is_read(by_token, headers):
    """H10: 512 KiB of anybody's were read first; of two Authorization headers the first counted."""
    assert called(by_token, *headers) == (401, True, True)


def test_whoever_may_nothing_is_too():
    """H10: an account without a role, over the socket."""
    assert called(as_role(None)) == (403, True, True)


def test_of_whoever_is_known_it_is_read(by_token):
    """H10: the order is judged then: an empty object is none."""
    assert called(by_token, bearer(TOKEN)) == (422, False, False)


@pytest.mark.long
@pytest.mark.parametrize("rest", [b"", b"x" * 999, b"x" * 2**24], ids=["drips", "comes", "has no end"])
def test_nobody_has_an_answer_and_no_place(tmp_path, rest):
    """H10: over a real socket, while the body drips, comes, or does not end. It held a place for its 10 s."""
    site = an_api_site(a_publication())
    with serving(tmp_path, site, role=None) as socket, contextlib.closing(connected(socket)) as connection:
        send(connection, ORDER + f"Content-Length: {max(1000, len(rest) + 1)}\r\n\r\n{{".encode())
        first = connection.recv(65_536)
        send(connection, rest)
        rest = said(connection)

    assert first[9:12] == b"403"
    assert b"has no role here" in first + rest


def test_a_client_that_goes_while_its_body_comes_is_not_answered():
    """H10: the layer that reads bodies ends with it, and the application is not called."""
    sent = []

    async def gone():
        return {"type": "http.disconnect"}

    async def answer(message):
        sent.append(message)

    asyncio.run(WholeBody(answer, PATIENT)({"type": "http", "headers": []}, gone, answer))
    assert sent == []
