"""Nodes: `node cordon`, `drain`, `evacuate`, `uncordon` and `list`.

What an evacuation means, and how long it takes by what was measured here: said before it is ordered.

Whom the drain of a node concerns, what they lose, and until when: said before it is ordered.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from math import ceil
from pathlib import Path
from statistics import median
from typing import Annotated

import typer

from provisioner.cli.concerned import concerned, is_of_leaver, runs
from provisioner.cli.confirm import YesOption, confirm
from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.document_rows import NODE_COLUMNS, node_row
from provisioner.cli.documents import DESKTOPS, INTENTS, NODES, DesktopDocument, NodesDocument, OrdersDocument
from provisioner.cli.ordering import Desk, desk
from provisioner.cli.output import CONFIG, ByOption, ConfigOption, JsonOption, ReasonOption, print_table
from provisioner.cli.reading import Look, OfflineOption, show_document
from provisioner.cli.times import duration
from provisioner.cli.watching import WatchOption
from provisioner.errors import BasculeError, SettingsError
from provisioner.model.intents import IntentKind
from provisioner.model.scenario.etas import MeasuredKind
from provisioner.planning.steps.evacuate import AT_ONCE
from provisioner.reasons.commands import TWO_CLUSTERS
from provisioner.texts.translate import _, plural

NodeArgument = Annotated[str, typer.Argument(metavar="NODE", help="The node's name, or CLUSTER/NODE.")]
_CLOSING = (IntentKind.CORDON, IntentKind.DRAIN, IntentKind.EVACUATE)
"""Orders that close a node."""
ClusterOption = Annotated[str, typer.Option("--cluster", help="Its cluster, if the name alone is ambiguous.")]
_NAMED = 5
"""People named in a line; the list of desktops has all of them."""


def cordon(
    name: NodeArgument,
    cluster: ClusterOption = "",
    config: ConfigOption = CONFIG,
    reason: ReasonOption = "",
    by: ByOption = "",
    socket: SocketOption = None,
    json: JsonOption = False,
) -> None:
    """Place no new desktop on a node. Its desktops go on."""
    target, daemon = _target(name, cluster), desk(socket, config, reason=reason, by=by, json=json)
    key = _whole(daemon.give(IntentKind.CORDON, target), target)
    daemon.tell(_("node {node} is cordoned from the next cycle on; `bascule node uncordon {node}` ends it", node=key))


def drain(
    name: NodeArgument,
    cluster: ClusterOption = "",
    config: ConfigOption = CONFIG,
    reason: ReasonOption = "",
    by: ByOption = "",
    socket: SocketOption = None,
    json: JsonOption = False,
    yes: YesOption = False,
) -> None:
    """Empty a node: place and start nothing there, and shut each desktop down as soon as nobody is logged on to it."""
    target, daemon = _target(name, cluster), desk(socket, config, reason=reason, by=by, json=json)
    _ask_about(daemon, target, yes=yes)
    key = _whole(daemon.give(IntentKind.DRAIN, target), target)
    text = _(
        "node {node} is drained from the next cycle on; `bascule node list` says how far it is, `uncordon {node}` ends it",
        node=key,
    )
    daemon.tell(text)


def evacuate(
    name: NodeArgument,
    cluster: ClusterOption = "",
    config: ConfigOption = CONFIG,
    reason: ReasonOption = "",
    by: ByOption = "",
    socket: SocketOption = None,
    json: JsonOption = False,
    yes: YesOption = False,
) -> None:
    """Move a node's desktops to other nodes, a few at a time: running ones live, with their sessions.

    Only desktops whose disks are on shared storage. Nothing new is placed or started there until `node uncordon`. Refused if
    the other nodes cannot hold them. The token needs VM.Migrate.
    """
    target, daemon = _target(name, cluster), desk(socket, config, reason=reason, by=by, json=json)
    there, failed = desktops_on(daemon.ask(DESKTOPS)["desktops"], target), _failed_moves(daemon, target)
    if there:
        confirm(_("evacuate node {node}?", node=target), yes=yes, first=tuple(move_lines(there, target, moves_here(config))))
    key = _whole(daemon.give(IntentKind.EVACUATE, target), target)
    text = _(
        "node {node} is evacuated from the next cycle on; `bascule node list` says how far it is, and when a move that has "
        "failed is tried again (the same order tries it at once)",
        node=key,
    )
    again = plural("{count} move that has failed is tried now", "{count} moves that have failed are tried now", failed)
    daemon.tell(f"{text}\n{again}" if failed else text)


def uncordon(
    name: NodeArgument,
    cluster: ClusterOption = "",
    config: ConfigOption = CONFIG,
    reason: ReasonOption = "",
    by: ByOption = "",
    socket: SocketOption = None,
    json: JsonOption = False,
) -> None:
    """Let a cordoned, drained or evacuated node take desktops again."""
    target, daemon = _target(name, cluster), desk(socket, config, reason=reason, by=by, json=json)
    key = _whole(daemon.ask(INTENTS), target)
    withdrawn = [daemon.withdraw(kind, target) for kind in _CLOSING]
    if any(withdrawn):
        daemon.tell(_("node {node} takes desktops again", node=key))
    else:
        daemon.tell(_("node {node} was neither cordoned, drained nor evacuated", node=target))


def list_all(
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    socket: SocketOption = None,
    offline: OfflineOption = False,
    watch: WatchOption = "",
) -> None:
    """Every node: its desktops, how many sessions they have, and whether it takes new ones."""
    show_document(NODES, Look(config=config, socket=socket, offline=offline, json=json, watch=watch), _show)


def _show(document: NodesDocument) -> None:
    numbers = ("desktops", "running", "sessions", "unknown")
    print_table("", NODE_COLUMNS, map(node_row, document["nodes"]), numbers=numbers, empty=_("no node has been seen"))


def _target(name: str, cluster: str) -> str:
    """As it was named: the daemon knows the cluster of a node that is named alone."""
    before, __, after = name.rpartition("/")
    if cluster and before and cluster != before:
        raise SettingsError(TWO_CLUSTERS(name=name, cluster=before, option=cluster))
    return "/".join(filter(None, (cluster or before, after)))


def _whole(answer: OrdersDocument, target: str) -> str:
    """The node of an order, with its cluster. `answer`: the orders in force."""
    given = (intent["target"] or "" for intent in answer["intents"] if intent["kind"] in _CLOSING)
    return next((whole for whole in given if whole == target or whole.endswith(f"/{target}")), target)


def _failed_moves(daemon: Desk, target: str) -> int:
    """Desktops on the node that wait for another try."""
    named = (node for node in daemon.ask(NODES)["nodes"] if target in (node["node"], f"{node['cluster']}/{node['node']}"))
    return sum(count["count"] for node in named for count in node["stay"] if count["next_try_at"] is not None)


def _ask_about(daemon: Desk, target: str, *, yes: bool) -> None:
    """People may be at work on the node's desktops, or want to be."""
    lines = tuple(drain_lines(desktops_on(daemon.ask(DESKTOPS)["desktops"], target), target))
    if lines:
        instead = _(
            "`bascule node evacuate {node}` moves desktops on shared storage away instead, with their sessions", node=target
        )
        confirm(_("drain node {node}?", node=target), yes=yes, first=(*lines, instead))


