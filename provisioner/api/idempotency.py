"""Orders that were given already: a client that got no answer may ask again with the same key, and nothing is done twice."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any

_KEPT = 4096
"""Answers: more than a day's orders."""
MOST_BYTES = 32 * 1024 * 1024
"""Of all answers: each has every order that is in force, and a thousand of these are a megabyte."""
Reply = asyncio.Task[bytes]


class Replies:
    """The last answers, by caller and key. In this life of the daemon only; used by one thread."""

    def __init__(self) -> None:
        self._made: OrderedDict[tuple[str, str], tuple[bytes, Reply]] = OrderedDict()

    def of(self, caller: str, key: str, content: bytes, make: Callable[[], Coroutine[Any, Any, bytes]]) -> Reply | None:
        """The answer under this key, made now if there is none; None: the key was used for another order."""
        known = self._made.get((caller, key))
        if known is not None and not _failed(known[1]):
            return known[1] if known[0] == content else None
        reply = asyncio.get_running_loop().create_task(make())
        reply.add_done_callback(_failed)  # looked at, also if the client has gone
        self._made[caller, key] = (content, reply)
        self._made.move_to_end((caller, key))
        while len(self._made) > _KEPT or (len(self._made) > 1 and self._bytes() > MOST_BYTES):
            self._made.popitem(last=False)
        return reply

    def forget(self) -> None:
        """Every answer that was made: somebody who is named in it may have been forgotten."""
        self._made = OrderedDict((key, made) for key, made in self._made.items() if not made[1].done())

    def _bytes(self) -> int:
        return sum(len(reply.result()) for _, reply in self._made.values() if reply.done() and not _failed(reply))


def _failed(reply: Reply) -> bool:
    """Whether the order was not given: then the next try is made anew."""
    return reply.done() and (reply.cancelled() or reply.exception() is not None)
