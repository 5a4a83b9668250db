"""`bascule desktop reassign`."""

from typing import Annotated

import typer

from provisioner.cli.confirm import YesOption, confirm
from provisioner.cli.daemon_client import DaemonSilent, SocketOption
from provisioner.cli.desktop.named import seat_named
from provisioner.cli.desktop.orders import OfArgument, desktop_meant
from provisioner.cli.ordering import desk
from provisioner.cli.output import CONFIG, ByOption, ConfigOption, JsonOption, ReasonOption
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
    by: ByOption = "",
    socket: SocketOption = None,
    json: JsonOption = False,
) -> None:
    """Give a desktop that nobody uses to an agent who has none. What is on it stays on it.

    Nobody uses it if its agent has left, or has been given another desktop. Refused while somebody is logged on.
    """
    daemon = desk(socket, config, reason=reason, by=by, json=json)
    name = desktop_meant(daemon.at, of)["name"]
    try:
        agent = seat_named(daemon.at, to)[1]["agent"]
    except DaemonSilent as error:
        raise BasculeError(NO_ORDER_WITHOUT_DAEMON(why=error.reason)) from error
    if agent is None:
        raise SettingsError(UNKNOWN_AGENT(login=to))
    login = agent["login"]
    text = _(
        "what others have left on {name} stays there, and {login} can read it: give it to {login}?", name=name, login=login
    )
    confirm(text, yes=yes)
    daemon.give(IntentKind.REASSIGN, name, agent=agent["id"])
    daemon.tell(_("{name} is the desktop of {login} now; its note in Proxmox VE follows", name=name, login=login))
