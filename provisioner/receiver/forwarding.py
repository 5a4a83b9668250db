"""Hands what waits to the daemon, a batch at a time, until it ends."""

import http.client
import logging
import threading
from pathlib import Path

from provisioner.receiver.daemon_connection import DAEMON_WITHIN_S, UnixConnection
from provisioner.receiver.handover import PATH, encode_batch
from provisioner.receiver.waiting import Waiting

_log = logging.getLogger(__name__)
EVERY_S = 0.25
"""Two seconds from a log-on to the count are promised; a batch costs as much as ten pushes."""
AGAIN_S = 2.0
"""While the daemon does not answer. A restart of it takes seconds; until then pushes wait."""
_TAKEN, _MALFORMED = 204, 400


class Forwarder:
    """A thread."""

    def __init__(self, waiting: Waiting, daemon: Path) -> None:
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
