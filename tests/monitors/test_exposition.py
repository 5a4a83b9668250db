"""The page over HTTP and HTTPS: access, answers, and that the port is freed."""

import gzip
import logging
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from monitors.exposition import Exposition
from monitors.recorder import Recorder
from provisioner.errors import ExpositionError
from provisioner.settings.secret import Secret
from provisioner.settings.values import ExpositionSettings
from tests.builders.monitors import MONDAY, PVE, SetClock, a_recorder, a_status
from tests.builders.patience import FUSE_S
from tests.monitors.pages import Page, ask
from tests.servers.certificates import Authority

USER, PASSWORD = "prometheus", "s3cret:with:colons é"


def serving(
    recorder: Recorder | None = None, clock: SetClock | None = None, *, max_cycle_age_s: float = 120.0, **settings: Any
) -> Exposition:
    clock = clock or SetClock()
    given = ExpositionSettings(**{"port": 0, **settings})
    return Exposition(recorder or a_recorder(clock), given, clock=clock, max_cycle_age_s=max_cycle_age_s)


@pytest.fixture(scope="module")
def open_url() -> Iterator[str]:
    """A page for everybody, of a daemon that has just started."""
    with serving() as exposition:
        yield exposition.url


@pytest.fixture(scope="module")
def guarded_url() -> Iterator[str]:
    """A page behind user and password."""
    with serving(user=USER, password=Secret(PASSWORD)) as exposition:
        yield exposition.url


def test_metrics_are_served_in_prometheus_text_form(open_url: str):
    page = ask(open_url, "/metrics")

    assert page.status == 200
    assert page.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert "\nbascule_last_cycle_age_seconds 0.0\n" in page.text


def test_it_comes_packed_where_that_is_wanted(open_url: str):
    wanted = Request(f"{open_url}/metrics", headers={"Accept-Encoding": "gzip, deflate"})
    with build_opener(ProxyHandler({})).open(wanted, timeout=30) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert b"\nbascule_last_cycle_age_seconds 0.0\n" in gzip.decompress(answer.read())


def test_a_page_of_some_names_only_has_no_others(open_url: str):
    page = ask(open_url, "/metrics?name[]=bascule_last_cycle_age_seconds")

    assert [line for line in page.text.splitlines() if not line.startswith("#")] == ["bascule_last_cycle_age_seconds 0.0"]


@pytest.mark.parametrize(
    ("method", "path", "status", "text"),
    [
        pytest.param("GET", "/", 404, "There are /metrics, /healthz and /readyz.\n", id="anything else: what there is"),
        pytest.param("GET", "/metrics/", 404, "There are /metrics, /healthz and /readyz.\n", id="not even a slash more"),
        pytest.param("POST", "/healthz", 405, "Only GET is answered.\n", id="nothing can be changed here"),
        pytest.param("HEAD", "/healthz", 200, "", id="HEAD: no body"),
        pytest.param("GET", "/healthz", 200, "alive\n", id="alive from the start"),
        pytest.param("GET", "/readyz", 503, "no cycle has ended yet: nothing is known\n", id="not ready from the start"),
    ],
)
def test_pages(open_url: str, method: str, path: str, status: int, text: str):
    page = ask(open_url, path, method=method)

    assert (page.status, page.text) == (status, text)


def test_health_follows_the_daemon():
    clock = SetClock()
    recorder = a_recorder(clock)

    def answers() -> tuple[tuple[int, str], ...]:
        pages = (ask(exposition.url, path) for path in ("/healthz", "/readyz"))
        return tuple((page.status, page.text) for page in pages)

    with serving(recorder, clock, max_cycle_age_s=60.0) as exposition:
        recorder.status(a_status())
        working = answers()
        clock.at = MONDAY + 90
        hanging = answers()
        recorder.status(a_status(at=MONDAY + 90, paused={PVE: "no quorum"}))
        paused = answers()

    assert working == ((200, "alive\n"), (200, "ready\n"))
    assert hanging == (
        (503, "no cycle has ended for 90 s (at most 60 s are allowed)\n"),
        (503, "no cycle has ended for 90 s, at most 60 s are allowed: what is shown is that old\n"),
    )
    assert paused == ((200, "alive\n"), (503, "cluster pve: nothing is written there: no quorum\n"))


@pytest.mark.parametrize("path", ["/metrics", "/healthz", "/readyz", "/"])
@pytest.mark.parametrize(
    ("login", "authorization"),
    [
        pytest.param(None, "", id="no credentials"),
        pytest.param((USER, "wrong"), "", id="a wrong password"),
        pytest.param(("root", PASSWORD), "", id="a wrong user"),
        pytest.param((USER, PASSWORD + " "), "", id="nearly the password"),
        pytest.param(None, "Bearer cHJvbWV0aGV1cw==", id="another scheme"),
        pytest.param(None, "Basic !!!not-base64", id="no base64"),
        pytest.param(None, "Basic", id="nothing after Basic"),
    ],
)
def test_without_the_right_credentials_nothing_is_shown(
    guarded_url: str, path: str, login: tuple[str, str] | None, authorization: str
):
    page = ask(guarded_url, path, login=login, authorization=authorization)

    assert page.status == 401
    assert page.headers["WWW-Authenticate"].startswith("Basic ")
    assert "bascule_" not in page.text


def test_with_the_right_credentials_everything_is_answered(guarded_url: str):
    page = ask(guarded_url, "/metrics", login=(USER, PASSWORD))

    assert page.status == 200


