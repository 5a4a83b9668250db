"""Asks Bascule what to do with this desktop's sessions, and lays the answer out for `bascule-guest obey`, which carries it out.

Only with `obey = yes` in /etc/bascule/guest.conf, and only while somebody has a session. What is asked with: how long each
session has been open, for how long a disconnected one has been so, and what it was shown. Of a connected one nothing else is
known here.
"""

import configparser
import http.client
import json
import sys
import threading
from pathlib import Path
from typing import Any

from asking import Asking
from events import History
from look import Session
from machine import Machine
from push import AGAIN_AT_MOST_S, AGAIN_S, Receiver, Trusting, jittered

ASKS = "session-orders"
PLACE = "run/bascule/session-orders.json"
"""The answer, with the second of this boot at which it came."""
SAID = "run/bascule/session-messages.json"
"""What was shown: by session and subject, the minutes and the second of this boot; and the help desk's marks."""
SOONEST_S, LATEST_S = 5.0, 900.0


def obeys(machine: Machine) -> bool:
    """Whether this image carries out what Bascule says of sessions."""
    config = configparser.ConfigParser(interpolation=None)
    config.read_string(machine.read("etc/bascule/guest.conf"))
    return config.getboolean("sessions", "obey", fallback=False)


def said_in(machine: Machine) -> dict[str, dict[str, list[float]]]:
    """What this boot's sessions were shown."""
    return _kept_in(machine).get("sessions", {})


def texts_in(machine: Machine) -> dict[str, list[str]]:
    """The marks of the help desk's messages that this boot's sessions were shown."""
    return _kept_in(machine).get("texts", {})


def _kept_in(machine: Machine) -> dict[str, Any]:
    text = machine.read(SAID)
    kept = json.loads(text) if text else {}
    return kept if kept.get("boot_id") == machine.boot_id else {}


class Asker:
    """A thread that asks when Bascule said, and whenever the sessions have changed."""

    def __init__(self, machine: Machine, receiver: Receiver, secret: str, trust: Trusting | None = None) -> None:
        self._machine, self._asking = machine, Asking(machine, receiver, secret, trust)
        self._due, self._turn = threading.Event(), threading.Lock()
        self._seen: tuple[list[Session], dict[str, float | None], int] = ([], {}, 0)
        """The sessions; since which second of the uptime each is disconnected; connections."""
        self._said = ""
        threading.Thread(target=self._run, name="sessions", daemon=True).start()

    def see(self, sessions: list[Session], history: History, *, connections: int, changed: bool) -> None:
        """What the last look has shown."""
        now_s = self._machine.uptime_s
        away = {session.id: history.away_s(session.id, now_s=now_s) for session in sessions}
        with self._turn:
            self._seen = (sessions, {key: None if for_s is None else now_s - for_s for key, for_s in away.items()}, connections)
        if changed:
            self._due.set()

    def _run(self) -> None:
        wait_s, again_s = SOONEST_S, AGAIN_S
        while True:
            self._due.wait(jittered(wait_s))
            self._due.clear()
            asked = self._ask()
            wait_s, again_s = (again_s, min(2 * again_s, AGAIN_AT_MOST_S)) if asked is None else (asked, AGAIN_S)

    def _ask(self) -> float | None:
        """In how many seconds to ask again; None: it has failed."""
        with self._turn:
            sessions, away, connections = self._seen
        if not sessions:
            return LATEST_S
        try:
            rows = [self._row(session, away.get(session.id)) for session in sessions]
            answer = json.loads(self._asking.answer(ASKS, connections=connections, sessions=rows))
            if answer["orders"]:
                laid_out = {"boot_id": self._machine.boot_id, "at_s": self._machine.uptime_s, "orders": answer["orders"]}
                self._machine.replace(Path(self._machine.root / PLACE), json.dumps(laid_out) + "\n", mode=0o600)
            self._said = ""
            return min(LATEST_S, max(SOONEST_S, float(answer["again_s"])))
        except (OSError, ValueError, LookupError, TypeError, http.client.HTTPException) as exc:
            if (text := f"sessions: {exc or type(exc).__name__}") != self._said:
                print(f"bascule-guest: {text}", file=sys.stderr, flush=True)
                self._said = text
            return None

    def _row(self, session: Session, away_since_s: float | None) -> dict[str, object]:
        now_s = self._machine.uptime_s
        shown = said_in(self._machine).get(session.id, {})
        return {
            "id": session.id,
            "user": session.user,
            "open_s": round(max(0.0, now_s - session.since_s), 1),
            "away_s": None if away_since_s is None else round(max(0.0, now_s - away_since_s), 1),
            "warned": {about: [minutes, round(max(0.0, now_s - at_s), 1)] for about, (minutes, at_s) in shown.items()},
            "texts": texts_in(self._machine).get(session.id, []),
        }
