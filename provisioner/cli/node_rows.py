"""The nodes of a status as rows, for tables and programs alike; and lines about nodes being drained, for people."""

from collections.abc import Iterator

from provisioner.model.cluster import Node
from provisioner.model.cordons import Cordon
from provisioner.model.desktops import Phase
from provisioner.model.ids import NodeKey
from provisioner.model.status import DesktopState, Status
from provisioner.reasons.reason import ALSO, Reason, join_reasons
from provisioner.reasons.views import STATE_CORDONED, STATE_DRAINED, STATE_OFFLINE, STATE_ONLINE
from provisioner.texts.translate import N_, _, headings

NODE_COLUMNS = headings("node", "state", "desktops", "running", "sessions", "unknown", "why")
"""`running` counts desktops; `unknown` counts desktops whose sessions are unknown."""
_RUNNING = frozenset({Phase.STARTING, Phase.READY, Phase.STOPPING})


def node_rows(status: Status) -> Iterator[tuple[object, ...]]:
    """The rows of `node list`, by cluster and name."""
    on_node: dict[NodeKey, list[DesktopState]] = {}
    for state in status.desktops.values():
        on_node.setdefault(NodeKey(state.reservation.cluster, state.node), []).append(state)
    for view in status.snapshot.clusters.values():
        for node in sorted(view.nodes.values(), key=lambda node: node.key):
            yield _row(node, status.cordons.get(node.key), on_node.get(node.key, []))


def draining_in_words(status: Status) -> Iterator[str]:
    """One line for each node being drained: how far it is."""
    rows = {str(row[0]): row for row in node_rows(status)}
    for key, cordon in sorted(status.cordons.items()):
        if cordon.drained and (row := rows.get(str(key))):
            desktops, running, sessions, unknown = row[2:6]
            if unknown:
                text = N_(
                    "node {node}: {running} of {desktops} desktops still run, with {sessions} open sessions; sessions of "
                    "{unknown} are unknown"
                )
            else:
                text = N_("node {node}: {running} of {desktops} desktops still run, with {sessions} open sessions")
            yield _(text, node=key, running=running, desktops=desktops, sessions=sessions, unknown=unknown)


def _row(node: Node, cordon: Cordon | None, desktops: list[DesktopState]) -> tuple[object, ...]:
    return (
        str(node.key),
        _state(node, cordon),
        len(desktops),
        sum(state.phase in _RUNNING for state in desktops),
        sum(len(state.sessions or ()) for state in desktops),
        sum(state.sessions is None for state in desktops),
        cordon.reason if cordon else "",
    )


def _state(node: Node, cordon: Cordon | None) -> Reason:
    words = [STATE_ONLINE() if node.online else STATE_OFFLINE()]
    if cordon is not None:
        words.append(STATE_DRAINED() if cordon.drained else STATE_CORDONED())
    return join_reasons(words, ALSO)