class TestTls:
    """Certificates on both sides."""

    @pytest.fixture
    def authority(self, tmp_path: Path) -> Authority:
        return Authority(tmp_path / "ours")

    def test_over_tls(self, authority: Authority):
        server = authority.issue("server")
        with serving(certificate=server.certificate, key=server.key) as exposition:
            page = ask(exposition.url, "/metrics", ca=authority.ca_file)

        assert exposition.url.startswith("https://127.0.0.1:")
        assert page.status == 200

    def test_plain_http_gets_nothing_from_a_tls_port(self, authority: Authority):
        server = authority.issue("server")
        with (
            serving(certificate=server.certificate, key=server.key) as exposition,
            socket.create_connection(("127.0.0.1", int(exposition.url.rpartition(":")[2])), timeout=10) as plain,
        ):
            plain.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
            assert b"bascule" not in _all_of(plain)

    def test_old_tls_is_refused(self, authority: Authority):
        server = authority.issue("server")
        context = ssl.create_default_context(cafile=authority.ca_file)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        with pytest.warns(DeprecationWarning, match="TLSv1_1"):
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        with serving(certificate=server.certificate, key=server.key) as exposition:
            port = int(exposition.url.rpartition(":")[2])
            with socket.create_connection(("127.0.0.1", port), timeout=10) as raw, pytest.raises(ssl.SSLError):
                context.wrap_socket(raw, server_hostname="127.0.0.1")

    def test_a_client_without_a_certificate_gets_no_answer(self, authority: Authority):
        with self._mutual(authority) as exposition, pytest.raises(OSError):  # noqa: PT011 (an alert or a reset, as it comes)
            ask(exposition.url, "/metrics", ca=authority.ca_file)

    def test_a_client_of_another_authority_gets_no_answer(self, authority: Authority, tmp_path: Path):
        stranger = Authority(tmp_path / "theirs").issue("stranger")
        with self._mutual(authority) as exposition, pytest.raises(OSError):  # noqa: PT011 (an alert or a reset, as it comes)
            ask(exposition.url, "/metrics", ca=authority.ca_file, client=stranger)

    def test_a_client_of_our_authority_is_answered(self, authority: Authority):
        with self._mutual(authority) as exposition:
            page = ask(exposition.url, "/metrics", ca=authority.ca_file, client=authority.issue("prometheus"))

        assert page.status == 200

    def _mutual(self, authority: Authority) -> Exposition:
        server = authority.issue("server")
        return serving(certificate=server.certificate, key=server.key, client_ca=authority.ca_file)

    @pytest.mark.parametrize("missing", ["certificate", "key", "client_ca"])
    def test_a_file_that_cannot_be_used_is_named_and_nothing_listens(self, authority: Authority, tmp_path: Path, missing: str):
        server = authority.issue("server")
        files = {"certificate": server.certificate, "key": server.key, "client_ca": authority.ca_file}
        exposition = serving(**{**files, missing: tmp_path / "nowhere.pem"})

        with pytest.raises(ExpositionError, match=r"certificate, key or client CA cannot be used.*nowhere\.pem"):
            exposition.open()

    def test_a_silent_client_delays_no_other(self, authority: Authority):
        server = authority.issue("server")
        with serving(certificate=server.certificate, key=server.key) as exposition:
            port = int(exposition.url.rpartition(":")[2])
            with socket.create_connection(("127.0.0.1", port)), socket.create_connection(("127.0.0.1", port)):
                page = ask(exposition.url, "/healthz", ca=authority.ca_file)

        assert page.status == 200


def test_many_silent_clients_cost_a_bounded_number_of_threads():
    with serving() as exposition:
        where = ("127.0.0.1", int(exposition.url.rpartition(":")[2]))
        silent = [socket.create_connection(where, timeout=10) for _ in range(40)]
        let_go = [client for client in silent[:8] if client.recv(1) == b""]
        for client in silent:
            client.close()
        page = _until_answered(exposition.url)

    assert len(let_go) == 8
    assert page.status == 200


def test_the_port_is_free_at_once_after_close():
    first = serving()
    first.open()
    port = int(first.url.rpartition(":")[2])
    ask(first.url, "/metrics")
    first.close()
    first.close()

    for _ in range(3):
        again = serving(port=port)
        again.open()
        assert ask(again.url, "/healthz").status == 200
        again.close()


def test_a_closed_page_can_be_opened_again():
    exposition = serving()
    for _ in range(2):
        with exposition:
            assert ask(exposition.url, "/healthz").status == 200


def test_an_address_that_is_taken_is_named():
    with serving() as exposition:
        port = int(exposition.url.rpartition(":")[2])
        with pytest.raises(ExpositionError, match=rf"exposition: cannot listen on 127\.0\.0\.1:{port} \(.*in use\)"):
            serving(port=port).open()


def test_an_address_that_is_none_is_named():
    with pytest.raises(ExpositionError, match=r"cannot listen on 203\.0\.113\.7:0 \("):
        serving(address="203.0.113.7").open()


def test_a_page_that_cannot_be_made_is_logged_and_answered_with_500(caplog: pytest.LogCaptureFixture):
    clock = FallibleClock()
    with caplog.at_level(logging.ERROR), serving(clock=clock) as exposition:
        clock.broken = True
        page = ask(exposition.url, "/healthz")

    assert page.status == 500
    assert "the clock is broken" not in page.text
    assert "the clock is broken" in caplog.text


class FallibleClock(SetClock):
    """Breaks on request."""

    broken = False

    def now(self) -> float:
        if self.broken:
            raise RuntimeError("the clock is broken")
        return super().now()


def _all_of(connection: socket.socket) -> bytes:
    received = b""
    try:
        while chunk := connection.recv(4096):
            received += chunk
    except ConnectionResetError:
        pass
    return received


def _until_answered(url: str) -> Page:
    """The threads of clients that have hung up end a moment later."""
    give_up = time.monotonic() + FUSE_S
    while True:
        try:
            return ask(url, "/healthz")
        except OSError:
            if time.monotonic() > give_up:
                raise
