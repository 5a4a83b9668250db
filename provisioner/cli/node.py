"""Nodes that are to be left alone or emptied: `node cordon`, `drain`, `uncordon` and `list`."""

import os
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.intents import ByOption, ReasonOption, access_to_store, give_intent, withdraw_intent
from provisioner.cli.node_rows import NODE_COLUMNS, node_rows
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, print_json, print_table, say
from provisioner.cli.status import exit_if_incomplete, read_offline_status
from provisioner.daemon.composition import outside_of
from provisioner.errors import SettingsError
from provisioner.model.ids import ClusterId, NodeKey, NodeName
from provisioner.model.intents import IntentKind
from provisioner.settings.bascule import load_settings
from provisioner.settings.store_access import StoreAccess

node = typer.Typer(help="Leave a node alone, empty it, and look at all of them.", no_args_is_help=True)

NodeArgument = Annotated[str, typer.Argument(metavar="NODE", help="The node's name, or CLUSTER/NODE.")]
ClusterOption = Annotated[str, typer.Option("--cluster", help="Its cluster, where the name alone does not say.")]


@node.command("cordon")
def cordon(
    name: NodeArgument, cluster: ClusterOption = "", config: ConfigOption = CONFIG, reason: ReasonOption = "", by: ByOption = ""
) -> None:
    """Place nothing new on a node. The desktops that are there go on."""
    settings = access_to_store(config)
    key = _existing(settings, config, name, cluster)
    give_intent(settings, IntentKind.CORDON, reason=reason, by=by, target=str(key))
    say(f"node {key} is cordoned from the next cycle on; `bascule node uncordon {key}` ends it")


@node.command("drain")
def drain(
    name: NodeArgument, cluster: ClusterOption = "", config: ConfigOption = CONFIG, reason: ReasonOption = "", by: ByOption = ""
) -> None:
    """Empty a node: place and start nothing there, and shut its desktops down as soon as nobody is logged on to them."""
    settings = access_to_store(config)
    key = _existing(settings, config, name, cluster)
    give_intent(settings, IntentKind.DRAIN, reason=reason, by=by, target=str(key))
    say(f"node {key} is drained from the next cycle on; `bascule node list` says how far it is, `uncordon {key}` ends it")


@node.command("uncordon")
def uncordon(
    name: NodeArgument, cluster: ClusterOption = "", config: ConfigOption = CONFIG, by: ByOption = ""
) -> None:  # fmt: skip
    """Let a node take desktops again, whether it was cordoned or drained."""
    settings = access_to_store(config)
    key = _named(settings, name, cluster)
    ended = [withdraw_intent(settings, kind, by=by, target=str(key)) for kind in (IntentKind.CORDON, IntentKind.DRAIN)]
    say(f"node {key} takes desktops again" if any(ended) else f"node {key} was neither cordoned nor drained")


@node.command("list")
def show(config: ConfigOption = CONFIG, json: JsonOption = False) -> None:
    """Every node: what is on it, who is logged on there, and whether it takes new desktops."""
    seen = read_offline_status(config)
    rows = list(node_rows(seen.status))
    if json:
        print_json([dict(zip(NODE_COLUMNS, row, strict=True)) for row in rows])
    else:
        numbers = ("desktops", "running", "sessions", "unknown")
        print_table("", NODE_COLUMNS, rows, numbers=numbers, empty="no node has been seen")
    exit_if_incomplete(seen)


def _existing(settings: StoreAccess, config: Path, name: str, cluster: str) -> NodeKey:
    """The node, once it is known to be one: an order about a mistyped name would do nothing, in silence."""
    key = _named(settings, name, cluster)
    if key in settings.nodes:
        return key
    whole = load_settings(config, environment=os.environ)
    with closing(outside_of(whole, clock=clock_of_commands(), on_call=lambda _: None)) as outside:
        names = sorted(one.key.node for one in outside.hypervisors[key.cluster].nodes())
    if key.node not in names:
        raise SettingsError(f"cluster {key.cluster} has no node {key.node}, only {', '.join(names)}")
    return key


def _named(settings: StoreAccess, name: str, cluster: str) -> NodeKey:
    before, _, after = name.rpartition("/")
    if cluster and before and cluster != before:
        raise SettingsError(f"{name} is in cluster {before}, and --cluster says {cluster}")
    return NodeKey(_cluster_of(settings, NodeName(after), cluster or before), NodeName(after))


def _cluster_of(settings: StoreAccess, name: NodeName, given: str) -> ClusterId:
    if given:
        if given not in settings.clusters:
            raise SettingsError(f"no cluster {given} is configured, only {', '.join(sorted(settings.clusters))}")
        return ClusterId(given)
    known = sorted({key.cluster for key in settings.nodes if key.node == name}) or sorted(settings.clusters)
    if len(known) > 1:
        raise SettingsError(f"node {name} may be in any of the clusters {', '.join(known)}: say --cluster")
    return known[0]
