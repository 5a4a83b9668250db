"""Asks a real receiver what desktops are to do with their sessions."""

import http.client
from collections.abc import Callable
from pathlib import Path

from provisioner.sessions.push import Push
from provisioner.sessions.session_orders import ASKS
from provisioner.twin.server.receiver import NewestFirst, Receiver

AT_ONCE = 2
"""Half of what the receiver puts to the daemon at once."""
TIMEOUT_S = 15.0
"""bascule-guest's."""
Answered = Callable[[tuple[str, str] | None], None]


class AskClient:
    """Of each desktop the newest question is asked, once: without an answer it asks again by itself."""

    def __init__(self, url: str, *, ca_file: Path, soon: Callable[[Callable[[], None]], None]) -> None:
        """`soon` calls on the thread of the event heap. Raises OSError: the authority cannot be read."""
        self._receiver, self._soon = Receiver(url, ca_file=ca_file), soon
        self._line = NewestFirst(self._ask, name="ask", at_once=AT_ONCE)

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
            status, text, signature = self._receiver.post(f"/v1/{ASKS}", push, timeout_s=TIMEOUT_S)
        except (OSError, http.client.HTTPException):
            return None
        return (text, signature) if status == http.client.OK else None
