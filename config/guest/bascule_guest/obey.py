"""Carries out what Bascule has answered about this desktop's sessions: shows a message of its own words, or ends a session.

An order holds a session's id, its user, a word and a number: no text of anybody's reaches a screen or a shell. Before a session
is ended, who is here is looked at once more; whoever is connected is not logged off because of having been disconnected.
"""

import json
import os
import pwd
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from look import Session, port_of, sessions_of
from machine import Machine
from orders import PLACE, SAID, said_in

VALID_S = 60.0
"""An older answer is none: Bascule is asked again."""
_ID = re.compile(r"[A-Za-z0-9]{1,16}")
_NOTIFY = ("org.freedesktop.Notifications", "/org/freedesktop/Notifications", "org.freedesktop.Notifications", "Notify")
_TITLE = {"fr": "Votre session", "en": "Your session"}
TEXTS = {
    "fr": {
        "maximum": "Votre session sera fermée dans {minutes} minutes. Enregistrez votre travail, puis fermez la session.",
        "half_day": "Votre demi-journée se termine dans {minutes} minutes, et quelqu'un attend ce poste. "
        "Enregistrez votre travail, puis fermez la session.",
    },
    "en": {
        "maximum": "Your session will be logged off in {minutes} minutes. Save your work, then log off.",
        "half_day": "Your half-day ends in {minutes} minutes, and somebody waits for this desktop. "
        "Save your work, then log off.",
    },
}


def obey(machine: Machine) -> int:
    """The newest answer, once."""
    text = machine.read(PLACE)
    if not text.strip():  # emptied by this program
        return 0
    machine.replace(Path(machine.root / PLACE), "", mode=0o600)
    answer = json.loads(text)
    if answer["boot_id"] != machine.boot_id or not 0 <= machine.uptime_s - answer["at_s"] <= VALID_S:
        return 0
    failed = [order for order in answer["orders"] if not _carry_out(machine, order)]
    return 1 if failed else 0


def _carry_out(machine: Machine, order: dict[str, Any]) -> bool:
    """Whether it was done, or there is nothing to do any more."""
    connections = len(port_of(machine).peers)
    here = {session.id: session for session in sessions_of(machine, connections=connections)}
    session = here.get(order["session"])
    if session is None or session.user != order["user"] or not _ID.fullmatch(session.id):
        return True
    if order["do"] == "say":
        return _say(machine, session, str(order["about"]), int(order["minutes"]))
    if order["do"] == "log_off":
        return _log_off(session, connections, only_disconnected=bool(order["only_disconnected"]))
    raise ValueError("an order that this image does not know")


def _log_off(session: Session, connections: int, *, only_disconnected: bool) -> bool:
    """Which session a connection belongs to is not known: with any, nobody is logged off for being disconnected."""
    if only_disconnected and (session.connected or connections):
        return True
    return _ran("loginctl", "terminate-session", session.id)


def _say(machine: Machine, session: Session, about: str, minutes: int) -> bool:
    """On the session's own screen, through its own bus, with its own person's rights: it stays until it is closed."""
    account, language = pwd.getpwnam(session.user), _language(machine)
    body = TEXTS[language][about].format(minutes=minutes)
    bus = f"unix:path=/run/user/{account.pw_uid}/bus"
    person = ("setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups")
    shown = ("susssasa{sv}i", "Bascule", "0", "dialog-warning", _TITLE[language], body, "0", "1", "urgency", "y", "2", "0")
    if not _ran(*person, "busctl", f"--address={bus}", "call", *_NOTIFY, *shown):
        return False
    said = said_in(machine)
    said.setdefault(session.id, {})[about] = [minutes, machine.uptime_s]
    kept = json.dumps({"boot_id": machine.boot_id, "sessions": said})
    machine.replace(Path(machine.root / SAID), kept + "\n", mode=0o600)
    return True


def _language(machine: Machine) -> str:
    """Of the desktop's sessions."""
    for place in ("etc/default/locale", "etc/locale.conf"):
        if found := re.search(r'^LANG="?([a-z]{2})', machine.read(place), re.MULTILINE):
            return found[1] if found[1] in TEXTS else "en"
    return "en"


def _ran(*command: str) -> bool:
    environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"}
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=20, env=environment)
    if done.returncode != 0:
        print(f"bascule-guest: {command[0]}: {(done.stderr or done.stdout).strip()[:200]}", file=sys.stderr)
    return done.returncode == 0
