"""One number by HTTP, or why there is none: a server on loopback answers as Prometheus does, and as it never does."""

import base64
import json
import threading
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from provisioner.adapters.prometheus import PrometheusQueries, number_in
from provisioner.settings.prometheus import PrometheusSettings
from provisioner.settings.secret import Secret
from tests.servers.prometheus import prometheus


def a_vector(*values):
    return {
        "status": "success",
        "data": {"resultType": "vector", "result": [{"metric": {}, "value": [1.0, v]} for v in values]},
    }


@contextmanager
def served(answer):
    """A server that answers each request by `answer(handler)`; gives its URL and the requests."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self)
            answer(self)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


def saying(body, *, status=200, **headers):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()

    def answer(handler):
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(raw)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(raw)

    return answer


def ask(answer, query="sum(vpn)", **changed):
    with served(answer) as (url, asked):
        queries = PrometheusQueries(PrometheusSettings(url=url, **{"timeout_s": 2.0, **changed}))
        found = queries.ask(query)
        queries.close()
    return found, asked


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        pytest.param(a_vector("412"), 412, id="a vector of one"),
        pytest.param(a_vector("412.2"), 413, id="part of a seat is a seat"),
        pytest.param(a_vector("0"), 0, id="none"),
        pytest.param({"status": "success", "data": {"resultType": "scalar", "result": [1.0, "7"]}}, 7, id="a scalar"),
    ],
)
def test_one_number_is_one_number(answer, number):
    assert number_in(json.dumps(answer).encode(), status=200) == number


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(b"", "figures_not_prometheus", id="nothing"),
        pytest.param(b"<html>sign in</html>", "figures_not_prometheus", id="a page"),
        pytest.param(b"[" * 100_000, "figures_not_prometheus", id="a deep list"),
        pytest.param(b"[]", "figures_not_prometheus", id="a list"),
        pytest.param(b'{"status": "success"}', "figures_not_prometheus", id="no data"),
        pytest.param(b'{"status": "success", "data": {"resultType": "vector"}}', "figures_not_prometheus", id="no result"),
        pytest.param(
            b'{"status": "success", "data": {"resultType": "matrix", "result": []}}', "figures_kind", id="a range of values"
        ),
        pytest.param(b'{"status": "error", "error": "parse error\\nat 3"}', "figures_refused", id="a query that is no query"),
        pytest.param(json.dumps(a_vector()).encode(), "figures_none", id="no series"),
        pytest.param(json.dumps(a_vector("1", "2")).encode(), "figures_many", id="two series"),
        *(
            pytest.param(json.dumps(a_vector(value)).encode(), "figures_no_number", id=f"the value {value!r}"[:40])
            for value in ("NaN", "+Inf", "-1", "many", "9" * 5000, 12, None, [], "1e300")
        ),
        pytest.param(
            b'{"status": "success", "data": {"resultType": "vector", "result": [[]]}}', "figures_no_number", id="no sample"
        ),
    ],
)
def test_whatever_else_is_said_is_a_reason(body, code):
    assert number_in(body, status=200).code == code


@pytest.mark.long
def test_the_query_the_password_and_nothing_else_are_sent():
    query = 'sum(vpn_sessions{site="Melun", x="é & ?"})'
    found, (request,) = ask(saying(a_vector("3")), query, username="bé", password=Secret("p:w é"))

    assert found == 3
    address = urlsplit(request.path)
    assert (address.path, parse_qs(address.query)) == ("/api/v1/query", {"query": [query]})
    assert base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode() == "bé:p:w é"
    assert "Cookie" not in request.headers


@pytest.mark.long
def test_a_query_that_it_cannot_evaluate_is_said_in_its_words():
    found, _ = ask(saying({"status": "error", "error": "parse error: x"}, status=400))

    assert found == "Prometheus cannot evaluate the query: parse error: x"


@pytest.mark.long
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        pytest.param(saying(b"", status=302, Location="http://127.0.0.1:1/"), "figures_status", id="points elsewhere"),
        pytest.param(saying(b"no", status=401), "figures_status", id="wants a password"),
        pytest.param(saying(b"x" * (2 << 20)), "figures_long", id="two megabytes"),
        pytest.param(saying(b"{}", **{"Content-Length": "99"}), "figures_unreachable", id="breaks off"),
        pytest.param(lambda handler: handler.connection.close(), "figures_unreachable", id="hangs up"),
        pytest.param(
            lambda handler: handler.wfile.write(b"\x00\xff" * 9 + b"\r\n\r\n"), "figures_unreachable", id="is no HTTP"
        ),
    ],
)
def test_what_is_no_answer_is_a_reason(answer, code):
    assert ask(answer)[0].code == code


@pytest.mark.long
def test_a_body_that_drips_ends_with_the_time_out():
    def drip(handler):
        handler.send_response(200)
        handler.end_headers()
        with suppress(OSError):  # until whoever asks has hung up
            while True:
                handler.wfile.write(b" ")
                handler.wfile.flush()
                time.sleep(0.05)

    found, _ = ask(drip, timeout_s=0.3)

    assert found.code == "figures_slow"


def test_nobody_there_is_a_reason():
    found = PrometheusQueries(PrometheusSettings(url="http://127.0.0.1:1", timeout_s=1.0)).ask("x")

    assert found == "Prometheus cannot be reached (Connection refused)"


@pytest.mark.real
def test_a_real_prometheus_is_asked_and_its_own_words_are_shown(tmp_path):
    configuration = tmp_path / "prometheus.yml"
    configuration.write_text("global: {}\n")
    with prometheus(tmp_path, configuration=configuration) as server:
        queries = PrometheusQueries(PrometheusSettings(url=f"http://127.0.0.1:{server.port}"))
        answers = [queries.ask(query) for query in ("vector(41.5)", "scalar(vector(3))", "sum(nothing)", "sum(", "up[5m]")]
        queries.close()

    assert answers[:2] == [42, 3]
    assert [answer.code for answer in answers[2:]] == ["figures_none", "figures_refused", "figures_kind"]
    assert "parse error" in answers[3]
