"""The nodes of a status as rows, for tables and programs alike; and lines about nodes being drained, for people."""

from collections.abc import Iterator

from provisioner.model.status import Status
from provisioner.texts.translate import N_, _, headings
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
