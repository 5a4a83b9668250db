"""`bascule desktop message` and `bascule desktop logoff`: for whoever is logged on there."""

from typing import Annotated

import typer

from provisioner.cli.confirm import YesOption, confirm
from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.desktop.orders import OfArgument, WithdrawOption, desktop_meant, withdraw
from provisioner.cli.documents import DesktopDocument
from provisioner.cli.ordering import desk
from provisioner.cli.output import CONFIG, ByOption, ConfigOption, JsonOption, ReasonOption
from provisioner.errors import SettingsError
from provisioner.model.intents import MOST_TEXT, IntentKind, is_message
from provisioner.model.session_rules import DESK_MINUTES, MOST_WARN_MINUTES
from provisioner.reasons.orders import TEXT_WANTED
from provisioner.texts.translate import _

OneArgument = Annotated[
    str,
    typer.Argument(
        metavar="NAME|LOGIN", help="The desktop's name, its agent's login or name, or a part of one; accents do not count."
    ),
]
TextArgument = Annotated[
    str,
    typer.Argument(metavar="TEXT", help="What the person is to read: one line in quotation marks, at most 200 characters."),
]
InOption = Annotated[
    int,
    typer.Option(
        "--in", metavar="MINUTES", min=0, max=MOST_WARN_MINUTES, help="From the warning to the log-off; 0: without a warning."
    ),
]


def message(
    of: OneArgument,
    text: TextArgument = "",
    reason: ReasonOption = "",
    withdrawn: WithdrawOption = False,
    config: ConfigOption = CONFIG,
    by: ByOption = "",
    socket: SocketOption = None,
    json: JsonOption = False,
) -> None:
    """Show a message to whoever is logged on to one desktop. The desktop asks for it: it is shown within about five minutes.

    The text is not kept, once it was shown or a quarter of an hour is over.
    """
    daemon = desk(socket, config, reason=reason, by=by, json=json)
    name = desktop_meant(daemon.at, [of])["name"]
    if withdrawn:
        withdraw(daemon, IntentKind.MESSAGE, name)
        return
    if not is_message(text):
        raise SettingsError(TEXT_WANTED(most=MOST_TEXT))
    daemon.give(IntentKind.MESSAGE, name, text=text)
    daemon.tell(
        _(
            "{name} shows it when it asks next, within about five minutes; "
            "`bascule report journal --desktop {name}` says how it ends",
            name=name,
        )
    )


def logoff(
    of: OfArgument,
    reason: ReasonOption = "",
    minutes: InOption = DESK_MINUTES,
    yes: YesOption = False,
    withdrawn: WithdrawOption = False,
    config: ConfigOption = CONFIG,
    by: ByOption = "",
    socket: SocketOption = None,
    json: JsonOption = False,
) -> None:
    """Warn whoever is logged on to one desktop, and log them off so many minutes later. Needs a reason.

    The desktop asks for it: the warning comes within about five minutes. What was not saved at the log-off is lost.
    """
    daemon = desk(socket, config, reason=reason, by=by, json=json)
    name = (desktop := desktop_meant(daemon.at, of))["name"]
    if withdrawn:
        withdraw(daemon, IntentKind.LOGOFF, name)
        return
    if minutes == 0:
        confirm(_without_warning(desktop), yes=yes)
    daemon.give(IntentKind.LOGOFF, name, minutes=minutes)
    daemon.tell(_summary(name, minutes))


def _without_warning(desktop: DesktopDocument) -> str:
    return _(
        "whoever is logged on to {name} gets no warning, and loses what is not saved there: log them off?", name=desktop["name"]
    )


def _summary(name: str, minutes: int) -> str:
    if minutes == 0:
        return _("whoever is logged on to {name} is logged off when it asks next, within about five minutes", name=name)
    return _(
        "whoever is logged on to {name} is warned within about five minutes, and logged off {minutes} min later",
        name=name,
        minutes=minutes,
    )
