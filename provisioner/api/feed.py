"""New lines of the journal, for all event streams together: read once, and kept for those that are behind."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress

import anyio.to_thread

from provisioner.api.site import Noticeboard
from provisioner.errors import StoreError
from provisioner.ports import JournalEntry

PAGE = 500
"""Lines in one reading of the store."""
_KEPT = 2000
"""Lines in memory. A switch of 1,700 desktops writes some six for each, within an hour; a stream that is further behind reads
the store."""
ReadAfter = Callable[[int, int], Sequence[JournalEntry]]
"""At most so many lines after a sequence number, oldest first. May wait for a disk; raises StoreError."""


class Feed:
    """The journal's end. Used by the server's thread; the control thread only wakes it."""

    def __init__(self, read_after: ReadAfter, newest: Callable[[], int], *, most_streams: int) -> None:
        """`newest`: the number of the last line; may wait for a disk, raises StoreError."""
        self._read_after, self._read_newest = read_after, newest
        self._most, self.streams = most_streams, 0
        self._kept: deque[JournalEntry] = deque(maxlen=_KEPT)
        self._floor = self.newest = 0
        """The numbers before the first kept line, and of the last."""
        self._news, self._reading = asyncio.Event(), asyncio.Lock()
        self._started = self._woken = self.closed = False

    def enter(self) -> bool:
        """Count a stream; False: there are too many."""
        if self.streams >= self._most:
            return False
        self.streams += 1
        return True

    def leave(self) -> None:
        """A stream has ended."""
        self.streams -= 1

    def close(self) -> None:
        """End every stream."""
        self.closed = True
        self._news.set()

    def forget(self) -> None:
        """Keep no line: somebody who is named in one may have been forgotten. Streams that are behind read the store."""
        self._kept.clear()
        self._floor = self.newest

    async def start(self, board: Noticeboard) -> None:
        """For each stream, when it begins: the first one finds the journal's end. Raises StoreError."""
        async with self._reading:
            if self.streams == 1 or not self._started:
                self._kept.clear()
                self._floor = self.newest = await anyio.to_thread.run_sync(self._read_newest)
            if not self._started:
                board.call_at_next(self._waker())
            self._started = True

    async def catch_up(self) -> None:
        """Read what is new by now."""
        self._woken = True
        await self._read()

    async def after(self, sequence: int) -> Sequence[JournalEntry]:
        """The lines after this number, oldest first; waits until there are any. Empty: the feed is closed.

        Raises StoreError.
        """
        while not self.closed:
            news = self._news
            if sequence < self._floor:
                if lines := await anyio.to_thread.run_sync(self._read_after, sequence, PAGE):
                    return lines
                sequence = self._floor  # the lines up to there are erased
            if kept := [entry for entry in self._kept if entry.sequence > sequence]:
                return kept
            await news.wait()
        return ()

    def _waker(self) -> Callable[[], None]:
        loop = asyncio.get_running_loop()

        def wake() -> None:
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(self._wake)

        return wake

    def _wake(self) -> None:
        self._woken = True
        if self.streams and not self._reading.locked():
            self._task = asyncio.get_running_loop().create_task(self._read())

    async def _read(self) -> None:
        async with self._reading:
            while self._woken:
                self._woken = False
                with suppress(StoreError):  # the next cycle wakes it again
                    while lines := await anyio.to_thread.run_sync(self._read_after, self.newest, PAGE):
                        self._keep(lines)

    def _keep(self, lines: Sequence[JournalEntry]) -> None:
        for entry in lines:
            if len(self._kept) == _KEPT:
                self._floor = self._kept[0].sequence
            self._kept.append(entry)
        self.newest = lines[-1].sequence
        news, self._news = self._news, asyncio.Event()
        news.set()
