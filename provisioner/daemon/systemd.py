"""What the daemon tells systemd, when systemd started it: sd_notify's datagrams."""

from collections.abc import Mapping

import sdnotify


class Systemd:
    """Says nothing to nobody without `NOTIFY_SOCKET`; a systemd that does not listen stops nothing."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._notifier = sdnotify.SystemdNotifier() if environment.get("NOTIFY_SOCKET") else None

    def tell(self, state: str) -> None:
        """`READY=1`, `STOPPING=1`, `WATCHDOG=1`, …"""
        if self._notifier is not None:
            self._notifier.notify(state)

    def close(self) -> None:
        """Give the socket back; the notifier itself never does."""
        if self._notifier is not None and self._notifier.socket is not None:
            self._notifier.socket.close()
