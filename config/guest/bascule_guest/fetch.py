"""Fetches this desktop's first-boot data from the receiver, and lays it out for bascule-first-boot, which applies it.

Nothing is fetched unless /etc/bascule/guest.conf says so.
"""

import configparser
import http.client
import json
import sys
import threading
from pathlib import Path

from asking import Asking
from machine import Machine
from push import AGAIN_AT_MOST_S, AGAIN_S, Receiver, Trusting, jittered

STATE = "var/lib/bascule/first-boot-data"
"""bascule-first-boot's word: how far it is, and why it failed. It outlives boots."""
PLACE = "run/bascule/first-boot.json"
"""The data; there is a file from the moment that they came in this boot, emptied once they are applied."""
_MOST_SAID = 300


def state_of(machine: Machine) -> tuple[str, str]:
    """`none`, `waiting`, `done` or `failed`, and why it failed. `none`: this image does not ask."""
    config = configparser.ConfigParser(interpolation=None)
    config.read_string(machine.read("etc/bascule/guest.conf"))
    if not config.getboolean("first_boot", "fetch", fallback=False):
        return "none", ""
    if not config.has_option("push", "url"):
        return "failed", "guest.conf asks for first-boot data and names no receiver (url in [push])"
    kept = machine.read(STATE)
    if not kept:
        return "waiting", ""
    said = json.loads(kept)
    return said["state"], said["why"]


def printable(text: str) -> str:
    """As a document may hold it: one line, ASCII, bounded."""
    words = " ".join(text.split()).encode("ascii", "replace").decode()
    return words if len(words) <= _MOST_SAID else words[: _MOST_SAID - 3] + "..."


class Fetcher:
    """A thread that asks until the data are there."""

    ASKS, PLACE, AT_MOST_S = "first-boot", PLACE, AGAIN_AT_MOST_S
    """What for, where the answer goes, and how long it waits at most before it asks again."""

    def __init__(self, machine: Machine, receiver: Receiver, secret: str, trust: Trusting | None = None) -> None:
        self._machine, self._asking = machine, Asking(machine, receiver, secret, trust)
        self._due, self._over = threading.Event(), threading.Event()
        self._said = ""
        self._thread = threading.Thread(target=self._run, name=self.ASKS, daemon=True)
        self._thread.start()

    def begin(self) -> None:
        """It is time to ask; a second call does nothing."""
        self._due.set()

    def end(self) -> None:
        """Ask no more; returns once a question that is under way has its answer."""
        self._over.set()
        self._due.set()
        self._thread.join()

    def _run(self) -> None:
        self._due.wait()
        again_s = AGAIN_S
        while not self._over.is_set() and not self._fetch():
            self._over.wait(jittered(again_s))
            again_s = min(2 * again_s, self.AT_MOST_S)

    def _fetch(self) -> bool:
        try:
            data = self._asking.answer(self.ASKS, **self._question())
            if json.loads(data):  # else there is nothing to do
                self._machine.replace(Path(self._machine.root / self.PLACE), data.decode("utf-8"), mode=0o600)
            self._said = ""
            return True
        except (OSError, ValueError, http.client.HTTPException) as exc:
            if (text := f"{self.ASKS}: {exc or type(exc).__name__}") != self._said:
                print(f"bascule-guest: {text}", file=sys.stderr, flush=True)
                self._said = text
            return False

    def _question(self) -> dict[str, object]:
        """What is said in it besides."""
        return {}
