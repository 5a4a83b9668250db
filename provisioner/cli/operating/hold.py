"""A hold of every shutdown, release and delete, and its end. `freeze` has a file of its own."""

from typing import Annotated

import typer

from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.ordering import desk
from provisioner.cli.output import CONFIG, ByOption, ConfigOption, JsonOption, ReasonOption
from provisioner.cli.times import clock
from provisioner.model.intents import IntentKind
from provisioner.texts.translate import _

ForOption = Annotated[str, typer.Option("--for", metavar="DURATION", help="Ends by itself after this time, such as 12h.")]
UntilOption = Annotated[
    str, typer.Option("--until", metavar="TIME", help="Ends by itself then: 18:00, 'tomorrow 08:00', '2026-11-24 18:00'.")
]


def start(
    config: ConfigOption = CONFIG,
    reason: ReasonOption = "",
    by: ByOption = "",
    length: ForOption = "",
    until: UntilOption = "",
    socket: SocketOption = None,
    json: JsonOption = False,
) -> None:
    """Stop every shutdown, release and delete, for some time or until `bascule hold end`. New desktops go on."""
    if length and until:
        raise typer.BadParameter(_("say --for or --until, not both"))
    daemon, ends = desk(socket, config, reason=reason, by=by, json=json), None
    if length or until:
        from provisioner.cli.moments import end_of

        ends = end_of(length or until, daemon.now(), option="--for" if length else "--until")
    daemon.give(IntentKind.HOLD, until=ends)
    if ends is None:
        text = _("held: nothing is stopped, released or deleted any more; `bascule hold end` ends it")
    else:
        text = _("held until {until}: nothing is stopped, released or deleted; `bascule hold end` ends it", until=clock(ends))
    daemon.tell(text)


def end(
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
