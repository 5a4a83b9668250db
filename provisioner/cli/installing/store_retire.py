"""`bascule store retire`: a VM in our range of VMIDs is declared foreign."""

from typing import Annotated

import typer

from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.ordering import desk
from provisioner.cli.output import CONFIG, ByOption, ConfigOption, JsonOption, ReasonOption
from provisioner.model.intents import IntentKind
from provisioner.texts.translate import _

VmArgument = Annotated[str, typer.Argument(metavar="CLUSTER/VMID", help="Which VM.")]


def retire(
    name: VmArgument,
    config: ConfigOption = CONFIG,
    reason: ReasonOption = "",
    by: ByOption = "",
    socket: SocketOption = None,
    json: JsonOption = False,
) -> None:
    """Declare a VM in Bascule's VMID range foreign: its VMID is never used, and nothing waits for its note any more."""
    daemon = desk(socket, config, reason=reason, by=by, json=json)
    daemon.give(IntentKind.RETIRE, name)
    daemon.tell(_("VM {vm} is retired with the next cycle; a desktop of Bascule's is never retired this way", vm=name))
