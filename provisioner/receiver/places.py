"""Who may put a question to the daemon now: a few at once, in turn by address, so that nobody has all the places."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

AT_ONCE = 4
"""Half of the connections that the daemon takes: batches of pushes always find one."""
EACH_AT_ONCE = 2
"""Of one address: the others find a place. Where all desktops come by one address, half of the places are enough for them."""
EACH_WAITS = 32
"""Of one address; whoever comes then is to ask again."""


class NoPlace(Exception):
    """So many of this address wait already."""


class Places:
    """In one loop's thread."""

    def __init__(self) -> None:
        self._held = Counter[str]()
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}
        """By address: whose turn is next comes first."""

    @asynccontextmanager
    async def of(self, address: str) -> AsyncIterator[None]:
        """A place, once it is this address's turn. Raises NoPlace."""
        await self._take(address)
        try:
            yield
        finally:
            self._leave(address)

    async def _take(self, address: str) -> None:
        queue = self._waiting.get(address, deque())
        if len(queue) >= EACH_WAITS:
            raise NoPlace
        turn = asyncio.get_running_loop().create_future()
        queue.append(turn)
        self._waiting[address] = queue
        self._let_in()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # it was let in just then
                self._leave(address)
            else:
                self._forget(address, turn)
            raise

    def _leave(self, address: str) -> None:
        self._held[address] -= 1
        self._held += Counter()
        self._let_in()

    def _let_in(self) -> None:
        while self._held.total() < AT_ONCE:
            address = next((each for each in self._waiting if self._held[each] < EACH_AT_ONCE), None)
            if address is None:
                return
            queue = self._waiting.pop(address)
            turn = queue.popleft()
            if queue:
                self._waiting[address] = queue
            if not turn.done():
                self._held[address] += 1
                turn.set_result(None)

    def _forget(self, address: str, turn: "asyncio.Future[None]") -> None:
        queue = self._waiting.get(address)
        if queue is not None and turn in queue:
            queue.remove(turn)
            if not queue:
                del self._waiting[address]


__all__ = ["AT_ONCE", "EACH_AT_ONCE", "EACH_WAITS", "NoPlace", "Places"]
