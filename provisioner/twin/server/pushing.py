"""Sends what desktops push to a real receiver over HTTPS, in threads: a receiver that hangs delays no answer of the twin."""

import http.client
import queue
import ssl
import threading
from pathlib import Path
from urllib.parse import urlsplit

from provisioner.model.ids import Vmid
from provisioner.sessions.push import Push, headers_of

AT_ONCE = 4
AGAIN_S = 1.0
"""Real seconds, after a push that was not taken."""
TIMEOUT_S = 5.0
"""bascule-guest's."""
_MOST_ANSWER_BYTES = 4096
_TOO_MANY, _FAULTS = 429, 500


class PushClient:
    """Of each desktop the newest push is sent, as bascule-guest does."""

    def __init__(self, url: str, *, ca_file: Path) -> None:
        """Raises OSError: the authority cannot be read."""
        self._url = urlsplit(url)
        self._context = ssl.create_default_context(cafile=ca_file)
        self._turn = threading.Lock()
        self._newest: dict[Vmid, Push] = {}
        self._due: queue.SimpleQueue[Vmid] = queue.SimpleQueue()
        self._over = threading.Event()
        for number in range(AT_ONCE):
            threading.Thread(target=self._run, name=f"push {number}", daemon=True).start()

    def send(self, push: Push) -> None:
        """Send it soon, instead of an earlier one that still waits. Returns at once."""
        with self._turn:
            waits = push.vmid in self._newest
            self._newest[push.vmid] = push
        if not waits:
            self._due.put(push.vmid)

    def close(self) -> None:
        """Send nothing more."""
        self._over.set()

    def _run(self) -> None:
        while not self._over.is_set():
            vmid = self._due.get()
            with self._turn:
                push = self._newest.pop(vmid)
            if not self._is_taken(push) and not self._over.wait(AGAIN_S):
                self._send_again(push)

    def _send_again(self, push: Push) -> None:
        """Unless there is a newer one by now."""
        with self._turn:
            waits = push.vmid in self._newest
            self._newest.setdefault(push.vmid, push)
        if not waits:
            self._due.put(push.vmid)

    def _is_taken(self, push: Push) -> bool:
        """Whether it was taken, or can never be."""
        connection = http.client.HTTPSConnection(
            self._url.hostname or "", self._url.port, timeout=TIMEOUT_S, context=self._context
        )
        headers = {name.decode(): value.decode() for name, value in headers_of(push).items()} | {"Connection": "close"}
        try:
            connection.request("POST", self._url.path or "/", push.body.encode(), headers)
            answer = connection.getresponse()
            answer.read(_MOST_ANSWER_BYTES)
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return answer.status < _FAULTS and answer.status != _TOO_MANY
