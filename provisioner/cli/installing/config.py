"""`config diff`: the configuration in force, by the daemon's word, and the files on disk."""

from collections.abc import Iterator

import typer

from provisioner.cli.daemon_client import DaemonSilent, SocketOption, ask_daemon, daemon_socket
from provisioner.cli.documents import CONFIG as IN_FORCE
from provisioner.cli.documents import ConfigDocument
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, complain, print_json, print_table, say
from provisioner.errors import BasculeError
from provisioner.texts.translate import _, headings


def diff(config: ConfigOption = CONFIG, json: JsonOption = False, socket: SocketOption = None) -> None:
    """Each key whose value on disk is not in force, and whether a reload or a restart takes it up. Never a secret.

    Asks the daemon. Exit code 1 when something differs, or when the files are faulty.
    """
    try:
        document = ask_daemon(daemon_socket(socket, config), IN_FORCE)
    except DaemonSilent as error:
        raise BasculeError(error.reason) from error
    if json:
        print_json(document)
    else:
        _show(document)
    raise typer.Exit(0 if document["differs"] is False else 1)


def _show(document: ConfigDocument) -> None:
    if document["problem"] is not None:
        say(_("the files are faulty: a reload would change nothing"))
        for line in document["problem"]["text"].split("\n"):
            complain(line)
        return
    columns = headings("key", "in force", "on disk", "taken up by")
    print_table("", columns, list(_rows(document)), empty=_("{file} is in force", file=document["file"]))


def _rows(document: ConfigDocument) -> Iterator[tuple[str, str, str, str]]:
    """One row a key. A secret is `(secret)` on both sides."""
    for found in document["differences"]:
        taken_up_by = _("a restart") if found["by_restart"] else _("a reload")
        yield found["key"], shown_value(found["in_force"]), shown_value(found["on_disk"]), taken_up_by


def shown_value(text: str | None) -> str:
    """Of a key, for people."""
    return _("not set") if text is None else text
