"""Asks who may log on to this desktop, once its first-boot data are applied: its agent may have another login by now, or it may
have another agent. An answer that changes something is laid out for bascule-first-boot, which carries it out.

Without an answer everything stays as it is.
"""

from fetch import Fetcher
from push import jittered

ALLOWED = "etc/bascule/allowed"
"""bascule-first-boot's: who may log on."""
EVERY_S = 900.0
_MOST_CHARACTERS = 256
"""Of a login, as Bascule takes it."""


class AccessFetcher(Fetcher):
    """A thread that asks at the boot, and then every quarter of an hour."""

    ASKS, PLACE, AT_MOST_S = "access", "run/bascule/access.json", EVERY_S

    def _run(self) -> None:
        while not self._over.is_set():
            super()._run()
            self._over.wait(jittered(EVERY_S))

    def _question(self) -> dict[str, object]:
        return {"allowed": self._machine.read(ALLOWED).removesuffix("\n")[:_MOST_CHARACTERS]}
