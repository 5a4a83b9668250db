"""The nodes of a status as rows. Pure."""

from collections.abc import Iterator

from provisioner.model.cluster import Node
from provisioner.model.cordons import Cordon
from provisioner.model.desktops import Phase
from provisioner.model.ids import NodeKey
from provisioner.model.status import DesktopState, Status

NODE_COLUMNS = ("node", "state", "desktops", "running", "sessions", "unknown", "why")
"""`running` counts desktops; `unknown` those of which nobody can say who is logged on."""
_RUNNING = frozenset({Phase.STARTING, Phase.READY, Phase.STOPPING})


def node_rows(status: Status) -> Iterator[tuple[object, ...]]:
    """Of `node list`, by cluster and name."""
    on_node: dict[NodeKey, list[DesktopState]] = {}
    for one in status.desktops.values():
        on_node.setdefault(NodeKey(one.reservation.cluster, one.node), []).append(one)
    for view in status.snapshot.clusters.values():
        for node in sorted(view.nodes.values(), key=lambda one: one.key):
            yield _row(node, status.cordons.get(node.key), on_node.get(node.key, []))


def draining_in_words(status: Status) -> Iterator[str]:
    """One line for each node being drained: how far it is."""
    rows = {str(row[0]): row for row in node_rows(status)}
    for key, cordon in sorted(status.cordons.items()):
        if cordon.drained and (row := rows.get(str(key))):
            _, _, desktops, running, sessions, unknown, _ = row
            yield (
                f"node {key}: {running} of {desktops} desktops still run, with {sessions} open sessions"
                f"{f'; sessions of {unknown} are unknown' if unknown else ''}"
            )


def _row(node: Node, cordon: Cordon | None, desktops: list[DesktopState]) -> tuple[object, ...]:
    return (
        str(node.key),
        _state(node, cordon),
        len(desktops),
        sum(one.phase in _RUNNING for one in desktops),
        sum(len(one.sessions or ()) for one in desktops),
        sum(one.sessions is None for one in desktops),
        cordon.reason if cordon else "",
    )


def _state(node: Node, cordon: Cordon | None) -> str:
    words = ["online" if node.online else "offline"]
    if cordon is not None:
        words.append("drained" if cordon.drained else "cordoned")
    return ", ".join(words)
