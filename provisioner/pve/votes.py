"""Who has how many votes in a cluster, asked where one node more decides about its quorum."""

from provisioner.errors import HypervisorError
from provisioner.model.cluster import ClusterView
from provisioner.model.ids import NodeName
from provisioner.model.quorum import Votes
from provisioner.pve.parsing import entries
from provisioner.pve.requests import ask, get, object_of
from provisioner.pve.wire import Operation

_NODES, _DEVICE = "/cluster/config/nodes", "/cluster/config/qdevice"
_CONNECTED, _LAST_MAN_STANDING = "Connected", "LMS"


def are_votes_few(view: ClusterView) -> bool:
    """Whether the cluster has said its quorum, and one node more decides about it. A node alone has no votes."""
    return view.quorate is not None and len(view.nodes) > 1 and bool(view.losses_of_quorum)


def votes() -> Operation[Votes]:
    """As far as the cluster says them. Needs Sys.Audit on `/`."""
    try:
        nodes = yield from ask(get(_NODES), "ask for the votes")
        device = yield from ask(get(_DEVICE), "ask for the QDevice")
        return votes_in(nodes, device)
    except HypervisorError:
        return Votes()


def votes_in(nodes: object, device: object) -> Votes:
    """Parse `/cluster/config/nodes` and `/cluster/config/qdevice`, which is empty without one.

    `pvecm qdevice setup` gives a QDevice one vote, and in a cluster with an odd number of nodes one less than there are nodes.
    """
    of = {NodeName(str(entry.get("node"))): _number(entry.get("quorum_votes")) for entry in entries(nodes, _NODES)}
    said = object_of(device, _DEVICE)
    if said.get("State") != _CONNECTED:
        return Votes(nodes=of)
    return Votes(nodes=of, device=len(of) - 1 if _LAST_MAN_STANDING in str(said.get("Algorithm")) else 1)


def _number(votes: object) -> int:
    return int(str(votes)) if str(votes).isdecimal() else 1


__all__ = ["are_votes_few", "votes", "votes_in"]
