"""The API's server, in a thread of its own."""

import asyncio
import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from provisioner.api.app import app_of
from provisioner.api.feed import Feed
from provisioner.api.idempotency import Replies
from provisioner.api.identity import Identify, IdentityLayer
from provisioner.api.limits import LIMITS, Bounded, RequestLimits
from provisioner.api.listening import listen_at, listen_on, remove_socket
from provisioner.api.protocol import BoundedServer
from provisioner.api.site import ApiSite
from provisioner.settings.values import ApiSettings
from provisioner.tls_files import ServedCertificate

_LONGEST_END_S = 3.0
"""Real seconds until the thread is left behind; it does not keep the process alive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerLoad:
    """What the server has done since it was opened, and what it does now."""

    answers: Mapping[str, int]
    """By class of HTTP status, `2xx`."""
    shed: int
    """Connections that were closed to make room for another."""
    connections: int
    streams: int


class ApiServer:
    """Answers from `open` to `close`."""

    def __init__(self, site: ApiSite, settings: ApiSettings, identify: Identify, *, limits: RequestLimits = LIMITS) -> None:
        self._site, self._settings, self._identify, self._limits = site, settings, identify, limits
        self._loop: asyncio.AbstractEventLoop | None = None
        self._feed: Feed | None = None
        self._servers: tuple[BoundedServer, ...] = ()
        self._app: Bounded | None = None
        self.served: ServedCertificate | None = None
        """Over TCP; None: it is not, or not open."""
        self._replies = Replies()
        self._thread: threading.Thread | None = None

    @property
    def socket(self) -> Path:
        """The socket's path."""
        return self._settings.socket

    def open(self) -> None:
        """Listen, and answer from a new thread; raises ExpositionError."""
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # a wrong request is not worth a line
        listening = listen_at(self.socket, self._settings.group)
        self._loop = asyncio.new_event_loop()
        site = self._site
        self._feed = Feed(site.journal_after, lambda: _newest(site), most_streams=self._limits.streams)
        self._app = app = answering(site, self._identify, self._limits, feed=self._feed, replies=self._replies)
        self._servers = (BoundedServer(app, self._limits, listening), *self._over_tcp(app))
        self._thread = threading.Thread(target=self._run, args=(self._loop,), name="api", daemon=True)
        self._thread.start()

    @property
    def load(self) -> ServerLoad:
        """What it has done, and what it does now. Any thread may ask."""
        return ServerLoad(
            answers={} if self._app is None else dict(self._app.answers),
            shed=sum(server.shed for server in self._servers),
            connections=sum(server.connections for server in self._servers),
            streams=0 if self._feed is None else self._feed.streams,
        )

    def forget(self) -> None:
        """Keep nothing of what was answered: somebody was forgotten. Any thread may call."""
        if self._loop is not None:
            with suppress(RuntimeError):  # it has ended
                self._loop.call_soon_threadsafe(self._forget)

    def close(self) -> None:
        """Stop answering, and remove the socket. A second call does nothing."""
        thread, self._thread = self._thread, None
        if thread is None or self._loop is None:
            return
        remove_socket(self.socket)
        with suppress(RuntimeError):  # it has ended
            self._loop.call_soon_threadsafe(self._end)
        thread.join(_LONGEST_END_S)

    def _over_tcp(self, app: Bounded) -> Iterator[BoundedServer]:
        settings = self._settings
        if settings.address is not None and settings.certificate is not None:
            self.served = ServedCertificate("api", settings.certificate, settings.key)
            yield BoundedServer(app, self._limits, listen_on(settings.address, settings.port), self.served.context)

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        with closing(loop):
            loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        await asyncio.gather(*(server.serve() for server in self._servers))

    def _forget(self) -> None:
        if self._feed is not None:
            self._feed.forget()
        self._replies.forget()

    def _end(self) -> None:
        if self._feed is not None:
            self._feed.close()
        for server in self._servers:
            server.end()


def answering(
    site: ApiSite, identify: Identify, limits: RequestLimits, *, feed: Feed, replies: Replies | None = None
) -> Bounded:  # fmt: skip
    """The application within its bounds: who asks is known before the body is read, and of nobody it is not."""
    return Bounded(app_of(site, feed=feed, replies=replies), limits, before=lambda app: IdentityLayer(app, identify, site.zone))


def _newest(site: ApiSite) -> int:
    """The number of the journal's last line; 0: it is empty."""
    return next((entry.sequence for entry in site.journal(1, None)), 0)
