"""Nodes: `node cordon`, `drain`, `uncordon` and `list`."""

import os
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.document_rows import NODE_COLUMNS, node_row
from provisioner.cli.intents import access_to_store, give_intent, withdraw_intent
from provisioner.cli.output import CONFIG, ByOption, ConfigOption, JsonOption, ReasonOption, print_table, say
from provisioner.cli.reading import Look, OfflineOption, show_document
from provisioner.cli.watching import WatchOption
from provisioner.daemon.composition import outside_of
from provisioner.errors import BasculeError, HypervisorError, SettingsError
from provisioner.model.ids import ClusterId, NodeKey, NodeName
from provisioner.model.intents import IntentKind
from provisioner.reasons.commands import NO_CLUSTER, NO_NODE, NODES_UNKNOWN, SAY_WHICH_CLUSTER, TWO_CLUSTERS
from provisioner.reasons.reason import ALSO, join_reasons
from provisioner.settings.bascule import load_settings
from provisioner.settings.store_access import StoreAccess
from provisioner.texts.translate import _

node = typer.Typer(help="Take nodes out of use and back; list all of them.", no_args_is_help=True)

NodeArgument = Annotated[str, typer.Argument(metavar="NODE", help="The node's name, or CLUSTER/NODE.")]
ClusterOption = Annotated[str, typer.Option("--cluster", help="Its cluster, if the name alone is ambiguous.")]


@node.command("cordon")
def cordon(
    name: NodeArgument, cluster: ClusterOption = "", config: ConfigOption = CONFIG, reason: ReasonOption = "", by: ByOption = ""
) -> None:
    """Place no new desktop on a node. Its desktops go on."""
    settings = access_to_store(config)
    key = _existing(settings, config, name, cluster)
    give_intent(settings, IntentKind.CORDON, reason=reason, by=by, target=str(key))
    say(_("node {node} is cordoned from the next cycle on; `bascule node uncordon {node}` ends it", node=key))


@node.command("drain")
def drain(
    name: NodeArgument, cluster: ClusterOption = "", config: ConfigOption = CONFIG, reason: ReasonOption = "", by: ByOption = ""
) -> None:
    """Empty a node: place and start nothing there, and shut each desktop down as soon as nobody is logged on to it."""
    settings = access_to_store(config)
    key = _existing(settings, config, name, cluster)
    give_intent(settings, IntentKind.DRAIN, reason=reason, by=by, target=str(key))
    text = _(
        "node {node} is drained from the next cycle on; `bascule node list` says how far it is, `uncordon {node}` ends it",
        node=key,
    )
    say(text)


@node.command("uncordon")
def uncordon(
    name: NodeArgument, cluster: ClusterOption = "", config: ConfigOption = CONFIG, by: ByOption = ""
) -> None:  # fmt: skip
    """Let a cordoned or drained node take desktops again."""
    settings = access_to_store(config)
    key = _named(settings, name, cluster)
    withdrawn = [withdraw_intent(settings, kind, by=by, target=str(key)) for kind in (IntentKind.CORDON, IntentKind.DRAIN)]
    if any(withdrawn):
        say(_("node {node} takes desktops again", node=key))
    else:
        say(_("node {node} was neither cordoned nor drained", node=key))


@node.command("list")
def show(
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    socket: SocketOption = None,
    offline: OfflineOption = False,
    watch: WatchOption = "",
) -> None:
    """Every node: its desktops, how many sessions they have, and whether it takes new ones."""
    show_document("nodes", Look(config=config, socket=socket, offline=offline, json=json, watch=watch), _show)


def _show(document: Any) -> None:
    numbers = ("desktops", "running", "sessions", "unknown")
    print_table("", NODE_COLUMNS, map(node_row, document["nodes"]), numbers=numbers, empty=_("no node has been seen"))


def _existing(settings: StoreAccess, config: Path, name: str, cluster: str) -> NodeKey:
    """The node, if there is one: an order about a mistyped name would silently do nothing."""
    key = _named(settings, name, cluster)
    if key in settings.nodes:
        return key
    whole = load_settings(config, environment=os.environ)
    try:
        with closing(outside_of(whole, clock=clock_of_commands(), on_call=lambda _: None)) as outside:
            names = sorted(node.key.node for node in outside.hypervisors[key.cluster].nodes())
    except HypervisorError as error:
        raise BasculeError(NODES_UNKNOWN(node=str(key), why=error.reason)) from error
    if key.node not in names:
        raise SettingsError(NO_NODE(cluster=key.cluster, node=key.node, nodes=join_reasons(names, ALSO)))
    return key


def _named(settings: StoreAccess, name: str, cluster: str) -> NodeKey:
    before, __, after = name.rpartition("/")
    if cluster and before and cluster != before:
        raise SettingsError(TWO_CLUSTERS(name=name, cluster=before, option=cluster))
    return NodeKey(_cluster_of(settings, NodeName(after), cluster or before), NodeName(after))


def _cluster_of(settings: StoreAccess, name: NodeName, cluster: str) -> ClusterId:
    if cluster:
        if cluster not in settings.clusters:
            raise SettingsError(NO_CLUSTER(cluster=cluster, clusters=join_reasons(sorted(settings.clusters), ALSO)))
        return ClusterId(cluster)
    known = sorted({key.cluster for key in settings.nodes if key.node == name}) or sorted(settings.clusters)
    if len(known) > 1:
        raise SettingsError(SAY_WHICH_CLUSTER(node=name, clusters=join_reasons(known, ALSO)))
    return known[0]
