"""The page over HTTP or HTTPS: `/metrics`, `/healthz`, `/readyz`.

The page as text, in Prometheus' format. Most values are those of the scrape before, whose text is taken again.
"""

import base64
import binascii
import gzip
import hmac
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest, make_wsgi_app
from prometheus_client.exposition import gzip_accepted

from monitors.collector import TYPES, StatusCollector, registry_of
from monitors.health import liveness_problems, readiness_problems, remarks
from monitors.metric import Labels, Metric, MetricKind, Rows
from monitors.recorder import Recorder
from monitors.server import HEAD_S, Server
from monitors.tally import number
from provisioner.model.people.plain_text import one_line
from provisioner.ports import Clock
from provisioner.settings.secret import Secret
from provisioner.settings.values import ExpositionSettings
from provisioner.tls_files import ServedCertificate

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


MAX_CYCLE_AGE_S = 120.0
"""Twelve cycles of an idle daemon: even a slow observation does not delay a cycle for so long."""
_QUICKEST = 1
"""Of gzip's levels: a fifth more bytes than the usual one, in a tenth of the time."""

_Answer = tuple[str, str]
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""Which every Prometheus reads, and the only format that is written: a site with 50 clusters has 17,000 series."""


class Exposition:
    """Serves the pages from its own thread until `close`. A context manager."""

    def __init__(
        self,
        recorder: Recorder,
        settings: ExpositionSettings,
        *,
        clock: Clock,
        max_cycle_age_s: float = MAX_CYCLE_AGE_S,
        head_s: float = HEAD_S,
    ) -> None:
        """Listens after `open`. Port 0 selects a free port. The cycle's age is by `clock`; `head_s` is in real seconds."""
        app = _Pages(recorder, clock=clock, max_cycle_age_s=max_cycle_age_s)
        guarded = _guarded(app, settings.user, settings.password) if settings.password else app
        self._server = Server(guarded, settings, head_s=head_s)

    @property
    def url(self) -> str:
        """Its URL without a path; with the actual port once open."""
        return self._server.url

    @property
    def served(self) -> ServedCertificate | None:
        """What it serves with; None: without TLS, or not open."""
        return self._server.served

    def open(self) -> None:
        """Listen; raises ExpositionError when the address is in use or a certificate cannot be used."""
        self._server.open()

    def close(self) -> None:
        """Stop listening; the port is free at once. A second call does nothing."""
        self._server.close()

    def __enter__(self) -> "Exposition":
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Pages:
    def __init__(self, recorder: Recorder, *, clock: Clock, max_cycle_age_s: float) -> None:
        self._recorder = recorder
        self._clock = clock
        self._max_cycle_age_s = max_cycle_age_s
        self._page = PageText(StatusCollector(recorder, clock=clock))
        self._selected: WSGIApplication = make_wsgi_app(registry_of(recorder, clock=clock))
        self._pages: dict[str, Callable[[], _Answer]] = {"/healthz": self._health, "/readyz": self._ready}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/metrics":
            whole = environ["REQUEST_METHOD"] == "GET" and not environ.get("QUERY_STRING")
            return self._metrics(environ, start_response) if whole else self._selected(environ, start_response)
        if path not in self._pages:
            return _text(start_response, "404 Not Found", "There are /metrics, /healthz and /readyz.")
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return _text(start_response, "405 Method Not Allowed", "Only GET is answered.", ("Allow", "GET, HEAD"))
        body = _text(start_response, *self._pages[path]())
        return body if environ["REQUEST_METHOD"] == "GET" else []

    def _metrics(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        body, headers = self._page.text(), [("Content-Type", CONTENT_TYPE)]
        if gzip_accepted(environ.get("HTTP_ACCEPT_ENCODING", "")):
            body = gzip.compress(body, _QUICKEST)
            headers.append(("Content-Encoding", "gzip"))
        start_response("200 OK", headers)
        return [body]

    def _health(self) -> _Answer:
        state = self._recorder.state
        return _verdict("alive", liveness_problems(state, now=self._clock.now(), max_cycle_age_s=self._max_cycle_age_s))

    def _ready(self) -> _Answer:
        state, now, limit_s = self._recorder.state, self._clock.now(), self._max_cycle_age_s
        lacking = readiness_problems(state, now=now, max_cycle_age_s=limit_s)
        return _verdict("ready", lacking, remarks(state, now=now, max_cycle_age_s=limit_s))


def _verdict(good: str, lacking: tuple[str, ...], also: tuple[str, ...] = ()) -> _Answer:
    lines = "\n".join(map(one_line, (*(lacking or (good,)), *also)))
    return ("503 Service Unavailable" if lacking else "200 OK"), lines


def _text(start_response: "StartResponse", status: str, text: str, *headers: tuple[str, str]) -> list[bytes]:
    body = f"{text}\n".encode()
    fixed = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
    start_response(status, [*fixed, *headers])
    return [body]


def _guarded(app: "WSGIApplication", user: str, password: Secret) -> "WSGIApplication":
    """Require a login for all pages. The health pages, too, because their reasons name clusters."""

    def guarded(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if not _is(f"{user}:{password.reveal()}", environ.get("HTTP_AUTHORIZATION", "")):
            demand = ("WWW-Authenticate", 'Basic realm="bascule", charset="UTF-8"')
            return _text(start_response, "401 Unauthorized", "User and password are wanted.", demand)
        return app(environ, start_response)

    return guarded


def _is(login: str, header: str) -> bool:
    """Compare user and password together in constant time: a wrong user takes as long as a wrong password."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return False
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(decoded, login.encode())


class PageText:
    """Writes all metrics; the same bytes as the client library's, which takes ten times as long. Any thread may call."""

    def __init__(self, collector: StatusCollector) -> None:
        self._collector = collector
        self._families = {row.name: _Family(row) for row, _ in collector.rows()}
        self._process = CollectorRegistry()
        ProcessCollector(registry=self._process)

    def text(self) -> bytes:
        """The page of this moment."""
        own = "".join(self._families[row.name].text(rows) for row, rows in self._collector.rows())
        return own.encode() + generate_latest(self._process)


class _Family:
    """One metric: its last values, and what was written of them."""

    def __init__(self, row: Metric) -> None:
        self._row = row
        name = row.name if row.kind is MetricKind.COUNTER else row.name.removesuffix("_total")
        self._head = f"# HELP {name} {_escaped(row.help)}\n# TYPE {name} {TYPES[row.kind]}\n"
        self._begins: dict[Labels, str] = {}
        self._last: tuple[Rows, str] = ({}, self._head)

    def text(self, rows: Rows) -> str:
        """The lines of these values."""
        last, written = self._last
        if rows == last:
            return written
        begins = self._begins = {labels: self._begins.get(labels) or self._begin(labels) for labels in rows}
        text = self._head + "".join([f"{begins[labels]} {number(value)}\n" for labels, value in rows.items()])
        self._last = dict(rows), text  # a copy: some gauges are counters that go on
        return text

    def _begin(self, labels: Labels) -> str:
        """A line without its value."""
        name, names = self._row.name, self._row.labels
        if self._row.kind is MetricKind.HISTOGRAM:
            *own, suffix, bound = labels
            name, labels, names = name + suffix, (*own, bound) if bound else tuple(own), (*names, "le") if bound else names
        named = ",".join(f'{label}="{_quoted(value)}"' for label, value in sorted(zip(names, labels, strict=True)))
        return f"{name}{{{named}}}" if named else name


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n")


def _quoted(value: str) -> str:
    return _escaped(value).replace('"', r"\"")
