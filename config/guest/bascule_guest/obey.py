"""Carries out what Bascule has answered about this desktop's sessions: shows a message of its own words, or a line that the
help desk has written; or ends a session.

An order holds a session's id, its user, a word and a number; the help desk's line goes to the screen alone, after this
program's own words and without markup, and to no shell. Before a session is ended, who is here is looked at once more; whoever
is connected is not logged off because of having been disconnected.
"""

import html
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
from orders import PLACE, SAID, said_in, texts_in

VALID_S = 60.0
"""An older answer is none: Bascule is asked again."""
_ID = re.compile(r"[A-Za-z0-9]{1,16}")
_MARK = re.compile(r"[0-9a-f]{16}")
_MOST_TEXT, _MARKS_KEPT = 200, 16
_SPACES = str.maketrans("\u00a0\u202f", "  ")
_NOTIFY = ("org.freedesktop.Notifications", "/org/freedesktop/Notifications", "org.freedesktop.Notifications", "Notify")
_TITLE = {"fr": "Votre session", "en": "Your session"}
TEXTS = {
    "fr": {
        "maximum": "Votre session sera fermée dans {minutes} minutes. Enregistrez votre travail, puis fermez la session.",
        "half_day": "Votre demi-journée se termine dans {minutes} minutes, et quelqu'un attend ce poste. "
        "Enregistrez votre travail, puis fermez la session.",
        "text": "Message de l'assistance\u00a0: {text}",
    },
    "en": {
        "maximum": "Your session will be logged off in {minutes} minutes. Save your work, then log off.",
        "half_day": "Your half-day ends in {minutes} minutes, and somebody waits for this desktop. "
        "Save your work, then log off.",
        "text": "Message from the help desk: {text}",
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
    if order["do"] == "show":
        return _show(machine, session, str(order["mark"]), str(order["text"]))
    if order["do"] == "log_off":
        return _log_off(session, connections, only_disconnected=bool(order["only_disconnected"]))
    raise ValueError("an order that this image does not know")


def _log_off(session: Session, connections: int, *, only_disconnected: bool) -> bool:
    """Which session a connection belongs to is not known: with any, nobody is logged off for being disconnected."""
    if only_disconnected and (session.connected or connections):
        return True
    return _ran("loginctl", "terminate-session", session.id)


def _say(machine: Machine, session: Session, about: str, minutes: int) -> bool:
    """A message of this program's own words, which the daemon may count on from then on."""
    language = _language(machine)
    if not _notify(session, _TITLE[language], TEXTS[language][about].format(minutes=minutes)):
        return False
    said = said_in(machine)
    said.setdefault(session.id, {})[about] = [minutes, machine.uptime_s]
    _keep(machine, said, texts_in(machine))
    return True


def _show(machine: Machine, session: Session, mark: str, text: str) -> bool:
    """A line of the help desk, once: only its mark is kept."""
    texts, language = texts_in(machine), _language(machine)
    marks = texts.setdefault(session.id, [])
    if not _MARK.fullmatch(mark) or not 0 < len(text) <= _MOST_TEXT or not text.translate(_SPACES).isprintable():
        raise ValueError("a message that this image does not show")
    if mark in marks:
        return True
    if not _notify(session, _TITLE[language], TEXTS[language]["text"].format(text=html.escape(text, quote=False))):
        return False
    texts[session.id] = [*marks, mark][-_MARKS_KEPT:]
    _keep(machine, said_in(machine), texts)
    return True


def _keep(machine: Machine, said: dict[str, dict[str, list[float]]], texts: dict[str, list[str]]) -> None:
    kept = json.dumps({"boot_id": machine.boot_id, "sessions": said, "texts": texts})
    machine.replace(Path(machine.root / SAID), kept + "\n", mode=0o600)


def _notify(session: Session, title: str, body: str) -> bool:
    """On the session's own screen, through its own bus, with its own person's rights: it stays until it is closed."""
    account = pwd.getpwnam(session.user)
    bus = f"unix:path=/run/user/{account.pw_uid}/bus"
    person = ("setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups")
    shown = ("susssasa{sv}i", "Bascule", "0", "dialog-warning", title, body, "0", "1", "urgency", "y", "2", "0")
    return _ran(*person, "busctl", f"--address={bus}", "call", *_NOTIFY, *shown)


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
