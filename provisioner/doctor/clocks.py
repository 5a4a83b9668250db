"""Check the clocks of the nodes against this machine's."""

from collections.abc import Iterator

from provisioner.actions.client import PveClient
from provisioner.doctor.asking import living, of_nodes
from provisioner.doctor.directory import CLOCK_S
from provisioner.doctor.findings import Finding, doubtful
from provisioner.doctor.reach import some_nodes
from provisioner.model.cluster import ClusterView
from provisioner.model.ids import NodeName
from provisioner.pve.surroundings import time_of
from provisioner.reasons import neighbours as words
from provisioner.reasons.reason import Reason


def examine_clocks(subject: Reason, client: PveClient, view: ClusterView) -> Iterator[Finding]:
    """Differences of more than a minute. Only a doubt: desktops may have a better clock than their nodes."""
    ahead: dict[NodeName, float] = {}
    for node in living(view):
        asked_at = client.now()
        times = yield from of_nodes(subject, client, {node.node: time_of(node)})
        ahead |= {name: time.at - asked_at for name, time in times.items()}
    for later in (True, False):
        nodes = {name: abs(by_s) for name, by_s in ahead.items() if (by_s > 0) is later and abs(by_s) > CLOCK_S}
        if nodes:
            kind, most_s = (words.CLOCK_AHEAD if later else words.CLOCK_BEHIND), max(nodes.values())
            yield doubtful(subject, kind(nodes=some_nodes(sorted(nodes)), seconds=most_s))
