"""`bascule desktop list`: every desktop, as the daemon's last cycle left it."""

from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.document_rows import DESKTOP_COLUMNS, desktop_row
from provisioner.cli.documents import DESKTOPS, DesktopsDocument
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, print_table
from provisioner.cli.reading import Look, OfflineOption, show_document
from provisioner.cli.watching import WatchOption
from provisioner.texts.translate import _


def list_all(
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    socket: SocketOption = None,
    offline: OfflineOption = False,
    watch: WatchOption = "",
) -> None:
    """Every desktop: its agent, node and phase, and the reason for the phase."""
    show_document(DESKTOPS, Look(config=config, socket=socket, offline=offline, json=json, watch=watch), _show)


def _show(document: DesktopsDocument) -> None:
    rows = (desktop_row(desktop, at=document["at"]) for desktop in document["desktops"])
    print_table("", DESKTOP_COLUMNS, rows, numbers=("sessions",), empty=_("there is no desktop yet"))
