"""Commands that show one document of the daemon; with `--offline` it is computed here. Imports nothing large at the top."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from provisioner.cli.daemon_client import DaemonSilent, ask_daemon, daemon_socket
from provisioner.cli.documents import DAEMON, DaemonDocument, Document, Resource
from provisioner.cli.liveness import hanging_line, hangs, say_computed
from provisioner.cli.output import complain, plain, print_json
from provisioner.cli.watching import repeated
from provisioner.errors import BasculeError
from provisioner.reasons.commands import ONLY_DAEMON
from provisioner.texts.languages import ENGLISH, catalogue_of
from provisioner.texts.translate import use_catalogue

OfflineOption = Annotated[
    bool, typer.Option("--offline", help="Compute it here, from the store and what the clusters show now, without the daemon.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Where a document is taken from, and how it is shown."""

    config: Path
    socket: Path | None
    offline: bool
    json: bool
    watch: str = ""
    """As its option was written; empty: it is shown once."""


def show_document(resource: Resource[Document], look: Look, show: Callable[[Document], None]) -> None:
    """Show the document of a resource: for people by `show`, or as JSON.

    Exit code 1 if the daemon hangs; 3 without a daemon, or if something could not be observed.
    """
    if look.json:  # the same for programs in every language
        use_catalogue(catalogue_of(ENGLISH))
    repeated(lambda: _show(resource, look, print_json if look.json else show), look.watch)


def _show(resource: Resource[Document], look: Look, show: Callable[[Document], None]) -> None:
    if look.offline:
        _show_computed(resource, look, show)
        return
    at = daemon_socket(look.socket, look.config)
    try:
        document, daemon = ask_daemon(at, resource), ask_daemon(at, DAEMON)
    except DaemonSilent as silent:
        raise BasculeError(ONLY_DAEMON(why=silent.reason)) from silent
    show(document)
    _exit_if_hanging(daemon)


def _exit_if_hanging(daemon: DaemonDocument) -> None:
    if hangs(daemon):
        complain(hanging_line(daemon))
        raise typer.Exit(1)


def _show_computed(resource: Resource[Document], look: Look, show: Callable[[Document], None]) -> None:
    from provisioner.cli.offline import exit_if_incomplete, read_offline_status
    from provisioner.views.resources import RESOURCES

    offline = read_offline_status(look.config)
    say_computed(offline.written_at)
    document: Any = plain(RESOURCES[resource](offline.published))
    with_failures: Any = {**document, **offline.failed}
    show(with_failures)
    exit_if_incomplete(offline)
