"""Orders about VMs that are no desktop of ours: `vm retire`."""

import os
from typing import Annotated

import typer

from provisioner.cli.intents import ByOption, ReasonOption, give_intent
from provisioner.cli.output import CONFIG, ConfigOption, say
from provisioner.errors import SettingsError
from provisioner.model.intents import IntentKind
from provisioner.settings.bascule import load_settings
from provisioner.settings.values import Settings

vm = typer.Typer(help="VMs in the VMID range that are somebody else's.", no_args_is_help=True)

VmArgument = Annotated[str, typer.Argument(metavar="CLUSTER/VMID", help="Which VM.")]


@vm.callback()
def _vm() -> None:
    """Without it, typer would take an only command for the whole."""


@vm.command("retire")
def retire(name: VmArgument, config: ConfigOption = CONFIG, reason: ReasonOption = "", by: ByOption = "") -> None:
    """Say that a VM in our VMID range is somebody else's: its VMID is never used, and nothing waits for its note any more."""
    settings = load_settings(config, environment=os.environ)
    target = _checked(settings, name)
    give_intent(settings, IntentKind.RETIRE, reason=reason, by=by, target=target)
    say(f"VM {target} is retired with the next cycle; a desktop of ours is never retired so")


def _checked(settings: Settings, name: str) -> str:
    cluster, _, vmid = name.rpartition("/")
    if cluster not in settings.clusters or not vmid.isdecimal():
        raise SettingsError(f"say which VM as CLUSTER/VMID, with a cluster of {', '.join(sorted(settings.clusters))}")
    first, last = next(ends for key, ends in settings.naming.vmids.items() if key == cluster)
    if not first <= int(vmid) <= last:
        raise SettingsError(f"VM {vmid} is not in Bascule's VMID range of cluster {cluster} ({first} to {last})")
    return f"{cluster}/{int(vmid)}"
