"""`config diff`: the configuration in force, by the daemon's word, and the files on disk."""

from collections.abc import Iterator
from typing import Any

import typer

from provisioner.cli.daemon_client import DaemonSilent, SocketOption, ask_daemon, daemon_socket
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, complain, print_json, print_table, say
from provisioner.errors import BasculeError
from provisioner.texts.translate import _, headings

config = typer.Typer(help="The configuration in force, and the files on disk.", no_args_is_help=True)


@config.command("diff")
def diff(config: ConfigOption = CONFIG, json: JsonOption = False, socket: SocketOption = None) -> None:
    """Each key whose value on disk is not in force, and whether a reload or a restart takes it up. Never a secret.

    Asks the daemon. Exit code 1 when something differs, or when the files are faulty.
    """
    try:
        document = ask_daemon(daemon_socket(socket, config), "config")
    except DaemonSilent as error:
        raise BasculeError(error.reason) from error
    if json:
        print_json(document)
    else:
        _show(document)
    raise typer.Exit(0 if document["differs"] is False else 1)


def _show(document: dict[str, Any]) -> None:
    if document["problem"] is not None:
        say(_("the files are faulty: a reload would change nothing"))
        for line in document["problem"]["text"].split("\n"):
            complain(line)
        return
    columns = headings("key", "in force", "on disk", "taken up by")
    print_table("", columns, list(_rows(document)), empty=_("{file} is in force", file=document["file"]))


def _rows(document: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """One row a key. A secret is `(secret)` on both sides."""
    for found in document["differences"]:
        values = (_("not set") if value is None else str(value) for value in (found["in_force"], found["on_disk"]))
        yield found["key"], *values, _("a restart") if found["by_restart"] else _("a reload")
