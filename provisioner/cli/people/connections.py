"""`bascule agent connections`: where each person connects to, as a table, CSV, JSON, or a signed `.rdp` file each."""

import csv
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.documents import CONNECTIONS, ConnectionDocument, ConnectionsDocument
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, print_json, print_table, say
from provisioner.cli.reading import Look, OfflineOption, show_document
from provisioner.cli.reason_lines import print_reasons, reason_in
from provisioner.cli.terminal import is_terminal
from provisioner.errors import BasculeError, SettingsError
from provisioner.model.people.plain_text import one_line
from provisioner.reasons.reason import ALL, join_reasons
from provisioner.reasons.views import NO_PUBLISHER, NO_ROSTER_YET, NOBODY_CALLED, SAME_FILE
from provisioner.texts.languages import ENGLISH, catalogue_of
from provisioner.texts.translate import N_, _, headings, plural, use_catalogue

COLUMNS = headings("login", "desktop", "address", "ready", "because")
CSV_COLUMNS = ("login", "desktop", "address", "host", "port", "gateway", "ready", "because")
"""Keys of the document; they stay as they are in every language."""

LoginOption = Annotated[
    str, typer.Option("--login", metavar="LOGIN", help="Only this person; large and small letters do not matter.")
]
CsvOption = Annotated[bool, typer.Option("--csv", help="Print CSV, in a terminal too.")]
RdpOption = Annotated[
    Path | None,
    typer.Option(
        "--rdp",
        metavar="DIR",
        show_default=False,
        help="Write a signed .rdp file for each person whose desktop is ready, and remove files of ours that are not valid any "
        "more. The folder is made with rights for this account alone.",
    ),
]


def connections(
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    csv: CsvOption = False,
    rdp: RdpOption = None,
    login: LoginOption = "",
    socket: SocketOption = None,
    offline: OfflineOption = False,
) -> None:
    """Where each person connects to: login, desktop, address; or why the person cannot connect yet.

    In a terminal a table, else CSV. With --rdp files, for people's own computers: docs/en/connections.md.
    """
    look = Look(config=config, socket=socket, offline=offline, json=False)
    if json:  # the same for programs in every language
        use_catalogue(catalogue_of(ENGLISH))

    def show(document: ConnectionsDocument) -> None:
        chosen = _chosen(document, login)
        if rdp is not None:
            _write(chosen, config, rdp, alone=bool(login), json=json)
        elif json:
            print_json({**document, "connections": chosen})
        elif csv or not is_terminal(sys.stdout):
            print_csv(chosen)
        else:
            _show(chosen)

    show_document(CONNECTIONS, look, show)


def print_csv(rows: Sequence[ConnectionDocument]) -> None:
    """One line each (RFC 4180), with a heading."""
    writer = csv.writer(sys.stdout)
    writer.writerow(CSV_COLUMNS)
    writer.writerows([_plain(row, key) for key in CSV_COLUMNS] for row in rows)


def _plain(row: ConnectionDocument, key: str) -> str:
    value = reason["text"] if key == "because" and (reason := row["because"]) is not None else dict[str, object](row)[key]
    return {None: "", True: "yes", False: "no"}[value] if value is None or isinstance(value, bool) else one_line(str(value))


def _chosen(document: ConnectionsDocument, login: str) -> list[ConnectionDocument]:
    rows = document["connections"]
    if rows is None:
        raise BasculeError(NO_ROSTER_YET())
    if not login:
        return rows
    chosen = [row for row in rows if row["login"].casefold() == login.casefold()]
    if not chosen:
        raise SettingsError(NOBODY_CALLED(login=login))
    return chosen


def _show(rows: Sequence[ConnectionDocument]) -> None:
    lines = (
        (
            row["login"],
            row["desktop"] or "-",
            row["host"] or "-",
            _("yes") if row["ready"] else _("no"),
            reason_in(row["because"]),
        )
        for row in rows
    )
    print_table("", COLUMNS, lines, empty=_("nobody is to have a desktop"))


def _write(rows: Sequence[ConnectionDocument], config: Path, folder: Path, *, alone: bool, json: bool) -> None:
    from provisioner.adapters.rdp.folder import ConnectionFolder
    from provisioner.adapters.rdp.signing import Publisher
    from provisioner.cli.site import settings_of

    settings = settings_of(config)
    if settings.connections is None:
        raise SettingsError(NO_PUBLISHER(config=str(config)))
    publisher = Publisher(settings.connections.certificate, settings.connections.key)
    files, keep = _files(rows, publisher, settings.installation)
    done = ConnectionFolder(folder, installation=settings.installation).write(files, keep=keep, alone=alone)
    waiting = [reason_in(row["because"]) for row in rows if not row["ready"]]
    if json:
        print_json({"written": done.written, "unchanged": done.unchanged, "removed": done.removed, "waiting": len(waiting)})
        return
    count = len(done.written) + len(done.unchanged)
    text = plural("{count} connection file in {folder}", "{count} connection files in {folder}", count, folder=str(folder))
    say(_("{text}: {written} written, {removed} removed", text=text, written=len(done.written), removed=len(done.removed)))
    print_reasons(N_("without a file"), waiting)


def _files(rows: Sequence[ConnectionDocument], publisher: Any, installation: str) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The files of people who can connect; and of those who cannot now, as an earlier file of theirs is if it is valid."""
    from provisioner.adapters.rdp.folder import file_name
    from provisioner.adapters.rdp.lines import Destination, settings_of
    from provisioner.model.people.profiles import Redirection

    files: dict[str, bytes] = {}
    keep: dict[str, bytes] = {}
    logins: dict[str, str] = {}
    for row in rows:
        name = file_name(row["login"])
        if logins.setdefault(name, row["login"]) != row["login"]:
            raise BasculeError(SAME_FILE(logins=join_reasons((logins[name], row["login"]), ALL), name=name))
        if row["host"] is not None and row["port"] is not None:
            redirect = frozenset(map(Redirection, row["redirect"]))
            to = Destination(host=row["host"], port=row["port"], gateway=row["gateway"] or "", redirect=redirect)
            (files if row["ready"] else keep)[name] = publisher.signed(settings_of(to), installation=installation)
    return files, keep
