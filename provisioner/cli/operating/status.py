"""`status`: what the daemon knows. Without a daemon, what the store keeps; with `--offline`, what is computed here.

Imports nothing large at the top: it is asked often, and in a hurry.
"""

import sys
from pathlib import Path
from typing import Any

import typer

from provisioner.cli.daemon_client import DaemonSilent, SocketOption, ask_daemon, daemon_socket
from provisioner.cli.documents import CONFIG as CONFIG_IN_FORCE
from provisioner.cli.documents import DAEMON, STATUS, ConfigDocument, DaemonDocument, StatusDocument
from provisioner.cli.liveness import hangs, say_computed
from provisioner.cli.operating.status_text import COLUMNS, LINES, StatusShown, status_lines
from provisioner.cli.output import CONFIG, AllOption, ConfigOption, JsonOption, complain, complain_of, plain, print_json, say
from provisioner.cli.reading import OfflineOption
from provisioner.cli.terminal import is_terminal
from provisioner.cli.watching import WatchOption, repeated
from provisioner.daemon.freeze_file import always_watched, freeze_places, is_there
from provisioner.errors import BasculeError, SettingsError
from provisioner.texts.languages import ENGLISH, catalogue_of
from provisioner.texts.translate import _, use_catalogue
from provisioner.wrong.entry import Severity

_EVERY = 100_000


def status(
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    socket: SocketOption = None,
    offline: OfflineOption = False,
    all_lines: AllOption = False,
    watch: WatchOption = "",
) -> None:
    """The state of the switch, as the daemon knows it.

    Desktops, sessions, room, what stands, and what is in the way. First what is wrong, or not known: since when, and what to
    do. Exit code 1 when a person has to act on any of it: a cluster that cannot be reached, a directory that cannot be read or
    is held back, failed or silent desktops, a late wave. Exit code 3 without a daemon, or when something could not be observed:
    then it is what the store keeps, and how old that is.
    """
    if json:  # the same for programs in every language
        use_catalogue(catalogue_of(ENGLISH))

    def show() -> None:
        if offline:
            _computed_here(config, json=json, all_lines=all_lines)
        else:
            _of_daemon(daemon_socket(socket, config), config, json=json, all_lines=all_lines)

    repeated(show, watch)


def _of_daemon(at: Path | None, config: Path, *, json: bool, all_lines: bool) -> None:
    """Raises BasculeError if the daemon cannot say it yet, or may not."""
    try:
        daemon, in_force, status = ask_daemon(at, DAEMON), ask_daemon(at, CONFIG_IN_FORCE), ask_daemon(at, STATUS)
    except DaemonSilent as silent:
        complain(_("without the daemon ({why}): what the store keeps is not the present", why=silent.reason))
        _stored(config, json=json)
        raise typer.Exit(3) from None
    document: StatusShown = {"daemon": daemon, "config": in_force, "status": status, "freeze_file": _frozen_by(config)}
    _show(document, json=json, all_lines=all_lines)
    if is_wrong(daemon, in_force, status):
        raise typer.Exit(1)


def _frozen_by(config: Path) -> str | None:
    """The freeze file that counts, whether the daemon's last cycle knows it or not; None: there is none."""
    files = dict.fromkeys((*freeze_places(config, None).files, always_watched()))
    return next((str(file) for file in files if is_there(file, unknown=False)), None)


def is_wrong(daemon: DaemonDocument, config: ConfigDocument, status: StatusDocument) -> bool:
    """Whether something waits for a person, or the daemon hangs."""
    return calls_somebody(status) or bool(config["problem"]) or hangs(daemon)


def calls_somebody(status: StatusDocument) -> bool:
    """Whether something is wrong that a person has to act on."""
    return any(entry["severity"] != Severity.NOTE for entry in status["wrong"])


def _stored(config: Path, *, json: bool) -> None:
    """What the store keeps; if it cannot be read, why."""
    from provisioner.cli.installing.store_status import show_store_status

    try:
        show_store_status(config, json=json)
    except BasculeError as error:
        complain_of(error)


def _computed_here(config: Path, *, json: bool, all_lines: bool) -> None:
    """From an observation of now. If the configuration is faulty, what the store keeps."""
    from provisioner.cli.offline import exit_if_incomplete, read_offline_status
    from provisioner.views.resources import RESOURCES

    try:
        offline = read_offline_status(config)
    except SettingsError:
        from provisioner.cli.installing.store_status import show_store_status

        show_store_status(config, json=json)
        raise
    say_computed(offline.written_at)
    parts = {"daemon": None, "config": None, "status": RESOURCES["status"](offline.published), **offline.failed}
    document: Any = plain(parts)
    _show(document, json=json, all_lines=all_lines)
    exit_if_incomplete(offline)
    if calls_somebody(document["status"]):
        raise typer.Exit(1)


def _show(document: StatusShown, *, json: bool, all_lines: bool) -> None:
    if json:
        print_json(document)
        return
    columns = COLUMNS if is_terminal(sys.stdout) else _EVERY  # in a pipe a text is one line, so that grep finds it whole
    for line in status_lines(document, most=_EVERY if all_lines else LINES, columns=columns):
        say(line)
