"""`bascule reload`: the running daemon reads its configuration again, and says what came of it."""

from collections.abc import Iterator
from threading import Event
from time import monotonic

import typer

from provisioner.cli.config import shown_value
from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.documents import STATUS, QuarantineDocument, ReloadDocument
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
    is_judged, held = _judged(daemon, document["read_at"]) if _is_changed(document) else (True, None)
    if json:
        print_json({**document, "judged": is_judged, "held_back": held})
    else:
        _show(document)
        _show_judgement(is_judged, held)
    raise typer.Exit(1 if held or not is_judged or document["waits_for_restart"] else 0)


def _is_changed(document: ReloadDocument) -> bool:
    return any(not found["by_restart"] for found in document["differences"])


def _show_refusal(refused: OrderRefused) -> None:
    complain(_("the files are faulty: nothing has changed, and what was read before stays in force"))
    for line in translated_error(refused).split("\n"):
        complain(line)


def _judged(daemon: Desk, read_at: str) -> tuple[bool, QuarantineDocument | None]:
    """Whether the guard has looked at what was read then, and what it holds back; None: nothing.

    What it has held back before is no word about this.
    """
    pause, asked_until = Event(), monotonic() + _HEARD_WITHIN_S
    with at_work(_("the files are read; waiting for the guard, which looks with the next reading of the directory")):
        while True:
            directory = daemon.ask_after(STATUS)["directory"]
            held = directory["quarantine"]
            if held is not None and held["read_at"] >= read_at:
                return True, held
            if (directory["read_at"] or "") >= read_at:
                return True, None
            if directory["error"] is not None or monotonic() > asked_until:
                return False, None
            pause.wait(_ASKED_EVERY_S)


def _show(document: ReloadDocument) -> None:
    print_table("", _COLUMNS, list(_rows(document)), empty=_("{file} says what was in force already", file=document["file"]))
    if document["waits_for_restart"]:
        complain(_("keeps its earlier value until a restart: {keys}", keys=", ".join(document["waits_for_restart"])))


def _show_judgement(is_judged: bool, held: QuarantineDocument | None) -> None:
    if held is not None:
        complain(_("the guard holds back: {why}", why=held["because"]["text"]))
    elif not is_judged:
        complain(_("the directory has not been read since: `bascule status` says then whether the guard holds anything back"))


def _rows(document: ReloadDocument) -> Iterator[tuple[str, str, str, str]]:
    """One row a key. A secret is `(secret)` on both sides."""
    for found in document["differences"]:
        in_force = _("after a restart") if found["by_restart"] else _("yes")
        yield found["key"], shown_value(found["in_force"]), shown_value(found["on_disk"]), in_force


__all__ = ["reload"]
