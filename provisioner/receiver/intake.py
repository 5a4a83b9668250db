"""The application of the receiver: a path for pushes, kept until the daemon has them, and those where desktops ask."""

import threading
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from provisioner.model.words import PushWord
from provisioner.receiver.asking import Answer
from provisioner.receiver.handover import ACCESS_PATH, ASK_PATH, AUTHORITY_PATH, MOST_BYTES, MOST_PUSHES, ORDERS_PATH, Batch
from provisioner.sessions.push import Push, parse_push

PATH = "/v1/report"
ASKED = {
    "/v1/first-boot": ASK_PATH,
    "/v1/access": ACCESS_PATH,
    "/v1/session-orders": ORDERS_PATH,
    "/v1/receiver-authority": AUTHORITY_PATH,
}
"""Where desktops ask, and where the daemon is asked."""
MOST_WAITING = 8192
"""Pushes that wait for the daemon: nearly five of each of 1,700 desktops. A desktop sends its newest document again."""
MOST_WAITING_BYTES = 64 * 1024 * 1024
EACH_WAITS = 64
"""Pushes of one address, once half of the room is taken: a desktop sends one a minute, and one at each change."""
_TAKEN, _MALFORMED, _ELSEWHERE, _FULL = 202, 400, 404, 503
_BOUNDS = (408, 413)


class Waiting:
    """Pushes for the daemon, oldest first; the same push twice is kept once. Any thread may call."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now, self._turn = now, threading.Lock()
        self._pushes: deque[tuple[Push, float, str]] = deque()
        self._there: set[str] = set()
        """The signatures of what waits."""
        self._bytes = 0
        self._of = Counter[str]()
        """How many of each address wait."""
        self._refused: Counter[PushWord] = Counter()

    def put(self, push: Push, address: str = "") -> bool:
        """Keep it; False: there is no room, or none for so many of this address."""
        with self._turn:
            if push.signature in self._there:
                return True
            if not self._has_room(push, address):
                self._refused[PushWord.OVERFLOWED] += 1
                return False
            self._pushes.append((push, self._now(), address))
            self._of[address] += 1
            self._there.add(push.signature)
            self._bytes += len(push.body)
            return True

    def _has_room(self, push: Push, address: str) -> bool:
        """One address has at most half of the room: where all desktops come by one, that is enough for half a minute."""
        waiting, size = len(self._pushes), self._bytes + len(push.body)
        is_many = self._of[address] >= EACH_WAITS and (2 * waiting >= MOST_WAITING or 2 * size >= MOST_WAITING_BYTES)
        return waiting < MOST_WAITING and size <= MOST_WAITING_BYTES and not is_many

    def refuse(self) -> None:
        """Count a push whose form is wrong."""
        with self._turn:
            self._refused[PushWord.REFUSED] += 1

    def batch(self) -> Batch:
        """The oldest that go together. They stay here until `taken`."""
        with self._turn:
            pushes: list[tuple[Push, float]] = []
            size = 0
            for push, at, _ in self._pushes:
                size += len(push.body) + 512
                if pushes and (len(pushes) == MOST_PUSHES or size > MOST_BYTES // 2):  # JSON may escape each quotation mark
                    break
                pushes.append((push, max(0.0, self._now() - at)))
            return Batch(pushes=pushes, refused=dict(self._refused))

    def taken(self, batch: Batch) -> None:
        """The daemon has them."""
        with self._turn:
            for _ in batch.pushes:
                push, _at, address = self._pushes.popleft()
                self._of[address] -= 1
                self._of += Counter()
                self._there.discard(push.signature)
                self._bytes -= len(push.body)
            self._refused -= Counter(batch.refused)


class Counted:
    """The outermost layer: counts what was refused before the application saw it, as too large or too slow."""

    def __init__(self, app: ASGIApp, waiting: Waiting) -> None:
        self._app, self._waiting = app, waiting

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in _BOUNDS:
                self._waiting.refuse()
            await send(message)

        await self._app(scope, receive, answer)


class Intake:
    """The ASGI application; inside `api.limits.Bounded`, which has the whole body before it calls."""

    def __init__(self, waiting: Waiting, ask: Callable[[Push, str, str], Awaitable[Answer]]) -> None:
        """`ask` puts a question to the daemon."""
        self._waiting, self._ask = waiting, ask

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One push, or one question."""
        answer = Answer(status=_ELSEWHERE)
        if scope["method"] == "POST" and scope["path"] in (PATH, *ASKED):
            answer = await self._take(scope, (await receive())["body"])
        headers = [(b"content-length", str(len(answer.body)).encode()), (b"connection", b"close")]
        headers += [(b"bascule-signature", answer.signature.encode())] * bool(answer.signature)
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _take(self, scope: Scope, body: bytes) -> Answer:
        try:
            push = parse_push(dict(scope["headers"]), body)
        except ValueError:  # its text could hold what was sent
            self._waiting.refuse()
            return Answer(status=_MALFORMED)
        address = address_of(scope.get("client"))
        if (asked := ASKED.get(scope["path"])) is not None:
            return await self._ask(push, asked, address)
        return Answer(status=_TAKEN if self._waiting.put(push, address) else _FULL)


def address_of(client: tuple[str, int] | None) -> str:
    """Of whoever has connected; empty: it is not known."""
    return "" if client is None else client[0]
