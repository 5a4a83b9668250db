"""`bascule desktop show`: everything about one desktop that a help desk is asked for on the telephone."""

from collections.abc import Iterator

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.daemon_client import DaemonSilent, SocketOption, daemon_socket
from provisioner.cli.desktop.named import seat_named
from provisioner.cli.desktop.orders import OfArgument
from provisioner.cli.documents import SeatWhy
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, print_json, say
from provisioner.cli.why.command import age_line, folded, last_day
from provisioner.cli.why.seat import seat_lines
from provisioner.cli.why_parts import clock
from provisioner.errors import BasculeError
from provisioner.reasons.commands import NOT_WITHOUT_DAEMON
from provisioner.texts.translate import _

_LINES = 12
"""Most lines of the journal."""


def show(of: OfArgument, config: ConfigOption = CONFIG, json: JsonOption = False, socket: SocketOption = None) -> None:
    """Whose desktop it is, where, in which phase since when, who is logged on, what failed, and what happens next.

    As the running daemon's last cycle found it. Without a daemon: `bascule why` shows what the store keeps.
    """
    try:
        document, seat = seat_named(daemon_socket(socket, config), " ".join(of))
    except DaemonSilent as error:
        raise BasculeError(NOT_WITHOUT_DAEMON(why=error.reason)) from error
    if json:
        print_json(document)
        return
    for line in folded(_shown(seat, document["at"])):
        say(line)
    for line in last_day(document, _LINES):
        say(line)
    say(age_line(document, clock_of_commands().now()))


def _shown(seat: SeatWhy, at: str) -> Iterator[str]:
    yield from seat_lines(seat, at)
    if seat["desktop"] is not None:
        address = seat["desktop"]["address"]
        yield _("address: {address}", address=address) if address else _("address: given by DHCP")
    yield _("next: {step}", step=next_step(seat))


def next_step(seat: SeatWhy) -> str:
    """What the daemon will do with it. Of several answers the first that is certain."""
    error = seat["last_error"]
    if seat["ordered"]:
        return _("the end of what the last cycle ordered is awaited")
    if error is not None and error["gave_up"]:
        return _("nothing by itself, it was given up: `bascule desktop restart` tries it again")
    if seat["next_try_at"]:
        return _("another try at {time}", time=clock(seat["next_try_at"]))
    if seat["held_by"]:
        return _("it goes on as soon as what holds it is over; every cycle looks")
    if seat["desktop"] is None and not seat["target"] and seat["lent"] is not None:
        return _("nothing has to be done: desktop {desktop} is lent to them", desktop=seat["lent"]["desktop"])
    if seat["desktop"] is None:
        return _("the desktop is made") if seat["target"] else _("nothing: no desktop is wanted")
    if seat["desktop"]["phase"] == "ready":
        return _("nothing has to be done, people can log on")
    return _("it is brought up to what is wanted") if seat["target"] else _("nothing: it is kept as it is")
