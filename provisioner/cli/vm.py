"""Intents about foreign VMs: `vm retire`."""

import os
from typing import Annotated

import typer

from provisioner.cli.intents import give_intent
from provisioner.cli.output import CONFIG, ByOption, ConfigOption, ReasonOption, say
from provisioner.errors import SettingsError
from provisioner.model.intents import IntentKind
from provisioner.reasons.commands import OUTSIDE_RANGE, SAY_WHICH_VM
from provisioner.reasons.reason import ALSO, join_reasons
from provisioner.settings.bascule import load_settings
from provisioner.settings.values import Settings
from provisioner.texts.translate import _

vm = typer.Typer(help="Foreign VMs in Bascule's VMID range.", no_args_is_help=True)

VmArgument = Annotated[str, typer.Argument(metavar="CLUSTER/VMID", help="Which VM.")]


@vm.callback()
def _vm() -> None:
    """Without a callback, typer makes a single command the whole group."""


@vm.command("retire")
def retire(name: VmArgument, config: ConfigOption = CONFIG, reason: ReasonOption = "", by: ByOption = "") -> None:
    """Declare a VM in Bascule's VMID range foreign: its VMID is never used, and nothing waits for its note any more."""
    settings = load_settings(config, environment=os.environ)
    target = _checked(settings, name)
    give_intent(settings, IntentKind.RETIRE, reason=reason, by=by, target=target)
    say(_("VM {vm} is retired with the next cycle; a desktop of Bascule's is never retired this way", vm=target))


def _checked(settings: Settings, name: str) -> str:
    cluster, __, vmid = name.rpartition("/")
    if cluster not in settings.clusters or not vmid.isdecimal():
        raise SettingsError(SAY_WHICH_VM(clusters=join_reasons(sorted(settings.clusters), ALSO)))
    first, last = next(ends for key, ends in settings.naming.vmids.items() if key == cluster)
    if not first <= int(vmid) <= last:
        raise SettingsError(OUTSIDE_RANGE(vmid=vmid, cluster=cluster, first=first, last=last))
    return f"{cluster}/{int(vmid)}"
