"""Documents of what a store keeps: from the daemon, or without a daemon from the store itself."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.daemon_client import DaemonSilent, ask_daemon, daemon_socket
from provisioner.cli.documents import Document, Resource
from provisioner.cli.liveness import say_kept, say_stored
from provisioner.cli.output import plain
from provisioner.cli.reading import Look
from provisioner.model.ids import Instant
from provisioner.texts.languages import ENGLISH, catalogue_of
from provisioner.texts.translate import use_catalogue

if TYPE_CHECKING:
    from provisioner.ports import Store


def had_document(
    resource: Resource[Document], query: dict[str, str], look: Look, kept: "Callable[[Store, Instant], object]"
) -> tuple[Document, bool]:
    """The daemon's document; without a daemon the same of the store, and True if it was not asked for so."""
    if look.json:  # the same for programs in every language
        use_catalogue(catalogue_of(ENGLISH))
    silent = None
    try:
        if not look.offline:
            return ask_daemon(daemon_socket(look.socket, look.config), resource, **query), False
    except DaemonSilent as error:
        silent = error.reason
    document, newest = _stored(look.config, kept)
    say_stored(newest) if silent is None else say_kept(silent, newest)
    return document, silent is not None


def _stored(config: Path, made: "Callable[[Store, Instant], object]") -> tuple[Any, Instant | None]:
    """The document, and when the newest line of the journal was written. Raises SettingsError and StoreError."""
    from provisioner.cli.store_access import access_to_store
    from provisioner.daemon.keeping import store_of

    clock = clock_of_commands()
    with closing(store_of(access_to_store(config), clock=clock)) as store:
        store.demand()
        newest = next((line.at for line in store.journal(limit=1)), None)
        return plain(made(store, clock.now())), newest


__all__ = ["had_document"]
