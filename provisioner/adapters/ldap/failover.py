"""Which server is asked first. Servers that failed lately come last."""

import threading
from collections.abc import Mapping

from provisioner.model.ids import Instant
from provisioner.reasons.reason import Reason


class Failover:
    """Addresses in the configured order, recently failed addresses last. Safe to use from several threads."""

    def __init__(self, urls: tuple[str, ...], *, dead_for_s: float) -> None:
        self._urls = urls
        self._dead_for_s = dead_for_s
        self._lock = threading.Lock()
        self._failed: Mapping[str, tuple[Instant, Reason]] = {}

    def order(self, now: Instant) -> tuple[str, ...]:
        """All addresses: even if all have failed, each is tried again."""
        return tuple(sorted(self._urls, key=lambda url: self._dead(url, now)))

    @property
    def failing(self) -> tuple[Reason, ...]:
        """For each address without a complete last answer the reason, in the configured order."""
        failed = self._failed
        return tuple(failed[url][1] for url in self._urls if url in failed)

    def failed(self, url: str, now: Instant, reason: Reason) -> None:
        """Record that the address gave no complete answer; the reason contains the address."""
        with self._lock:
            self._failed = {**self._failed, url: (now, reason)}

    def answered(self, url: str) -> None:
        """Record that the address gave a complete answer."""
        with self._lock:
            self._failed = {address: failure for address, failure in self._failed.items() if address != url}

    def _dead(self, url: str, now: Instant) -> bool:
        failure = self._failed.get(url)
        return failure is not None and now - failure[0] < self._dead_for_s
