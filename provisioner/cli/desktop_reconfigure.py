"""`bascule desktop reconfigure`: have desktops follow their changed profile at once."""

from typing import Annotated

import typer

from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.desktop_orders import WithdrawOption, desktop_meant
from provisioner.cli.ordering import desk
from provisioner.cli.output import CONFIG, ByOption, ConfigOption, JsonOption, ReasonOption
from provisioner.errors import SettingsError
from provisioner.model.intents import IntentKind
from provisioner.reasons.commands import SAY_WHICH_OR_ALL_STOPPED
from provisioner.texts.translate import _, plural

WhichArgument = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME|LOGIN...]", help="Which desktops, by name or by their agent's login.")
]
AllStoppedOption = Annotated[
    bool, typer.Option("--all-stopped", help="All that are off and whose profile has changed, wanted or not.")
]


def reconfigure(
    which: WhichArgument = None,
    all_stopped: AllStoppedOption = False,
    config: ConfigOption = CONFIG,
    reason: ReasonOption = "",
    by: ByOption = "",
    withdrawn: WithdrawOption = False,
    socket: SocketOption = None,
    json: JsonOption = False,
) -> None:
    """Configure desktops again as their profile says, at once: a running one is shut down once nobody is logged on.

    Without this command a desktop follows its changed profile at its next start.
    """
    if bool(which) == all_stopped:
        raise SettingsError(SAY_WHICH_OR_ALL_STOPPED())
    daemon = desk(socket, config, reason=reason, by=by, json=json)
    targets = [""] if all_stopped else sorted({desktop_meant(daemon.at, [word])["name"] for word in which or ()})
    if withdrawn:
        ended = [target for target in targets if daemon.withdraw(IntentKind.RECONFIGURE, target)]
        daemon.tell(plural("{count} order withdrawn", "{count} orders withdrawn", len(ended)))
        return
    daemon.give_each(IntentKind.RECONFIGURE, targets, _all_stopped if all_stopped else _summary)


def _all_stopped(_count: int) -> str:
    return _("those that are off are configured again from the next cycle on")


def _summary(count: int) -> str:
    return plural(
        "{count} desktop is configured again from the next cycle on; if it runs, once nobody is logged on",
        "{count} desktops are configured again from the next cycle on; those that run, once nobody is logged on",
        count,
    )
