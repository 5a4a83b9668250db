"""Sends reports as desktops do: each on a TLS connection of its own, given up after five seconds and sent again."""

import asyncio
import random
import ssl
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

TIMEOUT_S, AGAIN_S = 5.0, 2.0
"""bascule-guest's; each try waits twice as long as the one before."""
TRIES = 12
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A server on this machine."""

    port: int
    ca_file: Path
    echoes: bool = False
    """It sends back what it got, and leaves it to the client to close."""


class Desktops:
    """One event loop for all of them."""

    def __init__(self, target: Target) -> None:
        self._target, self._context = target, ssl.create_default_context(cafile=target.ca_file)
        self.tries = 0
        """Connections that were begun."""
        self.lost = 0
        """Reports that were given up."""

    def in_turn(self, requests: Sequence[bytes], *, at_once: int = 4) -> None:
        """All of them, a few at once."""
        places = asyncio.Semaphore(at_once)

        async def send(request: bytes) -> None:
            async with places:
                await self._until_taken(request)

        asyncio.run(_all(send, requests))

    def together(self, requests: Sequence[bytes]) -> float:
        """All of them at the same moment; seconds until the last is taken."""
        began = time.monotonic()
        asyncio.run(_all(self._until_taken, requests))
        return time.monotonic() - began

    def in_rhythm(self, request: Callable[[], bytes], *, count: int, every_s: float) -> None:
        """So many, one after the other, each at a random moment of its share of the time."""
        began = time.monotonic()
        moments = iter([began + every_s * (number + random.random()) for number in range(count)])

        async def send(moment: float) -> None:
            await asyncio.sleep(max(0.0, moment - time.monotonic()))
            await self._until_taken(request())

        asyncio.run(_all(send, list(moments)))

    async def _until_taken(self, request: bytes) -> None:
        wait_s = AGAIN_S
        for _ in range(TRIES):
            self.tries += 1
            try:
                if await self._send(request):
                    return
            except (OSError, EOFError, TimeoutError):
                pass
            await asyncio.sleep(wait_s * random.uniform(0.9, 1.1))
            wait_s = min(2 * wait_s, 60.0)
        self.lost += 1

    async def _send(self, request: bytes) -> bool:
        """Each step within the guest's time-out, which is of one step on the socket, too."""
        async with asyncio.timeout(TIMEOUT_S):
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", self._target.port, ssl=self._context, server_hostname="localhost"
            )
        try:
            head, end, body = request.partition(b"\r\n\r\n")
            writer.write(head + end)  # as http.client does: two records
            writer.write(body)
            async with asyncio.timeout(TIMEOUT_S):
                if self._target.echoes:
                    return await reader.readexactly(len(request)) == request
                return (await reader.read()).startswith(b"HTTP/1.1 202 ")
        finally:
            writer.close()


async def _all(send: Callable[[_T], Awaitable[None]], each: Sequence[_T]) -> None:
    await asyncio.gather(*map(send, each))
