"""The transport against a real HTTPS server: the error for each failure, and that no secret leaks."""

import json
import logging
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from provisioner.adapters.proxmox.transport import HttpTransport, Timeouts
from provisioner.errors import HypervisorError, NotSent, OutcomeUnknown, Refused, SettingsError
from provisioner.ports import ApiCall
from provisioner.pve.wire import ApiRequest
from provisioner.settings.secret import Secret
from provisioner.settings.values import ClusterSettings
from tests.builders.https import Handler, breaks_off, falls_silent, https, resets, says
from tests.builders.pve import CLUSTER, NOW
from tests.servers.certificates import Authority, Certificate
from tests.servers.processes import free_port

pytestmark = pytest.mark.real

SECRET = "5ec2e7-of-the-token"
VERSION = ApiRequest(method="GET", path="/version", endpoint="/version")
CLONE = ApiRequest(
    method="POST",
    path="/nodes/pve1/qemu/9000/clone",
    endpoint="/nodes/{node}/qemu/{vmid}/clone",
    params={"newid": 5001, "description": "line one\nbascule-note:v1|é", "full": 0},
)


class Ticking:
    """A clock that moves by half a second at each reading."""

    def __init__(self) -> None:
        self.looks = 0

    def now(self) -> float:
        self.looks += 1
        return NOW + self.looks / 2


@dataclass(frozen=True)
class Tls:
    """The server's certificate, and the authority that the client trusts."""

    server: Certificate
    ca_file: Path


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    authority = Authority(tmp_path_factory.mktemp("tls"))
    return Tls(server=authority.issue("server"), ca_file=authority.ca_file)


@contextmanager
def a_transport(
    tls: Tls, *endpoints: str, timeouts: Timeouts | None = None, read_s: float = 5.0, **others: Any
) -> Iterator[tuple[HttpTransport, list[ApiCall]]]:
    calls: list[ApiCall] = []
    settings = {
        "token_id": "bascule@pve!daemon",
        "token_secret": Secret(SECRET),
        "ca_file": tls.ca_file,
        "connections": 15,
    }
    given = ClusterSettings(cluster=CLUSTER, endpoints=endpoints, **(settings | others))
    timeouts = timeouts or Timeouts(connect_s=1.0, read_s=read_s)
    transport = HttpTransport(given, clock=Ticking(), on_call=calls.append, timeouts=timeouts)
    try:
        yield transport, calls
    finally:
        transport.close()


def test_a_form_goes_out_with_the_token_and_the_answer_comes_back(tls):
    with https(tls.server, says(data="UPID:pve1:…")) as server, a_transport(tls, server.endpoint) as (transport, calls):
        answer = transport.send(CLONE)

    (asked,) = server.asked
    assert (answer.status, answer.data) == (200, "UPID:pve1:…")
    assert (asked.method, asked.path) == ("POST", "/api2/json/nodes/pve1/qemu/9000/clone")
    assert parse_qs(asked.body) == {"newid": ["5001"], "description": ["line one\nbascule-note:v1|é"], "full": ["0"]}
    assert asked.authorization == f"PVEAPIToken=bascule@pve!daemon={SECRET}"
    assert calls == [
        ApiCall(
            cluster=CLUSTER,
            method="POST",
            endpoint="/nodes/{node}/qemu/{vmid}/clone",
            outcome="ok",
            seconds=0.5,
            received_bytes=len(json.dumps({"data": "UPID:pve1:…"})),
        )
    ]


def test_a_query_goes_out_with_a_get(tls):
    request = ApiRequest(
        method="GET",
        path="/nodes/pve1/tasks/UPID:pve1:000001CA:0002A7FD:6B05941E:qmclone:9000:root@pam!t:/log",
        endpoint="/nodes/{node}/tasks/{upid}/log",
        params={"limit": 500},
    )
    with https(tls.server, says(data=[])) as server, a_transport(tls, server.endpoint) as (transport, _):
        transport.send(request)

    assert server.asked[0].path == f"/api2/json{request.path}?limit=500"


ERROR_BODY = json.dumps(
    {"data": None, "message": "Parameter verification failed.\n", "errors": {"newid": "property is missing\n"}}
).encode()


