"""Sends what desktops push to a real receiver."""

import http.client
from pathlib import Path

from provisioner.sessions.push import Push
from provisioner.twin.server.receiver import NewestFirst, Receiver

AT_ONCE = 4
TIMEOUT_S = 5.0
"""bascule-guest's."""
_TOO_MANY, _FAULTS = 429, 500


class PushClient:
    """Of each desktop the newest push is sent, as bascule-guest does."""

    def __init__(self, url: str, *, ca_file: Path) -> None:
        """Raises OSError: the authority cannot be read."""
        self._receiver = Receiver(url, ca_file=ca_file)
        self._line = NewestFirst(self._is_taken, name="push", at_once=AT_ONCE)

    def send(self, push: Push) -> None:
        """Send it soon, instead of an earlier one that still waits. Returns at once."""
        self._line.put(push.vmid, push)

    def close(self) -> None:
        """Send nothing more."""
        self._line.close()

    def _is_taken(self, push: Push) -> bool:
        """Whether it was taken, or can never be."""
        try:
            status, _, _ = self._receiver.post(self._receiver.path, push, timeout_s=TIMEOUT_S)
        except (OSError, http.client.HTTPException):
            return False
        return status < _FAULTS and status != _TOO_MANY
