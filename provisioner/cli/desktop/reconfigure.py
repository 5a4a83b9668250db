"""`bascule desktop reconfigure`: have desktops follow their changed profile at once."""

from typing import Annotated

import typer

from provisioner.cli.confirm import YesOption, confirm
from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.desktop.orders import WithdrawOption, desktop_meant, may_be_at_work
from provisioner.cli.ordering import desk
from provisioner.cli.output import CONFIG, ByOption, ConfigOption, JsonOption, ReasonOption
from provisioner.errors import SettingsError
from provisioner.model.intents import IntentKind
from provisioner.reasons.commands import SAY_WHICH_OR_ALL_STOPPED
from provisioner.reasons.reason import ALSO, join_reasons
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
    reason: ReasonOption = "",
    yes: YesOption = False,
    withdrawn: WithdrawOption = False,
    config: ConfigOption = CONFIG,
    by: ByOption = "",
    socket: SocketOption = None,
    json: JsonOption = False,
) -> None:
    """Configure desktops again as their profile says, at once: a running one is shut down once nobody is logged on.

    Asks first if one of them runs. Without this command a desktop follows its changed profile at its next start.
    """
    if bool(which) == all_stopped:
        raise SettingsError(SAY_WHICH_OR_ALL_STOPPED())
    daemon = desk(socket, config, reason=reason, by=by, json=json)
    meant = {desktop["name"]: desktop for desktop in (desktop_meant(daemon.at, [word]) for word in which or ())}
    targets = [""] if all_stopped else sorted(meant)
    if withdrawn:
        ended = [target for target in targets if daemon.withdraw(IntentKind.RECONFIGURE, target)]
        daemon.tell(plural("{count} order withdrawn", "{count} orders withdrawn", len(ended)))
        return
    if running := [name for name, desktop in sorted(meant.items()) if may_be_at_work(desktop)]:
        confirm(_question(running), yes=yes)
    daemon.give_each(IntentKind.RECONFIGURE, targets, _all_stopped if all_stopped else _summary)


def _question(running: list[str]) -> str:
    return plural(
        "{names} runs, and is shut down once nobody is logged on: configure it again?",
        "{names} run, and are shut down once nobody is logged on: configure them again?",
        len(running),
        names=join_reasons(running, ALSO),
    )


def _all_stopped(_count: int) -> str:
    return _("those that are off are configured again from the next cycle on")


def _summary(count: int) -> str:
    return plural(
        "{count} desktop is configured again from the next cycle on; if it runs, once nobody is logged on",
        "{count} desktops are configured again from the next cycle on; those that run, once nobody is logged on",
        count,
    )
