"""The service: looks once a second, and asks logind only when something has changed, or each ten seconds."""

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from access import AccessFetcher
from document import CLOUD_INIT, MARKER, PERIOD_S, document_of, image_boot_of
from events import History
from fetch import PLACE, STATE, Fetcher, state_of
from look import holds_of, port_of, sessions_of
from machine import Machine
from orders import Asker, obeys
from push import Pusher, Receiver, receiver_of
from trust import Trust

LOOK_S = 1.0
MARGIN_S = 2.0
"""A document is written so much before the last one is no proof any more."""
READABLE_MODE = 0o640 if os.getegid() else 0o600
"""Root's alone; with `Group=` in the unit also that group's, for the account that asks over SSH."""
VISITS, VISITS_AN_HOUR = 20.0, 30.0
"""Whoever reaches the log-on port can come and go each second. So connections alone make this desktop speak only so often, or
it would say more than Bascule takes of one (provisioner/model/machines/guest_bounds.py), and its log-ons would be cut."""
SESSIONS = "run/systemd/sessions"
"""logind's own files: only that they change is looked at."""


def run(machine: Machine) -> int:
    """Until it is ended."""
    watch = Watch(machine)
    said = ""
    while True:
        try:
            watch.look()
            said = ""
        except (OSError, ValueError, LookupError, TypeError, subprocess.SubprocessError) as exc:
            if (text := str(exc) or type(exc).__name__) != said:
                print(f"bascule-guest: {text}", file=sys.stderr, flush=True)
                said = text
        time.sleep(LOOK_S)


class Visits:
    """How often connections alone may still make it speak."""

    def __init__(self) -> None:
        self._left, self._at_s = VISITS, 0.0

    def take(self, now_s: float) -> bool:
        """Whether they may now. `now_s`: the uptime."""
        self._left = min(VISITS, self._left + (now_s - self._at_s) * VISITS_AN_HOUR / 3600.0)
        self._at_s = now_s
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


class Watch:
    """What was there at the last look."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._folder = machine.root / "run/bascule"
        self._history = History.of(machine.read("run/bascule/history.json"), machine.boot_id)
        self._history.begin()
        receiver = receiver_of(machine)
        self._pusher: Pusher | None = None
        self._fetcher: Fetcher | None = None
        self._access: AccessFetcher | None = None
        self._asker: Asker | None = None
        if receiver is not None:
            self._begin(receiver, Trust(machine, receiver, self._history.secret))
        self._before: tuple[object, object] = (None, None)
        self._visits = Visits()
        self._written_at = -PERIOD_S * 10.0

    def look(self) -> None:
        """Write and push what has changed."""
        machine, history = self._machine, self._history
        port = port_of(machine)
        holds = holds_of(machine)
        shown = ((port.listens, holds, self._marks()), port.peers)
        due = machine.uptime_s - self._written_at >= PERIOD_S - MARGIN_S
        if shown == self._before and not due:
            return
        sessions = sessions_of(machine, connections=len(port.peers))
        if history.take(sessions, now_s=machine.uptime_s) or not (self._folder / "history.json").exists():
            machine.replace(self._folder / "history.json", history.text(), mode=READABLE_MODE)
        document = document_of(machine, history, port, sessions, remember=True, held=bool(holds))
        machine.replace(self._folder / "status.json", json.dumps(document) + "\n", mode=0o600)
        changed = shown[0] != self._before[0] or (shown != self._before and self._visits.take(machine.uptime_s))
        self._before, self._written_at = shown, machine.uptime_s
        self._push(document, at_once=changed)
        if self._asker is not None:
            self._asker.see(sessions, history, connections=len(port.peers), changed=changed)
        if self._fetcher is not None and image_boot_of(machine)[0] == "done":
            self._fetcher.begin()
        if self._access is not None and state_of(machine)[0] == "done":
            self._access.begin()

    def _begin(self, receiver: Receiver, trust: Trust) -> None:
        """First-boot data are fetched once in each boot, until they were applied; from then on it asks who may log on."""
        machine, secret = self._machine, self._history.secret
        self._pusher = Pusher(receiver, trust)
        data, _ = state_of(machine)
        if data not in ("none", "done") and not (machine.root / PLACE).exists():
            self._fetcher = Fetcher(machine, receiver, secret, trust)
        if data != "none":
            self._access = AccessFetcher(machine, receiver, secret, trust)
        if obeys(machine):
            self._asker = Asker(machine, receiver, secret, trust)

    def _push(self, document: dict[str, object], *, at_once: bool) -> None:
        if self._pusher is None:
            return
        body = json.dumps({key: value for key, value in document.items() if key != "push_secret"}).encode()
        sequence = int(str(document["sequence"]))
        boot_id, secret = self._machine.boot_id, self._history.secret
        self._pusher.hand_in(body, secret=secret, boot_id=boot_id, sequence=sequence, at_once=at_once)

    def _marks(self) -> tuple[object, ...]:
        """Of files that change with sessions and with first boot."""
        root = self._machine.root
        paths: list[Path] = [root / MARKER, root / CLOUD_INIT / "result.json", root / STATE]
        with contextlib.suppress(FileNotFoundError):
            paths += [Path(entry.path) for entry in os.scandir(root / SESSIONS)]
        return tuple(sorted((str(path), _changed_at(path)) for path in paths))


def _changed_at(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
