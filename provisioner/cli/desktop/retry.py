"""`bascule desktop retry`: desktops that were given up."""

from typing import Annotated

import typer

from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.ordering import Desk, desk
from provisioner.cli.output import CONFIG, ByOption, ConfigOption, JsonOption, ReasonOption
from provisioner.errors import OrderRefused, SettingsError
from provisioner.model.intents import IntentKind
from provisioner.reasons.commands import NOTHING_GIVEN_UP, SAY_WHICH_DESKTOPS
from provisioner.texts.translate import _, plural

NamesArgument = Annotated[list[str] | None, typer.Argument(metavar="[NAME...]", help="Which desktops.")]
AllFailedOption = Annotated[
    bool, typer.Option("--all-failed", help="All that were given up, or whose VM is not listed any more.")
]


def retry(
    names: NamesArgument = None,
    all_failed: AllFailedOption = False,
    config: ConfigOption = CONFIG,
    reason: ReasonOption = "",
    by: ByOption = "",
    socket: SocketOption = None,
    json: JsonOption = False,
) -> None:
    """Try desktops again that were given up, after you have put right what was wrong."""
    if bool(names) == all_failed:
        raise SettingsError(SAY_WHICH_DESKTOPS())
    daemon = desk(socket, config, reason=reason, by=by, json=json)
    if names:
        daemon.give_each(IntentKind.RETRY, sorted(set(names)), _tried_again)
    else:
        _retry_all(daemon)


def _tried_again(count: int) -> str:
    return plural(
        "{count} desktop tried again from the next cycle on", "{count} desktops tried again from the next cycle on", count
    )


def _retry_all(daemon: Desk) -> None:
    try:
        daemon.give(IntentKind.RETRY)
    except OrderRefused as refused:
        if NOTHING_GIVEN_UP.code not in refused.codes:
            raise
        daemon.tell(_("no desktop was given up"))
    else:
        daemon.tell(_("every desktop that was given up is tried again from the next cycle on"))
