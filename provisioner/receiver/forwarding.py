"""Pushes wait for the daemon, by turns of their addresses: whoever sends the most waits the longest. And they are handed to
it over its Unix socket, a batch at a time, until it ends."""

import http.client
import logging
import socket
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from pathlib import Path

from provisioner.model.words import PushWord
from provisioner.receiver.handover import MOST_BYTES, MOST_PUSHES, PATH, PushBatch, encode_batch
from provisioner.sessions.push import Push

MOST_WAITING = 8192
"""Pushes that wait for the daemon: nearly five of each of 1,700 desktops. A desktop sends its newest document again."""
MOST_WAITING_BYTES = 64 * 1024 * 1024
EACH_WAITS = 64
"""Pushes of one address, once half of the room is taken: a desktop sends one a minute, and one at each change."""
_log = logging.getLogger(__name__)
EVERY_S = 0.25
"""Two seconds from a log-on to the count are promised; a batch costs as much as ten pushes."""
AGAIN_S = 2.0
"""While the daemon does not answer. A restart of it takes seconds; until then pushes wait."""
_TAKEN, _MALFORMED = 204, 400
DAEMON_WITHIN_S = 10.0


class WaitingPushes:
    """Of each address oldest first; the same push twice is kept once. Any thread may call."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now, self._turn = now, threading.Lock()
        self._of: dict[str, deque[tuple[Push, float]]] = {}
        """By address: whose turn is next comes first."""
        self._handed: tuple[str, ...] = ()
        """The addresses of the last batch, in its order."""
        self._there: set[str] = set()
        """The signatures of what waits."""
        self._bytes = 0
        self._refused: Counter[PushWord] = Counter()

    def put(self, push: Push, address: str = "") -> bool:
        """Keep it; False: there is no room, or none for so many of this address."""
        with self._turn:
            if push.signature in self._there:
                return True
            if not self._has_room(push, address):
                self._refused[PushWord.OVERFLOWED] += 1
                return False
            self._of.setdefault(address, deque()).append((push, self._now()))
            self._there.add(push.signature)
            self._bytes += len(push.body)
            return True

    def _has_room(self, push: Push, address: str) -> bool:
        """One address has at most half of the room: where all desktops come by one, that is enough for half a minute."""
        waiting, size = len(self._there), self._bytes + len(push.body)
        is_many = len(self._of.get(address, ())) >= EACH_WAITS and (
            2 * waiting >= MOST_WAITING or 2 * size >= MOST_WAITING_BYTES
        )
        return waiting < MOST_WAITING and size <= MOST_WAITING_BYTES and not is_many

    def refuse(self) -> None:
        """Count a push whose form is wrong."""
        with self._turn:
            self._refused[PushWord.REFUSED] += 1

    def batch(self) -> PushBatch:
        """Those that go together, one of each address in turn. They stay here until `taken`."""
        with self._turn:
            pushes, handed, size = list[tuple[Push, float]](), list[str](), 0
            for address, push, at in self._in_turn():
                size += len(push.body) + 512
                if pushes and (len(pushes) == MOST_PUSHES or size > MOST_BYTES // 2):  # JSON may escape each quotation mark
                    break
                pushes.append((push, max(0.0, self._now() - at)))
                handed.append(address)
            self._handed = tuple(handed)
            return PushBatch(pushes=pushes, refused=dict(self._refused))

    def _in_turn(self) -> Iterator[tuple[str, Push, float]]:
        turns = deque((address, iter(queue)) for address, queue in self._of.items())
        while turns:
            address, queue = turns.popleft()
            if (found := next(queue, None)) is not None:
                yield address, *found
                turns.append((address, queue))

    def taken(self, batch: PushBatch) -> None:
        """The daemon has the last batch. Whose turn it was is last now."""
        with self._turn:
            for address in self._handed:
                queue = self._of.pop(address)
                push, _at = queue.popleft()
                if queue:
                    self._of[address] = queue
                self._there.discard(push.signature)
                self._bytes -= len(push.body)
            self._handed = ()
            self._refused -= Counter(batch.refused)


class Forwarder:
    """A thread."""

    def __init__(self, waiting: WaitingPushes, daemon: Path) -> None:
        """`daemon`: its socket."""
        self._waiting, self._daemon, self._over = waiting, daemon, threading.Event()
        self._thread = threading.Thread(target=self._run, name="forward", daemon=True)
        self._said = ""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def end(self) -> None:
        """End; what waits is lost, and the desktops say it again within a minute."""
        self._over.set()
        self._thread.join(DAEMON_WITHIN_S)

    def _run(self) -> None:
        wait_s = EVERY_S
        while not self._over.wait(wait_s):
            batch = self._waiting.batch()
            if not batch:
                wait_s = EVERY_S
            elif self._hand_over(encode_batch(batch)):
                self._waiting.taken(batch)
                wait_s = EVERY_S
            else:
                wait_s = AGAIN_S

    def _hand_over(self, body: bytes) -> bool:
        connection = UnixConnection(self._daemon)
        try:
            connection.request("POST", PATH, body, {"Connection": "close"})
            answer = connection.getresponse()
            self._note("" if answer.status == _TAKEN else f"the daemon answers with {answer.status}")
            return answer.status in (_TAKEN, _MALFORMED)  # what it cannot read it could not read again either
        except (OSError, http.client.HTTPException) as error:
            self._note(f"the daemon does not answer at {self._daemon}: {error}")
            return False
        finally:
            connection.close()

    def _note(self, problem: str) -> None:
        """Once for each change."""
        if problem != self._said:
            self._said = problem
            _log.warning("%s", problem or "the daemon answers again")


class UnixConnection(http.client.HTTPConnection):
    """HTTP over the daemon's socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("bascule", timeout=DAEMON_WITHIN_S)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket's file."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(DAEMON_WITHIN_S)
        self.sock.connect(str(self._path))
