"""`bascule desktop reassign`."""

from typing import Annotated

import typer

from provisioner.cli.confirm import YesOption, confirm
from provisioner.cli.daemon_client import DaemonSilent, SocketOption, daemon_socket
from provisioner.cli.desktop_named import seat_named
from provisioner.cli.desktop_orders import OfArgument, desktop_meant, order
from provisioner.cli.output import CONFIG, ConfigOption, ReasonOption, say
from provisioner.errors import BasculeError, SettingsError
from provisioner.model.intents import IntentKind
from provisioner.reasons.commands import NO_ORDER_WITHOUT_DAEMON
from provisioner.reasons.orders import UNKNOWN_AGENT
from provisioner.texts.translate import _

ToOption = Annotated[str, typer.Option("--to", metavar="LOGIN", help="Who gets it: a login or name, or a part of one.")]


def reassign(
    of: OfArgument,
    to: ToOption,
    reason: ReasonOption = "",
    yes: YesOption = False,
    config: ConfigOption = CONFIG,
    socket: SocketOption = None,
) -> None:
    """Give a desktop that nobody uses to an agent who has none. What is on it stays on it.

    Nobody uses it if its agent has left, or has been given another desktop. Refused while somebody is logged on.
    """
    at = daemon_socket(socket, config)
    name = desktop_meant(at, of)["name"]
    try:
        agent = seat_named(at, to)["seat"]["agent"]
    except DaemonSilent as error:
        raise BasculeError(NO_ORDER_WITHOUT_DAEMON(why=error.reason)) from error
    if agent is None:
        raise SettingsError(UNKNOWN_AGENT(login=to))
    login = agent["login"]
    text = _(
        "what others have left on {name} stays there, and {login} can read it: give it to {login}?", name=name, login=login
    )
    confirm(text, yes=yes)
    order(at, IntentKind.REASSIGN, name, reason=reason, agent=agent["id"])
    say(_("{name} is the desktop of {login} now; its note in Proxmox VE follows", name=name, login=login))
