"""`bascule store accept`: accepting the desktops that a lost store was rebuilt from."""

from provisioner.cli.concerned import concerned, is_of_leaver
from provisioner.cli.confirm import YesOption, confirm
from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.documents import DESKTOPS
from provisioner.cli.ordering import desk
from provisioner.cli.output import CONFIG, ByOption, ConfigOption, JsonOption, ReasonOption
from provisioner.model.intents import IntentKind
from provisioner.texts.translate import _, plural


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
