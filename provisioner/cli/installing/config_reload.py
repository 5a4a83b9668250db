"""`bascule config reload`: the running daemon reads its configuration again, and says what came of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event
from time import monotonic

import typer

from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.documents import STATUS, QuarantineDocument, ReasonDocument, ReloadDocument
from provisioner.cli.installing.config import shown_value
from provisioner.cli.ordering import Desk, desk
from provisioner.cli.output import (
    CONFIG,
    ByOption,
    ConfigOption,
    JsonOption,
    at_work,
    complain,
    print_json,
    print_table,
)
from provisioner.errors import OrderRefused
from provisioner.texts.translate import _, headings, translated_error

_HEARD_WITHIN_S = 15.0
"""Real seconds for the guard's word: it comes with the next reading of the directory, which a reload asks for."""
_ASKED_EVERY_S = 0.2
_COLUMNS = headings("key", "before", "now", "in force")


def reload(config: ConfigOption = CONFIG, by: ByOption = "", json: JsonOption = False, socket: SocketOption = None) -> None:
    """Have the daemon read its configuration again, as `systemctl reload bascule` does, and say what came of it.

    Exit code 1 when the files are faulty (then nothing has changed), when the guard holds a part of
    them back or has not looked yet, or when a key waits for a restart.
    """
    daemon = desk(socket, config, by=by, json=json)
    try:
        document = daemon.reload()
    except OrderRefused as refused:
        _show_refusal(refused)
        raise typer.Exit(1) from None
    heard = _heard(daemon, document["read_at"]) if _is_changed(document) else _Heard(judged=True)
    if json:
        print_json({**document, "judged": heard.judged, "held_back": heard.held_back, "unread": heard.unread})
    else:
        _show(document)
        _show_judgement(heard)
    raise typer.Exit(1 if heard.held_back or not heard.judged or document["waits_for_restart"] else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """What the guard has said of a reload."""

    judged: bool
    """Whether it has looked at what was read then."""
    held_back: QuarantineDocument | None = None
    """What it holds back; None: nothing. What it has held back before says nothing about this."""
    unread: ReasonDocument | None = None
    """Why the directory could not be read by the new settings; None: it was, or is yet to be."""


def _is_changed(document: ReloadDocument) -> bool:
    return any(not found["by_restart"] for found in document["differences"])


def _show_refusal(refused: OrderRefused) -> None:
    complain(_("the files are faulty: nothing has changed, and what was read before stays in force"))
    for line in translated_error(refused).split("\n"):
        complain(line)


def _heard(daemon: Desk, read_at: str) -> _Heard:
    """Waits for the guard; a reading that failed before the reload says nothing about it either."""
    pause, asked_until = Event(), monotonic() + _HEARD_WITHIN_S
    with at_work(_("the files are read; waiting for the guard, which looks with the next reading of the directory")):
        while True:
            directory = daemon.ask_after(STATUS)["directory"]
            held = directory["quarantine"]
            if held is not None and held["read_at"] >= read_at:
                return _Heard(judged=True, held_back=held)
            if (directory["read_at"] or "") >= read_at:
                return _Heard(judged=True)
            if (directory["tried_at"] or "") >= read_at:
                return _Heard(judged=False, unread=directory["error"])
            if monotonic() > asked_until:
                return _Heard(judged=False)
            pause.wait(_ASKED_EVERY_S)


def _show(document: ReloadDocument) -> None:
    print_table("", _COLUMNS, list(_rows(document)), empty=_("{file} says what was in force already", file=document["file"]))
    if document["waits_for_restart"]:
        complain(_("keeps its earlier value until a restart: {keys}", keys=", ".join(document["waits_for_restart"])))


def _show_judgement(heard: _Heard) -> None:
    if heard.held_back is not None:
        complain(_("the guard holds back: {why}", why=heard.held_back["because"]["text"]))
    elif heard.unread is not None:
        complain(_("the directory cannot be read, and the earlier roster stays in force: {why}", why=heard.unread["text"]))
    elif not heard.judged:
        complain(_("the directory has not been read since: `bascule status` says then whether the guard holds anything back"))


def _rows(document: ReloadDocument) -> Iterator[tuple[str, str, str, str]]:
    """One row a key. A secret is `(secret)` on both sides."""
    for found in document["differences"]:
        in_force = _("after a restart") if found["by_restart"] else _("yes")
        yield found["key"], shown_value(found["in_force"]), shown_value(found["on_disk"]), in_force


__all__ = ["reload"]
