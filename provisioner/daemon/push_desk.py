"""What desktops have sent, from the receiver, for the control thread: a Unix socket of its own.

On it nothing can be ordered, and nothing asked but what a desktop asks for itself: its first-boot data, who may log on, what it
is to do with its sessions, the receiver's authority, for a request that is signed with its own secret. So is the answer.
"""

import asyncio
import json
import queue
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial

from starlette.types import Receive, Scope, Send

from provisioner.api.limits import LIMITS, Bounded
from provisioner.api.listening import listen_at, remove_socket
from provisioner.api.protocol import BoundedServer
from provisioner.daemon.authority_answer import authority_answer
from provisioner.daemon.first_boot_files import access_of, data_of
from provisioner.errors import DirectoryError, StoreError
from provisioner.model.ids import Instant
from provisioner.model.machines.first_boot import DomainJoin, FirstBootGrant
from provisioner.model.words import FirstBootWord, PushWord, SessionOrderWord
from provisioner.ports import Clock
from provisioner.receiver.handover import (
    ACCESS_PATH,
    ASK_PATH,
    AUTHORITY_PATH,
    ORDERS_PATH,
    PATH,
    PushBatch,
    decode_batch,
    decode_question,
)
from provisioner.reconciler import Reconciler
from provisioner.reconciler.known_boots import Signers
from provisioner.reconciler.session_orders import SignedAnswer
from provisioner.sessions.push import Push
from provisioner.sessions.questions import (
    AUTHORITY,
    FIRST_BOOT,
    access_signature,
    allowed_in,
    answer_signature,
    asked_in,
    question_in,
)
from provisioner.settings.values import ReceiverSettings

_BATCHES_A_STEP = 4
"""1,024 pushes: the control thread does something else in between, however many come."""
_MOST_UNPROVEN = 64
"""Questions that nobody has signed, as far as is known: they are counted, and their desktops read soon."""
_MOST_BATCHES = 32
"""That wait for the control thread: 8,192 pushes. Then the receiver keeps them."""
_LONGEST_END_S = 3.0
_LIMITS = replace(LIMITS, connections=8)
_MOST_QUESTIONS = 64
_ANSWER_WITHIN_S = 10.0
"""The control thread takes questions up between two of its steps."""
_TAKEN, _MALFORMED, _ELSEWHERE, _FULL, _GIVEN, _DENIED = 204, 400, 404, 503, 200, 403
_AGAIN = b"2"
"""Seconds, as the receiver waits."""
_LATER = (FirstBootWord.UNKNOWN_BOOT, FirstBootWord.NOT_READY)
_OF_QUESTIONS = (ValueError, RecursionError)
"""What arises from a question's own text. How deep it may be nested depends on the thread that reads it: the control thread may
find, too, that it is none."""
_Answer = FirstBootGrant | FirstBootWord | SignedAnswer | SessionOrderWord
_ASKED_AGAIN = (SessionOrderWord.UNKNOWN_BOOT, SessionOrderWord.STOPPED)
_Reply = tuple[int, str, str]
"""Status, body, signature."""


