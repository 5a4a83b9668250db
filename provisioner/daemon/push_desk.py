"""Pushes from the receiver, for the control thread: a Unix socket of its own, on which nothing else can be asked or ordered."""

import asyncio
import queue
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace

from starlette.types import Receive, Scope, Send

from provisioner.api.limits import LIMITS, Bounded
from provisioner.api.listening import listen_at, remove_socket
from provisioner.api.protocol import BoundedServer
from provisioner.ports import Clock
from provisioner.receiver.handover import PATH, Batch, decode_batch
from provisioner.reconciler import Reconciler
from provisioner.settings.values import ReceiverSettings

_MOST_BATCHES = 32
"""That wait for the control thread: 8,192 pushes. Then the receiver keeps them."""
_LONGEST_END_S = 3.0
_LIMITS = replace(LIMITS, connections=8)
_TAKEN, _MALFORMED, _ELSEWHERE, _FULL = 204, 400, 404, 503


class PushDesk:
    """Answers the receiver from `open` to `close`. Without `settings` it does nothing."""

    def __init__(
        self, settings: ReceiverSettings | None, *, clock: Clock, clock_rate: float, nudge: Callable[[], None]
    ) -> None:  # fmt: skip
        """`nudge` wakes the control thread."""
        self._settings, self._clock, self._rate, self._nudge = settings, clock, clock_rate, nudge
        self._batches: queue.Queue[Batch] = queue.Queue(_MOST_BATCHES)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: BoundedServer | None = None
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """Listen; raises ExpositionError."""
        if self._settings is None:
            return
        listening = listen_at(self._settings.socket, self._settings.group)
        self._loop = asyncio.new_event_loop()
        self._server = BoundedServer(Bounded(self._answer, _LIMITS), _LIMITS, listening)
        self._thread = threading.Thread(target=self._run, args=(self._loop, self._server), name="pushes", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering. A second call does nothing."""
        thread, self._thread = self._thread, None
        if thread is None or self._loop is None or self._server is None or self._settings is None:
            return
        remove_socket(self._settings.socket)
        with suppress(RuntimeError):  # it has ended
            self._loop.call_soon_threadsafe(self._server.end)
        thread.join(_LONGEST_END_S)

    def take_up(self, reconciler: Reconciler) -> None:
        """Hand every batch that waits to the reconciler. Only the control thread calls."""
        while True:
            try:
                batch = self._batches.get_nowait()
            except queue.Empty:
                return
            now = self._clock.now()
            for word, count in batch.refused.items():
                reconciler.sessions.refused(word, count)
            reconciler.take_pushes((push, now - waited_s * self._rate) for push, waited_s in batch.pushes)

    def _run(self, loop: asyncio.AbstractEventLoop, server: BoundedServer) -> None:
        with closing(loop):
            loop.run_until_complete(server.serve())

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = _ELSEWHERE
        if (scope["method"], scope["path"]) == ("POST", PATH):
            status = self._take((await receive())["body"])
        await send(
            {"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")] * (status != _TAKEN)}
        )
        await send({"type": "http.response.body", "body": b""})

    def _take(self, body: bytes) -> int:
        try:
            self._batches.put_nowait(decode_batch(body))
        except ValueError:
            return _MALFORMED
        except queue.Full:
            return _FULL
        self._nudge()
        return _TAKEN
