"""Orders about everything: hold and unhold, and accepting a rebuilt baseline. `freeze` has a file of its own."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provisioner.cli.concerned import concerned, is_of_leaver
from provisioner.cli.confirm import YesOption, confirm
from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.documents import DESKTOPS
from provisioner.cli.ordering import desk
from provisioner.cli.output import CONFIG, ByOption, ConfigOption, JsonOption, ReasonOption, complain
from provisioner.cli.times import clock, zone_of_files
from provisioner.model.intents import IntentKind
from provisioner.texts.translate import _, plural

if TYPE_CHECKING:  # orders go to the daemon: they need no configuration
    from provisioner.settings.store_access import StoreAccess

ForOption = Annotated[str, typer.Option("--for", metavar="DURATION", help="Ends by itself after this time, such as 12h.")]
UntilOption = Annotated[
    str, typer.Option("--until", metavar="TIME", help="Ends by itself then: 18:00, 'tomorrow 08:00', '2026-11-24 18:00'.")
]

baseline = typer.Typer(help="The desktops that a lost store was rebuilt from.", no_args_is_help=True)


def hold(
    config: ConfigOption = CONFIG,
    reason: ReasonOption = "",
    by: ByOption = "",
    length: ForOption = "",
    until: UntilOption = "",
    socket: SocketOption = None,
    json: JsonOption = False,
) -> None:
    """Stop every shutdown, release and delete, for some time or until `unhold`. New desktops go on."""
    if length and until:
        raise typer.BadParameter(_("say --for or --until, not both"))
    daemon, ends = desk(socket, config, reason=reason, by=by, json=json), None
    if length or until:
        from provisioner.cli.moments import end_of

        ends = end_of(length or until, daemon.now(), option="--for" if length else "--until")
    daemon.give(IntentKind.HOLD, until=ends)
    if ends is None:
        text = _("held: nothing is stopped, released or deleted any more; `bascule unhold` ends it")
    else:
        text = _("held until {until}: nothing is stopped, released or deleted; `bascule unhold` ends it", until=clock(ends))
    daemon.tell(text)


def unhold(
    config: ConfigOption = CONFIG,
    reason: ReasonOption = "",
    by: ByOption = "",
    socket: SocketOption = None,
    json: JsonOption = False,
) -> None:
    """End a hold: shutdowns, releases and deletes go on."""
    daemon = desk(socket, config, reason=reason, by=by, json=json)
    withdrawn = daemon.withdraw(IntentKind.HOLD)
    daemon.tell(_("no longer held") if withdrawn else _("it was not held"))


@baseline.command("accept")
def accept(
    config: ConfigOption = CONFIG,
    by: ByOption = "",
    reason: ReasonOption = "",
    socket: SocketOption = None,
    json: JsonOption = False,
    yes: YesOption = False,
) -> None:
    """Accept the desktops that an empty store was rebuilt from: stops and deletes may go on."""
    daemon = desk(socket, config, reason=reason, by=by, json=json)
    desktops = daemon.ask(DESKTOPS)["desktops"]
    leaving = [desktop for desktop in desktops if is_of_leaver(desktop)]
    question = plural(
        "{leaving} of {count} desktop is of somebody who has left, and may be shut down and deleted ({who}). Accept?",
        "{leaving} of {count} desktops are of people who have left, and may be shut down and deleted ({who}). Accept?",
        len(desktops),
        leaving=len(leaving),
        who=concerned(leaving),
    )
    confirm(question, yes=yes)
    daemon.give(IntentKind.ACCEPT_BASELINE)
    daemon.tell(_("accepted: the daemon takes it up with its next cycle"))


def access_to_store(config: Path) -> "StoreAccess":
    """The store, also if other parts of the configuration are wrong: then with a warning. Raises SettingsError."""
    from provisioner.settings.store_access import load_store_access

    access = load_store_access(config, environment=os.environ)
    zone_of_files(access.zone)
    if not access.sound:
        complain(_("the configuration has problems that do not matter for this command; `bascule check --offline` lists them"))
    return access
