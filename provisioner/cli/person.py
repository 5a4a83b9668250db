"""`person`: one person on the telephone. One sentence to read aloud, what may be ordered now, then the rest."""

from pathlib import Path
from typing import Annotated, Any

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.daemon_client import DaemonSilent, SocketOption, ask_daemon, daemon_socket
from provisioner.cli.documents import PERSON, PersonDocument
from provisioner.cli.liveness import say_computed
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, plain, print_json, say
from provisioner.cli.person_lines import card_lines
from provisioner.cli.reading import OfflineOption
from provisioner.cli.why import folded
from provisioner.cli.why_parts import match_lines
from provisioner.errors import BasculeError, SettingsError
from provisioner.reasons.commands import NOT_WITHOUT_DAEMON
from provisioner.reasons.reason import Reason
from provisioner.texts.languages import ENGLISH, catalogue_of
from provisioner.texts.translate import use_catalogue

WhoArgument = Annotated[
    list[str], typer.Argument(metavar="LOGIN", help="A login or a name, or a part of it; case and accents do not count.")
]


def person(
    who: WhoArgument,
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    socket: SocketOption = None,
    offline: OfflineOption = False,
) -> None:
    """One person, for the telephone.

    A sentence to read aloud, what may be ordered now, then the rest. Exit code 0: there is a desktop, or it comes by itself as
    is said; 1: something is in the way, or what is known is old; 2: nobody is called so, or several are; 3: the daemon cannot
    be asked.
    """
    if json:  # the same for programs in every language
        use_catalogue(catalogue_of(ENGLISH))
    of = " ".join(who)
    if offline:
        _show_computed(config, of, json=json)
    else:
        _show(_of_daemon(daemon_socket(socket, config), of), json=json)


def _show(document: PersonDocument, *, json: bool) -> None:
    card = document["card"]
    if json:
        print_json(document)
    else:
        now = clock_of_commands().now()
        for line in match_lines(document) if card is None else card_lines(card, at=document["at"], now=now):
            for each in folded(iter((line,))) if line else ("",):
                say(each)
    if card is None:
        raise typer.Exit(2)
    if card["in_the_way"]:
        raise typer.Exit(1)


def _of_daemon(at: Path | None, of: str) -> PersonDocument:
    try:
        return ask_daemon(at, PERSON, of=of)
    except DaemonSilent as silent:
        raise BasculeError(NOT_WITHOUT_DAEMON(why=silent.reason)) from silent


def _show_computed(config: Path, of: str, *, json: bool) -> None:
    """From the store, and what the clusters show now. No daemon takes an order, so that none is shown."""
    from provisioner.cli.offline import exit_if_incomplete, read_offline_status
    from provisioner.views.person.document import person_document

    offline = read_offline_status(config)
    say_computed(offline.written_at)
    found = person_document(offline.published, of, lambda _: (), now=offline.status.at, within_s=0.0)
    if isinstance(found, Reason):
        exit_if_incomplete(offline)
        raise SettingsError(found)
    document: Any = plain(found)
    try:
        _show(document, json=json)
    finally:
        exit_if_incomplete(offline)
