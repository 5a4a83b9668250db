"""The way to a real receiver over HTTPS, in threads: a receiver that hangs delays no answer of the twin. It is sent what
desktops push, and asked what they are to do with their sessions."""

import http.client
import queue
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from provisioner.model.ids import Vmid
from provisioner.sessions.push import Push, headers_of
from provisioner.sessions.questions import ASKS_ORDERS

AGAIN_S = 1.0
"""Real seconds, after something that was not taken."""
_MOST_ANSWER_BYTES = 256 * 1024
T = TypeVar("T")
_PUSH_AT_ONCE = 4
_PUSH_TIMEOUT_S = 5.0
"""bascule-guest's."""
_TOO_MANY, _FAULTS = 429, 500
_ASK_AT_ONCE = 2
"""Half of what the receiver puts to the daemon at once."""
_ASK_TIMEOUT_S = 15.0
"""bascule-guest's."""
Answered = Callable[[tuple[str, str] | None], None]


class Receiver:
    """Any thread may call."""

    def __init__(self, url: str, *, ca_file: Path) -> None:
        """Raises OSError: the authority cannot be read."""
        self._url = urlsplit(url)
        self._context = ssl.create_default_context(cafile=ca_file)

    @property
    def path(self) -> str:
        """The path of the address."""
        return self._url.path or "/"

    def post(self, path: str, push: Push, *, timeout_s: float) -> tuple[int, str, str]:
        """The status of the answer, its text, and its signature. Raises OSError and HTTPException."""
        connection = http.client.HTTPSConnection(
            self._url.hostname or "", self._url.port, timeout=timeout_s, context=self._context
        )
        headers = {name.decode(): value.decode() for name, value in headers_of(push).items()} | {"Connection": "close"}
        try:
            connection.request("POST", path, push.body.encode(), headers)
            answer = connection.getresponse()
            text = answer.read(_MOST_ANSWER_BYTES).decode("utf-8", "replace")
            return answer.status, text, answer.getheader("Bascule-Signature", "")
        finally:
            connection.close()


class NewestFirst(Generic[T]):
    """Threads that do what is due for each desktop: the newest, instead of an earlier one that still waits."""

    def __init__(self, do: Callable[[T], bool], *, name: str, at_once: int) -> None:
        """`do` returns false to be called again with the same, unless there is a newer one by then."""
        self._do = do
        self._turn = threading.Lock()
        self._newest: dict[Vmid, T] = {}
        self._due: queue.SimpleQueue[Vmid] = queue.SimpleQueue()
        self._over = threading.Event()
        for number in range(at_once):
            threading.Thread(target=self._run, name=f"{name} {number}", daemon=True).start()

    def put(self, vmid: Vmid, what: T) -> None:
        """Do it soon. Returns at once."""
        with self._turn:
            waits = vmid in self._newest
            self._newest[vmid] = what
        if not waits:
            self._due.put(vmid)

    def close(self) -> None:
        """Do nothing more."""
        self._over.set()

    def _run(self) -> None:
        while not self._over.is_set():
            vmid = self._due.get()
            with self._turn:
                what = self._newest.pop(vmid)
            if not self._do(what) and not self._over.wait(AGAIN_S):
                self._put_back(vmid, what)

    def _put_back(self, vmid: Vmid, what: T) -> None:
        """Unless there is a newer one by now."""
        with self._turn:
            waits = vmid in self._newest
            self._newest.setdefault(vmid, what)
        if not waits:
            self._due.put(vmid)


class PushClient:
    """Of each desktop the newest push is sent, as bascule-guest does."""

    def __init__(self, url: str, *, ca_file: Path) -> None:
        """Raises OSError: the authority cannot be read."""
        self._receiver = Receiver(url, ca_file=ca_file)
        self._line = NewestFirst(self._is_taken, name="push", at_once=_PUSH_AT_ONCE)

    def send(self, push: Push) -> None:
        """Send it soon, instead of an earlier one that still waits. Returns at once."""
        self._line.put(push.vmid, push)

    def close(self) -> None:
        """Send nothing more."""
        self._line.close()

    def _is_taken(self, push: Push) -> bool:
        """Whether it was taken, or can never be."""
        try:
            status, _, _ = self._receiver.post(self._receiver.path, push, timeout_s=_PUSH_TIMEOUT_S)
        except (OSError, http.client.HTTPException):
            return False
        return status < _FAULTS and status != _TOO_MANY


class AskClient:
    """Of each desktop the newest question is asked, once: without an answer it asks again by itself."""

    def __init__(self, url: str, *, ca_file: Path, soon: Callable[[Callable[[], None]], None]) -> None:
        """`soon` calls on the thread of the event heap. Raises OSError: the authority cannot be read."""
        self._receiver, self._soon = Receiver(url, ca_file=ca_file), soon
        self._line = NewestFirst(self._ask, name="ask", at_once=_ASK_AT_ONCE)

    def ask(self, push: Push, answered: Answered) -> None:
        """Ask soon, instead of an earlier question that still waits. Returns at once."""
        self._line.put(push.vmid, (push, answered))

    def close(self) -> None:
        """Ask nothing more."""
        self._line.close()

    def _ask(self, question: tuple[Push, Answered]) -> bool:
        push, answered = question
        signed = self._answer_to(push)
        self._soon(lambda: answered(signed))
        return True

    def _answer_to(self, push: Push) -> tuple[str, str] | None:
        try:
            status, text, signature = self._receiver.post(f"/v1/{ASKS_ORDERS}", push, timeout_s=_ASK_TIMEOUT_S)
        except (OSError, http.client.HTTPException):
            return None
        return (text, signature) if status == http.client.OK else None
