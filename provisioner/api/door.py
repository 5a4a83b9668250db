"""Lets TLS connections in: only so many at once are in their handshake, the others wait in the kernel, where they cost nothing.

asyncio's own server takes all that come, each with a buffer of 256 KiB, and logs hundreds of lines once no descriptor is left.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable

BACKLOG = 4096
"""Connections that wait in the kernel: of 1,700 desktops at once none is turned away. The kernel's own limit may be lower."""
HANDSHAKES = 256
"""At once: 64 MiB. A handshake takes a millisecond of the processor; more of them would only make each take longer."""
LEAST_S = 2.0
"""So long nobody is turned away for those who wait. A handshake takes milliseconds, and all of them at once half a second; on a
machine that is busy with other things several times that."""
_AT_ONCE = 64
_AGAIN_S = 1.0
"""Until it is tried again, when the process has no descriptor left."""


class Door:
    """For one listening socket. As uvicorn wants its servers: `close`, then `wait_closed`."""

    def __init__(
        self,
        listening: socket.socket,
        protocol: Callable[[], asyncio.Protocol],
        context: ssl.SSLContext,
        *,
        handshake_s: float,
        refused: Callable[[], None] = lambda: None,
    ) -> None:
        """`refused` is called for each connection that did not become one."""
        self._listening, self._protocol, self._context = listening, protocol, context
        self._handshake_s, self._refused = handshake_s, refused
        self._coming: dict[asyncio.Task[None], float] = {}
        """Handshakes under way, oldest first, each with its beginning."""
        self._loop = asyncio.get_running_loop()
        self._again: asyncio.TimerHandle | None = None
        self._open = True

    def open(self) -> None:
        """Begin."""
        self._listening.setblocking(False)
        self._listening.listen(BACKLOG)
        self._go_on()

    def close(self) -> None:
        """Let nobody else in."""
        self._pause()
        self._open = False
        self._listening.close()
        for task in self._coming:
            task.cancel()

    async def wait_closed(self) -> None:
        """Until the handshakes have ended, too."""
        await asyncio.gather(*self._coming, return_exceptions=True)

    def _accept(self) -> None:
        for _ in range(_AT_ONCE):
            if not self._has_room():
                return
            try:
                connection, _address = self._listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError:
                self._pause(_AGAIN_S)
                return
            connection.setblocking(False)
            task = self._loop.create_task(self._let_in(connection))
            self._coming[task] = self._loop.time()
            task.add_done_callback(self._has_ended)

    def _has_room(self) -> bool:
        """Whether another handshake may begin: if need be instead of the oldest, once that has had its time."""
        if len(self._coming) < HANDSHAKES:
            return True
        oldest, began = next(iter(self._coming.items()))
        wait_s = began + LEAST_S - self._loop.time()
        if wait_s > 0:
            self._pause(wait_s)
            return False
        del self._coming[oldest]
        oldest.cancel()
        return True

    async def _let_in(self, connection: socket.socket) -> None:
        await self._loop.connect_accepted_socket(
            self._protocol,
            connection,
            ssl=self._context,
            ssl_handshake_timeout=self._handshake_s,
            ssl_shutdown_timeout=self._handshake_s,
        )

    def _has_ended(self, task: "asyncio.Task[None]") -> None:
        self._coming.pop(task, None)
        if task.cancelled() or task.exception() is not None:
            self._refused()
        self._go_on()

    def _pause(self, seconds: float | None = None) -> None:
        self._loop.remove_reader(self._listening.fileno())
        if self._again is not None:
            self._again.cancel()
        self._again = None if seconds is None else self._loop.call_later(seconds, self._go_on)

    def _go_on(self) -> None:
        if self._open:
            self._pause()
            self._loop.add_reader(self._listening.fileno(), self._accept)