@pytest.mark.parametrize(
    ("answer", "status", "reason", "errors", "outcome"),
    [
        pytest.param(
            says(400, "Parameter verification failed.", body=ERROR_BODY),
            400,
            "Parameter verification failed.",
            {"newid": "property is missing\n"},
            "refused",
            id="parameter errors come with their parameters",
        ),
        pytest.param(
            says(500, "VM is locked (clone)", body=b'{"data":null}'), 500, "VM is locked (clone)", {}, "guest_busy",
            id="without a message, the reason phrase tells",
        ),
        pytest.param(says(596, "Connection timed out", body=b""), 596, "Connection timed out", {}, "outcome_unknown", id="596"),
        pytest.param(says(595, "No route to host", body=b""), 595, "No route to host", {}, "node_refuses", id="595"),
        pytest.param(says(401, "No ticket", body=b""), 401, "No ticket", {}, "unauthorised", id="401"),
        pytest.param(
            says(502, "Bad Gateway", body=b"<html>", headers={"Content-Type": "text/html"}), 502, "Bad Gateway", {},
            "outcome_unknown", id="a proxy's page",
        ),
        pytest.param(says(500, "odd", body=b"[1]"), 500, "odd", {}, "hypervisor_error", id="a body that is a list"),
        pytest.param(says(500, "odd", body=b'{"errors":["a"]}'), 500, "odd", {}, "hypervisor_error", id="errors in a list"),
    ],
)  # fmt: skip
def test_a_refusal_is_an_answer(tls, answer, status, reason, errors, outcome):
    with https(tls.server, answer) as server, a_transport(tls, server.endpoint) as (transport, calls):
        response = transport.send(CLONE)

    assert (response.status, response.reason, response.errors) == (status, reason, errors)
    assert [call.outcome for call in calls] == [outcome]


@pytest.mark.parametrize(
    ("answer", "error", "says_"),
    [
        pytest.param(
            says(body=b"<html>Proxmox</html>", headers={"Content-Type": "text/html"}),
            OutcomeUnknown,
            r"not Proxmox VE's JSON \(text/html\)",
            id="200 with a page of HTML is no success",
        ),
        pytest.param(says(body=b""), OutcomeUnknown, "not Proxmox VE's JSON", id="200 with nothing"),
        pytest.param(says(body=b'{"success":1}'), OutcomeUnknown, "not Proxmox VE's JSON", id="JSON without data"),
        pytest.param(says(body=b"[" * 100_000), OutcomeUnknown, "not Proxmox VE's JSON", id="JSON nested without end"),
        pytest.param(resets, OutcomeUnknown, "reset|aborted|closed|EOF", id="a reset after the request"),
        pytest.param(breaks_off, OutcomeUnknown, "Incomplete|EOF|broken", id="an answer that breaks off"),
        pytest.param(
            says(data=1, headers={"Content-Encoding": "gzip"}), OutcomeUnknown, "decompress", id="an answer that is no gzip"
        ),
    ],
)
def test_what_is_no_answer(tls, answer, error, says_):
    with (
        https(tls.server, answer) as server,
        a_transport(tls, server.endpoint) as (transport, calls),
        pytest.raises(error, match=says_) as caught,
    ):
        transport.send(CLONE)

    assert str(caught.value).startswith(f"{server.endpoint}: POST /nodes/pve1/qemu/9000/clone: ")
    assert len(server.asked) == 1, "a call is one try"
    assert [call.outcome for call in calls] == ["outcome_unknown"]


@pytest.mark.parametrize(
    ("answer", "says_"),
    [
        pytest.param(
            says(302, "Found", headers={"Location": "https://portal.example.org/?s=1"}),
            r"answered 302 Found and points to https://portal\.example\.org: this is not Proxmox VE's API",
            id="a redirect, without what may be secret in it",
        ),
        pytest.param(says(302, "Found", body=b""), "answered 302 Found: this", id="a redirect to nowhere"),
        pytest.param(says(304, "", body=b""), "answered 304: this", id="not modified, and no reason"),
        pytest.param(says(300, "Pick", data=1), "answered 300 Pick: this", id="300 with Proxmox VE's JSON"),
    ],
)
def test_a_redirect_means_the_request_was_not_passed_on(tls, answer, says_):
    """B10: a portal or proxy answered and the cluster received nothing, so the request may be repeated."""
    with (
        https(tls.server, answer) as server,
        a_transport(tls, server.endpoint) as (transport, calls),
        pytest.raises(NotSent, match=says_),
    ):
        transport.send(CLONE)

    assert (len(server.asked), [call.outcome for call in calls]) == (1, ["not_sent"])


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 305, 307, 308])
@pytest.mark.parametrize("request_", [VERSION, CLONE], ids=["a question", "an order"])
def test_no_redirect_takes_the_token_to_another_server(tls, request_, status):
    with https(tls.server, says(data=1)) as other:
        away = says(status, "Elsewhere", body=b"", headers={"Location": f"https://{other.endpoint}/api2/json/version"})
        with (
            https(tls.server, away) as server,
            a_transport(tls, server.endpoint) as (transport, _),
            pytest.raises(NotSent),
        ):
            transport.send(request_)

    assert (len(server.asked), other.asked) == (1, [])


def test_no_answer_in_time_is_unknown(tls):
    release = threading.Event()
    with https(tls.server, falls_silent(release)) as server, a_transport(tls, server.endpoint, read_s=0.2) as (transport, _):
        with pytest.raises(OutcomeUnknown, match=r"no answer within \d+(\.\d)? s"):
            transport.send(CLONE)
        release.set()


