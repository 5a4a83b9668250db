"""uvicorn's HTTP/1.1 with what it lacks: a deadline for heads, a limit of connections, and the peer of a Unix socket."""

import asyncio
import socket
import ssl
from collections import Counter
from collections.abc import Callable
from typing import Any, cast

from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import Server, ServerState

from provisioner.api.door import Door
from provisioner.api.limits import RequestLimits
from provisioner.api.peers import Peer, peer_of

MOST_HEAD_BYTES = 16 * 1024
"""Of a request's head: ours have less than one KiB."""
_BACKLOG = 512
_GRACE_S = 1
"""Real seconds for answers under way when the server ends."""


class BoundedServer(Server):
    """A server for one socket, in a thread that ends it: no signals, no ticks."""

    def __init__(
        self,
        app: Any,
        limits: RequestLimits,
        listening: socket.socket,
        context: Callable[[], ssl.SSLContext] | None = None,
        *,
        refused: Callable[[], None] = lambda: None,
        protocol: "Callable[[Config, LimitedState, dict[str, Any]], BoundedProtocol] | None" = None,
    ) -> None:
        """`listening` is bound, and closed at the end. `context`: for the next connection. `refused` is called for each
        connection without a TLS handshake.

        `protocol` makes each connection's, by default `BoundedProtocol`.
        """
        config = Config(
            app,
            http=BoundedProtocol,
            ws="none",
            lifespan="off",
            loop="asyncio",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            h11_max_incomplete_event_size=MOST_HEAD_BYTES,
            timeout_graceful_shutdown=_GRACE_S,
        )
        super().__init__(config)
        self._listening, self._context, self._refused, self._over = listening, context, refused, asyncio.Event()
        self._protocol = protocol or BoundedProtocol
        self.server_state = self._limited = LimitedState(limits)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002 (uvicorn's signature)
        """Listen. uvicorn's own leaves a client a minute for the handshake."""
        self.servers, self.started = [await self._listen()], True

    async def _listen(self) -> Any:
        if self._context is None:
            loop = asyncio.get_running_loop()
            return await loop.create_server(self._connection, sock=self._listening, backlog=_BACKLOG)
        handshake_s = self._limited.limits.head_s
        door = Door(self._listening, self._connection, self._context, handshake_s=handshake_s, refused=self._refused)
        door.open()
        return door

    async def main_loop(self) -> None:
        """Wait for `end`: uvicorn's own wakes ten times a second."""
        await self.on_tick(0)
        await self._over.wait()

    @property
    def connections(self) -> int:
        """How many are open."""
        return len(self._limited.connections)

    @property
    def shed(self) -> int:
        """How many were closed to make room."""
        return self._limited.shed

    def end(self) -> None:
        """End; only in the server's thread."""
        self.should_exit = True
        self._over.set()

    def _connection(self) -> asyncio.Protocol:
        return self._protocol(self.config, self._limited, {})


class LimitedState(ServerState):
    """uvicorn's list of connections, with their limits."""

    def __init__(self, limits: RequestLimits) -> None:
        super().__init__()
        self.limits = limits
        self.shed = 0
        """Connections that were closed to make room for another."""


class BoundedProtocol(H11Protocol):
    """One connection."""

    def __init__(self, config: Config, server_state: LimitedState, app_state: dict[str, Any], **others: Any) -> None:
        super().__init__(config, server_state, app_state, **others)
        self.silent_since = self.loop.time()
        """On the loop's clock: when it was opened, or answered last."""
        self._state, self._limits, self._deadline = server_state, server_state.limits, cast("asyncio.TimerHandle | None", None)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Note who it is, and make room: of the account or address with the most connections, the one silent longest."""
        super().connection_made(transport)
        self.app_state = {"peer": peer_of(transport.get_extra_info("socket")), "abort": transport.abort}
        self._make_room()
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget its deadline."""
        self._no_deadline()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """When a head is complete, its deadline ends."""
        before = self.cycle
        super().handle_events()
        if self.cycle is not before and not self.idle:
            self._no_deadline()

    def on_response_complete(self) -> None:
        """The next head has the same deadline."""
        self._expect_head()
        super().on_response_complete()

    @property
    def address(self) -> str:
        """Whose it is: of a Unix socket the account's number."""
        peer = self.app_state.get("peer")
        return str(peer.uid) if isinstance(peer, Peer) else self.client[0] if self.client else ""

    @property
    def idle(self) -> bool:
        """Whether no request is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def _make_room(self) -> None:
        if len(self.connections) <= self._limits.connections:
            return
        # A connection that was cut off stays in the set until the loop's next turn.
        others = [
            other for other in self.connections if isinstance(other, BoundedProtocol) and not other.transport.is_closing()
        ]
        if len(others) > self._limits.connections:
            others.remove(self)
            self._state.shed += 1
            of_address = Counter(other.address for other in others)
            min(others, key=lambda other: (-of_address[other.address], not other.idle, other.silent_since)).transport.abort()

    def _expect_head(self) -> None:
        self._no_deadline()
        self.silent_since = self.loop.time()
        self._deadline = self.loop.call_later(self._limits.head_s, self.transport.abort)

    def _no_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
