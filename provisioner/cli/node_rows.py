"""The nodes of a status as rows, for tables and programs alike."""

from collections.abc import Iterator

from provisioner.model.status import Status
from provisioner.texts.translate import headings
from provisioner.views.nodes import nodes_in

NODE_COLUMNS = headings("node", "state", "desktops", "running", "sessions", "unknown", "why")
"""`running` counts desktops; `unknown` counts desktops whose sessions are unknown."""


def node_rows(status: Status) -> Iterator[tuple[object, ...]]:
    """The rows of `node list`, by cluster and name."""
    for standing in nodes_in(status):
        cordon = standing.cordon
        yield (
            str(standing.node.key),
            standing.state,
            standing.desktops,
            standing.running,
            standing.sessions,
            standing.unknown,
            cordon.reason if cordon else "",
        )