def moves_here(config: Path) -> Sequence[float]:
    """How long moves took that the store keeps, in seconds; empty: none was measured, or the store cannot be read here."""
    from provisioner.cli.clocks import clock_of_commands
    from provisioner.cli.store_access import access_to_store
    from provisioner.daemon.keeping import store_of

    try:
        with closing(store_of(access_to_store(config), clock=clock_of_commands())) as store:
            return [measured.took_s for measured in store.measured() if measured.kind is MeasuredKind.MIGRATE]
    except BasculeError:
        return []


def move_lines(there: Sequence[DesktopDocument], target: str, moves_s: Sequence[float]) -> Iterator[str]:
    """How many desktops and people, and how long. `moves_s`: how long moves took here."""
    running = [desktop for desktop in there if runs(desktop)]
    yield plural(
        "{count} desktop is on node {node}; {running} run ({who})",
        "{count} desktops are on node {node}; {running} run ({who})",
        len(there),
        node=target,
        running=len(running),
        who=concerned(running),
    )
    yield _("running ones move with their sessions, {at_once} at a time; a person notices a moment's pause", at_once=AT_ONCE)
    if not moves_s:
        yield _("how long it takes is unknown: no move was measured here yet")
        return
    yield _(
        "it takes about {time}: a move took {each} ({count} measured)",
        time=duration(ceil(len(there) / AT_ONCE) * median(moves_s)),
        each=duration(median(moves_s)),
        count=len(moves_s),
    )


def desktops_on(desktops: Sequence[DesktopDocument], target: str) -> list[DesktopDocument]:
    """The desktops on a node: `target` is its name, or cluster/name."""
    return [desktop for desktop in desktops if target in (desktop["node"], f"{desktop['cluster']}/{desktop['node']}")]


def drain_lines(there: Sequence[DesktopDocument], target: str) -> Iterator[str]:
    """What a drain of this node means for the people whose desktops are there; nothing if it concerns nobody."""
    running = [desktop for desktop in there if runs(desktop)]
    used = [desktop for desktop in running if desktop["session"]["count"]]
    kept = [desktop for desktop in there if _is_somebodys(desktop) and desktop not in used]
    if running:
        yield plural(
            "{count} desktop runs on node {node} ({who})",
            "{count} desktops run on node {node} ({who})",
            len(running),
            node=target,
            who=concerned(running),
        )
    if used:
        yield plural(
            "{count} desktop stays on until its people log off, and when that is, nobody can say: {names}",
            "{count} desktops stay on until their people log off, and when that is, nobody can say: {names}",
            len(used),
            names=_names(used),
        )
    if kept:
        yield plural(
            "{count} more person has a desktop there, and none to work with until `bascule node uncordon {node}`: {names}",
            "{count} more people have a desktop there, and none to work with until `bascule node uncordon {node}`: {names}",
            len(kept),
            node=target,
            names=_names(kept),
        )
    if used or kept:
        yield _("whoever logs off loses the desktop until then, too; no desktop is moved, and nothing on it is lost")


def _is_somebodys(desktop: DesktopDocument) -> bool:
    """Whether an agent would want to log on to it."""
    return bool(desktop["login"] or desktop["lent_to"]) and not (
        is_of_leaver(desktop) or desktop["superseded_by"] or desktop["quarantined"]
    )


def _names(desktops: Sequence[DesktopDocument]) -> str:
    names = [desktop["login"] or desktop["lent_to"] or desktop["name"] for desktop in desktops]
    named = ", ".join(names[:_NAMED])
    more = len(names) - _NAMED
    return named if more <= 0 else _("{names} and {count} more", names=named, count=more)
