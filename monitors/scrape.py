"""`/metrics`: prometheus_client's content negotiation, with pages that are cached between scrapes."""

import gzip
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from prometheus_client import ProcessCollector, make_wsgi_app
from prometheus_client.exposition import choose_encoder, gzip_accepted

from monitors.collector import StatusCollector, registry_of
from monitors.page import Page
from monitors.recorder import Recorder
from provisioner.ports import Clock

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_FORMATS = 4
"""Number of cached pages: one for Prometheus, another for curl. Further formats are not cached."""
_LEVEL = 1
"""Level of gzip: the page is so repetitive that higher levels take four times as long for little gain."""


class Scrape:
    """A WSGI application. The client library answers a scrape of selected names (`name[]`)."""

    def __init__(self, recorder: Recorder, *, clock: Clock) -> None:
        self._collector = StatusCollector(recorder, clock=clock)
        self._process = ProcessCollector(registry=None)
        self._library: WSGIApplication = make_wsgi_app(registry_of(recorder, clock=clock))
        self._lock = threading.Lock()
        self._pages: dict[str, Page] = {}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        page, content_type = self._page_for(environ.get("HTTP_ACCEPT", ""))
        if page is None or environ["REQUEST_METHOD"] != "GET" or environ.get("QUERY_STRING"):
            return self._library(environ, start_response)
        body = page.text(self._collector.rows(), self._process)
        headers = [("Content-Type", content_type)]
        if gzip_accepted(environ.get("HTTP_ACCEPT_ENCODING", "")):
            body = gzip.compress(body, _LEVEL)
            headers.append(("Content-Encoding", "gzip"))
        start_response("200 OK", headers)
        return [body]

    def _page_for(self, accepted: str) -> tuple[Page | None, str]:
        encoder, content_type = choose_encoder(accepted)
        with self._lock:
            if content_type not in self._pages and len(self._pages) < _FORMATS:
                self._pages[content_type] = Page(encoder)
            return self._pages.get(content_type), content_type