def test_a_closed_port_means_not_sent(tls):
    with (
        a_transport(tls, f"127.0.0.1:{free_port()}") as (transport, calls),
        pytest.raises(NotSent, match="Connection refused"),
    ):
        transport.send(CLONE)

    assert (calls[0].outcome, calls[0].received_bytes) == ("not_sent", 0)


def test_a_name_that_does_not_resolve_means_not_sent(tls):
    with a_transport(tls, "no-such-node.invalid") as (transport, _), pytest.raises(NotSent):
        transport.send(CLONE)


def test_a_certificate_of_another_ca_means_not_sent(tls, tmp_path):
    other = Authority(tmp_path).ca_file
    with (
        https(tls.server, says()) as server,
        a_transport(tls, server.endpoint, ca_file=other) as (transport, _),
        pytest.raises(NotSent, match="certificate verify failed"),
    ):
        transport.send(CLONE)

    assert server.asked == []


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"names": ("pve2",), "addresses": ("127.0.0.2",)}, id="of another name and address"),
        pytest.param({"expired": True}, id="that has expired"),
    ],
)
def test_a_certificate_of_the_right_ca_alone_is_not_enough(wrong, tmp_path):
    authority = Authority(tmp_path)
    wrong_one = Tls(server=authority.issue("wrong", **wrong), ca_file=authority.ca_file)
    with https(wrong_one.server, says()) as server, a_transport(wrong_one, server.endpoint) as (transport, _):
        for _once_and_again in range(2):
            with pytest.raises(NotSent, match="certificate verify failed"):
                transport.send(CLONE)

    assert server.asked == []


