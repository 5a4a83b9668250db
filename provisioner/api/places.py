"""Who may do now what only a few may at once: in turn by address, so that nobody has all the places."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class NoPlace(Exception):
    """So many of this address wait already."""


class Places:
    """The places of one loop, in its thread."""

    def __init__(self, *, at_once: int, each_at_once: int, each_waits: int) -> None:
        """`each_…`: of one address; fewer than `at_once`, so that others find a place. When so many of it wait, no more may."""
        self._at_once, self._each_at_once, self._each_waits = at_once, each_at_once, each_waits
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

    def are_taken(self, address: str) -> bool:
        """Whether as many of this address wait as may."""
        return len(self._waiting.get(address, ())) >= self._each_waits

    def is_pressed(self, address: str) -> bool:
        """Whether somebody waits for a place that this address has: one of its own, or any, because all are taken."""
        has_its_share = self._held[address] >= self._each_at_once and address in self._waiting
        return has_its_share or (bool(self._waiting) and self._held.total() >= self._at_once)

    async def _take(self, address: str) -> None:
        if self.are_taken(address):
            raise NoPlace
        queue = self._waiting.get(address, deque())
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
        while self._held.total() < self._at_once:
            address = next((each for each in self._waiting if self._held[each] < self._each_at_once), None)
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


__all__ = ["NoPlace", "Places"]
