"""The way to a real receiver over HTTPS, in threads: a receiver that hangs delays no answer of the twin."""

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

AGAIN_S = 1.0
"""Real seconds, after something that was not taken."""
_MOST_ANSWER_BYTES = 256 * 1024
T = TypeVar("T")


class Receiver:
    """Any thread may call."""

    def __init__(self, url: str, *, ca_file: Path) -> None:
        """Raises OSError: the authority cannot be read."""
        self._url = urlsplit(url)
        self._context = ssl.create_default_context(cafile=ca_file)

    @property
    def path(self) -> str:
        """Of the address."""
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
