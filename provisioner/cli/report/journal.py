"""`bascule report journal`: what was ordered and what came of it, of the daemon; without one, of the store."""

from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.daemon_client import DaemonSilent, SocketOption, ask_daemon, daemon_socket
from provisioner.cli.document_rows import JOURNAL_COLUMNS, journal_row
from provisioner.cli.documents import DESKTOPS, JOURNAL, JournalDocument
from provisioner.cli.liveness import say_kept, say_stored
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, plain, print_json, print_table
from provisioner.errors import SettingsError
from provisioner.reasons.commands import NO_DESKTOP_NO_LINE
from provisioner.texts.languages import ENGLISH, catalogue_of
from provisioner.texts.translate import _, use_catalogue

DesktopOption = Annotated[str, typer.Option("--desktop", help="Only this desktop.")]
LinesOption = Annotated[int, typer.Option("--lines", "-n", min=1, max=1000, help="How many.")]
StoredOption = Annotated[bool, typer.Option("--offline", help="Read it from the store, without the daemon.")]


def journal(
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    socket: SocketOption = None,
    offline: StoredOption = False,
    desktop: DesktopOption = "",
    lines: LinesOption = 50,
) -> None:
    """What was ordered and what came of it, newest first.

    Exit code 3 without a daemon: then it is what the store keeps, and how old that is.
    """
    if json:  # the same for programs in every language
        use_catalogue(catalogue_of(ENGLISH))
    silent = None
    try:
        document = None if offline else _asked(daemon_socket(socket, config), desktop, lines)
    except DaemonSilent as error:
        silent, document = error.reason, None
    if document is None:
        document, newest = _stored(config, desktop, lines)
        say_stored(newest) if silent is None else say_kept(silent, newest)
    print_json(document) if json else _show(document, desktop)
    if silent is not None:
        raise typer.Exit(3)


def _asked(at: Path | None, desktop: str, lines: int) -> JournalDocument:
    query = {"lines": str(lines)} | ({"subject": desktop} if desktop else {})
    document = ask_daemon(at, JOURNAL, **query)
    if desktop and not document["lines"]:
        _demand(desktop, {known["name"] for known in ask_daemon(at, DESKTOPS)["desktops"]})
    return document


def _stored(config: Path, desktop: str, lines: int) -> tuple[Any, float | None]:
    """The lines, and when the newest of all was written; None: there is none. Raises SettingsError and StoreError."""
    from provisioner.cli.store_access import access_to_store
    from provisioner.daemon.keeping import store_of
    from provisioner.views.journal import journal_document

    with closing(store_of(access_to_store(config), clock=clock_of_commands())) as store:
        store.demand()
        newest = next((line.at for line in store.journal(limit=1)), None)
        document: Any = plain(journal_document(store.journal(limit=lines, subject=desktop or None)))
        if desktop and not document["lines"]:
            _demand(desktop, store.load().desktops.keys())
    return document, newest


def _demand(desktop: str, known: Any) -> None:
    """A misspelt name is an error, and no empty journal."""
    if desktop not in known:
        raise SettingsError(NO_DESKTOP_NO_LINE(name=desktop))


def _show(document: JournalDocument, desktop: str) -> None:
    empty = _("nothing has been ordered yet for {desktop}", desktop=desktop) if desktop else _("nothing has been ordered yet")
    print_table("", JOURNAL_COLUMNS, map(journal_row, document["lines"]), empty=empty)