@contextmanager
def greets(answer: Callable[[socket.socket], object]) -> Iterator[str]:
    """An endpoint that accepts connections and never ends a handshake, unless `answer` does something else."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    with client, suppress(OSError):
                        answer(client)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _resets(client: socket.socket) -> None:
    client.recv(1)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@pytest.mark.parametrize("request_", [VERSION, CLONE], ids=["a question", "an order"])
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda client: client.recv(4096), id="closes after the hello"),
        pytest.param(_resets, id="resets after the hello"),
        pytest.param(lambda client: client.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n"), id="speaks HTTP, not TLS"),
        pytest.param(lambda client: client.sendall(b"\x15\x03\x03\x00\x02\x02\x28"), id="a handshake alert"),
        pytest.param(lambda client: client.sendall(b"\x15\x03\x03\x00\x02\x02\x46"), id="no version in common"),
    ],
)
def test_a_handshake_that_fails_means_not_sent(tls, answer, request_):
    """B10: no byte of the request leaves before the handshake is over."""
    with greets(answer) as endpoint, a_transport(tls, endpoint) as (transport, calls), pytest.raises(NotSent):
        transport.send(request_)

    assert [call.outcome for call in calls] == ["not_sent"]


def test_a_handshake_that_hangs_means_not_sent_and_how_long_it_was_waited_for(tls):
    """B10: the error was "no answer within 35 s", after the 5 s that a connection may take."""
    release = threading.Event()
    timeouts = Timeouts(connect_s=0.2, read_s=35.0)
    with (
        greets(lambda _: release.wait(30)) as endpoint,
        a_transport(tls, endpoint, timeouts=timeouts) as (transport, _),
    ):
        with pytest.raises(NotSent, match=r"no connection within \d+\.\d s") as caught:
            transport.send(CLONE)
        release.set()

    assert "within 35" not in str(caught.value)


def test_after_a_close_a_call_opens_a_new_connection(tls):
    with https(tls.server, says(data=1)) as server, a_transport(tls, server.endpoint) as (transport, _):
        for _round in range(2):
            assert transport.send(VERSION).data == 1
            transport.close()

    assert [asked.connection for asked in server.asked] == [1, 2]


def test_an_endpoint_that_is_no_host_name_is_refused_at_the_first_request(tls):
    with a_transport(tls, "pve 1") as (transport, _), pytest.raises(Refused, match="pve 1: GET /version: "):
        transport.send(VERSION)


def test_after_a_failure_the_next_call_goes_to_the_next_endpoint(tls):
    with (
        https(tls.server, says(data=1)) as good,
        https(tls.server, says(500, "cluster not ready - no quorum?", body=b"")) as minority,
    ):
        endpoints = (f"127.0.0.1:{free_port()}", minority.endpoint, good.endpoint)
        with a_transport(tls, *endpoints) as (transport, calls):
            with pytest.raises(NotSent):
                transport.send(VERSION)
            assert transport.send(VERSION).status == 500
            assert [transport.send(VERSION).data for _ in range(3)] == [1, 1, 1]

    assert (len(minority.asked), len(good.asked)) == (1, 3)
    assert [call.outcome for call in calls] == ["not_sent", "no_quorum", "ok", "ok", "ok"]


def test_an_endpoint_that_refuses_for_good_reason_is_kept(tls):
    with (
        https(tls.server, says(500, "VM is locked (backup)", body=b"")) as busy,
        https(tls.server, says()) as other,
        a_transport(tls, busy.endpoint, other.endpoint) as (transport, _),
    ):
        assert [transport.send(VERSION).status for _ in range(3)] == [500, 500, 500]

    assert other.asked == []


def test_threads_share_the_connections_without_mixing_up_answers(tls):
    def echo(handler: Handler) -> None:
        says(data=urlsplit(handler.path).query, headers={"Set-Cookie": "PVEAuthCookie=x; Path=/"})(handler)

    def ask(number: int) -> object:
        request = ApiRequest(method="GET", path="/version", endpoint="/version", params={"number": number})
        return transport.send(request).data

    with (
        https(tls.server, echo) as server,
        a_transport(tls, server.endpoint, connections=3) as (transport, calls),
        ThreadPoolExecutor(16) as pool,
    ):
        answers = list(pool.map(ask, range(400)))

    assert answers == [f"number={number}" for number in range(400)]
    assert server.connections <= 4, "never more connections than the pool allows"
    assert len(calls) == 400
    assert {asked.cookie for asked in server.asked} == {None}


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Connection": "close"}, id="announced, as after the 100th request"),
        pytest.param({}, id="without a word, as after 5 s of silence"),
    ],
)
def test_a_connection_that_was_closed_is_not_used_again(tls, headers):
    def once(handler: Handler) -> None:
        says(data=1, headers=headers)(handler)
        handler.close_connection = True

    with https(tls.server, once) as server, a_transport(tls, server.endpoint) as (transport, _):
        for _round in range(5):
            assert transport.send(VERSION).data == 1
            assert server.hung_up.acquire(timeout=10)

    assert server.connections == 5


def test_an_answer_that_comes_byte_by_byte_ends_all_the_same(tls):
    """A13, B10: each byte is in time, but the answer never ends."""
    release = threading.Event()

    def trickle(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        while not release.wait(0.01):
            handler.wfile.write(b" ")
            handler.wfile.flush()

    timeouts = Timeouts(connect_s=1.0, read_s=5.0, whole_s=0.2)
    with https(tls.server, trickle) as server, a_transport(tls, server.endpoint, timeouts=timeouts) as (transport, calls):
        with pytest.raises(OutcomeUnknown, match=r"the answer was not there whole within 0\.2 s"):
            transport.send(VERSION)
        release.set()

    assert calls[0].seconds < 5


def test_no_secret_reaches_logs_errors_or_reprs(tls, caplog):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("proxmoxer.core").setLevel(logging.DEBUG)
    with https(tls.server, says(500, "odd", body=b"")) as server, a_transport(tls, server.endpoint) as (transport, calls):
        transport.send(CLONE)
        server.answer = resets
        with pytest.raises(HypervisorError) as caught:
            transport.send(CLONE)

    texts = f"{caplog.text} {caught.value} {transport!r} {calls!r}"
    assert SECRET not in texts
    assert "bascule-note" not in caplog.text


def test_neither_proxies_nor_ca_bundles_of_the_environment_are_used(tls, tmp_path, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(Authority(tmp_path).ca_file))
    with https(tls.server, says(data=1)) as server, a_transport(tls, server.endpoint) as (transport, _):
        assert transport.send(VERSION).data == 1


@pytest.mark.parametrize(
    ("wrong", "says_"),
    [
        pytest.param({"token_id": "root@pam"}, "'root@pam' is not of the form", id="a user is no token"),
        pytest.param({"token_secret": Secret("")}, "is empty or holds", id="an empty secret"),
        pytest.param({"token_secret": Secret(f"{SECRET}\n")}, "is empty or holds", id="a secret with a line break"),
        pytest.param({"token_secret": Secret(f"{SECRET}é")}, "is empty or holds", id="a secret beyond ASCII"),
        pytest.param({"ca_file": "/nonexistent/ca.pem"}, "not a readable file of CA", id="a CA file that is not there"),
        pytest.param({"ca_file": __file__}, "CA|certificate", id="a CA file that is none"),
    ],
)
def test_settings_it_cannot_use_are_named_without_the_secret(tls, wrong, says_):
    with pytest.raises(SettingsError, match=says_) as caught, a_transport(tls, "pve1", **wrong):
        pass

    assert SECRET not in str(caught.value)
    assert str(caught.value).startswith("cluster lab: ")


def test_a_cluster_without_endpoints_is_refused(tls):
    with pytest.raises(SettingsError, match="no endpoint"), a_transport(tls):
        pass