class PushDesk:
    """Answers the receiver from `open` to `close`. Without `settings` it does nothing."""

    def __init__(
        self,
        settings: ReceiverSettings | None,
        *,
        clock: Clock,
        clock_rate: float,
        nudge: Callable[[], None],
        join: Callable[[FirstBootGrant], DomainJoin | None] = lambda _: None,
    ) -> None:
        """`nudge` wakes the control thread. `join`: what a desktop joins its domain with; called by threads of its own."""
        self._join = join
        self._settings, self._clock, self._rate, self._nudge = settings, clock, clock_rate, nudge
        self._batches: queue.Queue[tuple[PushBatch, float]] = queue.Queue(_MOST_BATCHES)
        """Each with the time at which it came, by the clock that nobody sets."""
        self._waits = False
        """Whether the control thread takes nothing up now."""
        self._questions: queue.Queue[tuple[str, Push, Future[_Answer]]] = queue.Queue(_MOST_QUESTIONS)
        self._unproven: queue.Queue[tuple[str, Push]] = queue.Queue(_MOST_UNPROVEN)
        self._signers: Signers | None = None
        """Of the reconciler that took up last; None: none has."""
        self._overflowed = self._overflow_told = 0
        """Unproven questions without a place: counted by the desk's own thread, and told by the control thread."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: BoundedServer | None = None
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """Listen; raises ExpositionError."""
        if self._settings is None:
            return
        listening = listen_at(self._settings.socket, self._settings.group)
        self._loop = asyncio.new_event_loop()
        self._server = BoundedServer(Bounded(self._answer, _LIMITS), _LIMITS, listening)
        self._thread = threading.Thread(target=self._run, args=(self._loop, self._server), name="pushes", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering. A second call does nothing."""
        thread, self._thread = self._thread, None
        if thread is None or self._loop is None or self._server is None or self._settings is None:
            return
        remove_socket(self._settings.socket)
        with suppress(RuntimeError):  # it has ended
            self._loop.call_soon_threadsafe(self._server.end)
        thread.join(_LONGEST_END_S)

    def wait(self) -> None:
        """Take nothing until `take_up`: whoever asks is to ask again, and the receiver keeps what desktops push."""
        self._waits = True

    def take_up(self, reconciler: Reconciler) -> None:
        """Hand every batch that waits to the reconciler, and answer what is asked. Only the control thread calls."""
        self._signers, self._waits = reconciler.sessions.signers, False
        while not self._questions.empty():
            path, push, answer = self._questions.get_nowait()
            if answer.set_running_or_notify_cancel():
                self._answer_with(answer, _asked(reconciler, path), push)
        while not self._unproven.empty():
            path, push = self._unproven.get_nowait()
            with suppress(StoreError, *_OF_QUESTIONS):
                _asked(reconciler, path)(push, self._clock.now())
        self._tell_overflow(reconciler)
        for _ in range(_BATCHES_A_STEP):
            try:
                batch, came_s = self._batches.get_nowait()
            except queue.Empty:
                return
            now = self._clock.now() - (time.monotonic() - came_s) * self._rate
            for word, count in batch.refused.items():
                reconciler.sessions.refused(word, count)
            reconciler.take_pushes((push, now - waited_s * self._rate) for push, waited_s in batch.pushes)
        self._nudge()

    def _tell_overflow(self, reconciler: Reconciler) -> None:
        more = self._overflowed - self._overflow_told
        self._overflow_told += more
        if more:
            reconciler.sessions.refused(PushWord.OVERFLOWED, more)

    def _answer_with(
        self, answer: Future[_Answer], ask: Callable[[Push, Instant], _Answer], push: Push
    ) -> None:  # fmt: skip
        try:
            answer.set_result(ask(push, self._clock.now()))
        except (StoreError, *_OF_QUESTIONS) as error:  # nothing is ordered that is not in the journal
            answer.set_exception(error)

    def _run(self, loop: asyncio.AbstractEventLoop, server: BoundedServer) -> None:
        with closing(loop):
            loop.run_until_complete(server.serve())

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        status, text, signature = _ELSEWHERE, "", ""
        if (scope["method"], scope["path"]) == ("POST", PATH):
            status = self._take((await receive())["body"])
        elif scope["method"] == "POST" and scope["path"] in _CHECKS:
            status, text, signature = await self._ask(scope["path"], (await receive())["body"])
        body = text.encode()
        headers = [(b"content-length", str(len(body)).encode())] * (status != _TAKEN)
        headers += [(b"retry-after", _AGAIN)] * (status == _FULL)
        headers += [(b"bascule-signature", signature.encode())] * bool(signature)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _ask(self, path: str, body: bytes) -> _Reply:
        answer: Future[_Answer] = Future()
        if self._waits:
            return _FULL, "", ""
        try:
            push = decode_question(body)
            _CHECKS[path](push)
            if self._signers is None or not self._signers.has_signed(push):
                return self._not_proven(path, push)
            self._questions.put_nowait((path, push, answer))
        except _OF_QUESTIONS:
            return _MALFORMED, "", ""
        except queue.Full:
            return _FULL, "", ""
        self._nudge()
        try:
            answered = await asyncio.wait_for(asyncio.wrap_future(answer), _ANSWER_WITHIN_S)
            return await asyncio.to_thread(self._reply, path, push, answered)
        # The desktop asks again. `bascule check` names a file that is wrong, the status why the domain gives no account.
        except (TimeoutError, OSError, *_OF_QUESTIONS, DirectoryError, StoreError):
            return _FULL, "", ""

    def _not_proven(self, path: str, push: Push) -> _Reply:
        """The answer at once: whoever has no secret takes none of the control thread's time from those who have."""
        try:
            self._unproven.put_nowait((path, push))
        except queue.Full:
            self._overflowed += 1
        is_forged = self._signers is not None and self._signers.knows_boot(push)
        return (_DENIED if is_forged else _FULL), "", ""

    def _reply(self, path: str, push: Push, answer: _Answer) -> _Reply:
        """Raises as the function of this name, and OSError or ValueError: the authority cannot be read."""
        if isinstance(answer, FirstBootGrant) and path == ACCESS_PATH:
            text = json.dumps(access_of(answer, allowed_in(push)))
            return _GIVEN, text, access_signature(answer.secret, push, body=text)
        if path != AUTHORITY_PATH or not isinstance(answer, FirstBootGrant):
            return _reply(push, answer, self._join)
        if self._settings is None or self._settings.authority is None:
            return _ELSEWHERE, "", ""
        return _GIVEN, *authority_answer(push, answer.secret, self._settings.authority)

    def _take(self, body: bytes) -> int:
        if self._waits:
            return _FULL
        try:
            self._batches.put_nowait((decode_batch(body), time.monotonic()))
        except ValueError:
            return _MALFORMED
        except queue.Full:
            return _FULL
        self._nudge()
        return _TAKEN


def _asked(reconciler: Reconciler, path: str) -> Callable[[Push, Instant], _Answer]:
    """Whoever may have first-boot data has proven which desktop it is, and whose: as much as the others need."""
    return reconciler.session_orders if path == ORDERS_PATH else reconciler.first_boot


_CHECKS: Mapping[str, Callable[[Push], object]] = {
    ASK_PATH: partial(question_in, about=FIRST_BOOT),
    ACCESS_PATH: allowed_in,
    ORDERS_PATH: asked_in,
    AUTHORITY_PATH: partial(question_in, about=AUTHORITY),
}
"""What may be asked where; each raises ValueError for anything else."""


def _reply(push: Push, answer: _Answer, join: Callable[[FirstBootGrant], DomainJoin | None]) -> _Reply:
    """Raises OSError and ValueError: a file of the site cannot be read; DirectoryError: the domain gives no account."""
    if isinstance(answer, tuple):
        return _GIVEN, *answer
    if isinstance(answer, SessionOrderWord):
        return (_FULL if answer in _ASKED_AGAIN else _DENIED), "", ""
    if isinstance(answer, FirstBootWord):
        return (_FULL if answer in _LATER else _DENIED), "", ""
    text = json.dumps(data_of(answer, join))
    return _GIVEN, text, answer_signature(answer.secret, push, FIRST_BOOT, body=text)
