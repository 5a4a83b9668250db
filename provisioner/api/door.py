"""Lets TLS connections in: only so many at once are in their handshake, by turns of their addresses; the others wait.

asyncio's own server takes all that come, each with a buffer of 256 KiB, and logs hundreds of lines once no descriptor is left.
Whoever waits has no buffer. Nobody waits in the kernel behind somebody else's connections that say nothing.
"""

import asyncio
import resource
import socket
import ssl
from collections.abc import Callable
from contextlib import AsyncExitStack

from provisioner.api.places import Places

BACKLOG = 4096
"""Connections that wait in the kernel: of 1,700 desktops at once none is turned away. The kernel's own limit may be lower."""
HANDSHAKES = 256
"""At once: 64 MiB. A handshake takes a millisecond of the processor; more of them would only make each take longer."""
EACH_HANDSHAKES = HANDSHAKES // 2
"""Handshakes of one address at once."""
EACH_WAITS = 2048
"""Of one address; whoever comes then is turned away, and comes again. All desktops of a site may come by one, and at once."""
WAITING = EACH_WAITS + 1024
"""Of all addresses; beyond it the kernel keeps them."""
_DESCRIPTORS = 8192
"""Twice what those who wait, the handshakes and the connections take. A service is given 1,024, and may have more."""
LEAST_S = 2.0
"""So long nobody is turned away for those who wait. A handshake takes milliseconds, and all of them at once half a second; on a
machine that is busy with other things several times that."""
_AT_ONCE = 64
_AGAIN_S = 1.0
"""Until it is tried again, when the process has no descriptor left."""


def allow_descriptors() -> None:
    """Let this process have as many as it may: without one nobody is let in, whosever connections have the others."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _DESCRIPTORS if hard == resource.RLIM_INFINITY else min(_DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


class Door:
    """For one listening socket. As uvicorn wants its servers: `close`, then `wait_closed`."""

    def __init__(
        self,
        listening: socket.socket,
        protocol: Callable[[], asyncio.Protocol],
        context: Callable[[], ssl.SSLContext],
        *,
        handshake_s: float,
        refused: Callable[[], None] = lambda: None,
    ) -> None:
        """`context`: for the next connection. `refused` is called for each one that came to nothing."""
        self._listening, self._protocol, self._context = listening, protocol, context
        self._handshake_s, self._refused = handshake_s, refused
        self._places = Places(at_once=HANDSHAKES, each_at_once=EACH_HANDSHAKES, each_waits=EACH_WAITS)
        self._coming: set[asyncio.Task[None]] = set()
        """All that were accepted, until their handshake has ended."""
        self._begun: dict[asyncio.Task[None], tuple[str, float]] = {}
        """Handshakes under way, oldest first, each with its address and its beginning."""
        self._loop = asyncio.get_running_loop()
        self._again: asyncio.TimerHandle | None = None
        self._pressing: asyncio.TimerHandle | None = None
        self._open = True

    def open(self) -> None:
        """Begin."""
        allow_descriptors()
        self._listening.setblocking(False)
        self._listening.listen(BACKLOG)
        self._go_on()

    def close(self) -> None:
        """Let nobody else in."""
        self._pause()
        self._open = False
        self._listening.close()
        if self._pressing is not None:
            self._pressing.cancel()
        for task in self._coming:
            task.cancel()

    async def wait_closed(self) -> None:
        """Until the handshakes have ended, too."""
        await asyncio.gather(*self._coming, return_exceptions=True)

    def _accept(self) -> None:
        for _ in range(_AT_ONCE):
            if len(self._coming) >= HANDSHAKES + WAITING:
                self._pause()
                return
            try:
                connection, (address, *_) = self._listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError:
                self._pause(_AGAIN_S)
                return
            self._receive(connection, address)

    def _receive(self, connection: socket.socket, address: str) -> None:
        if self._places.are_taken(address):
            connection.close()
            self._refused()
            return
        connection.setblocking(False)
        task = self._loop.create_task(self._let_in(connection, address))
        self._coming.add(task)
        task.add_done_callback(self._has_ended)
        if self._pressing is None:
            self._pressing = self._loop.call_later(LEAST_S, self._press)

    async def _let_in(self, connection: socket.socket, address: str) -> None:
        async with AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(self._places.of(address))
            except BaseException:
                connection.close()  # later the transport does, which still reads from it
                raise
            if (task := asyncio.current_task()) is not None:
                self._begun[task] = (address, self._loop.time())
            await self._loop.connect_accepted_socket(
                self._protocol,
                connection,
                ssl=self._context(),
                ssl_handshake_timeout=self._handshake_s,
                ssl_shutdown_timeout=self._handshake_s,
            )

    def _press(self) -> None:
        """Whoever has had its time ends for those who wait: of the addresses that have as many places as they may."""
        self._pressing = None
        over = self._loop.time() - LEAST_S
        for task, (address, began) in self._begun.items():
            if began <= over and self._places.is_pressed(address):
                task.cancel()
        if self._coming and self._open:
            self._pressing = self._loop.call_later(LEAST_S / 4, self._press)

    def _has_ended(self, task: "asyncio.Task[None]") -> None:
        self._coming.discard(task)
        self._begun.pop(task, None)
        if task.cancelled() or task.exception() is not None:
            self._refused()
        if self._again is None and len(self._coming) < HANDSHAKES + WAITING:
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
