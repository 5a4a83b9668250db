"""Who has how many votes in a cluster: three nodes may have four, and a QDevice more than one."""

from provisioner.errors import HypervisorError
from provisioner.model.cluster import ClusterView
from provisioner.model.ids import NodeName
from provisioner.model.quorum import Votes
from provisioner.pve.parsing import entries
from provisioner.pve.requests import ask, get, object_of
from provisioner.pve.wire import Operation

_NODES, _DEVICE = "/cluster/config/nodes", "/cluster/config/qdevice"
_CONNECTED, _LAST_MAN_STANDING = "Connected", "LMS"


def has_votes(view: ClusterView) -> bool:
    """Whether it is a cluster, which has said its quorum. A node alone has no votes."""
    return view.quorate is not None and len(view.nodes) > 1


def votes() -> Operation[Votes]:
    """As far as the cluster says them. Needs Sys.Audit on `/`."""
    try:
        nodes = yield from ask(get(_NODES), "ask for the votes")
        device = yield from ask(get(_DEVICE), "ask for the QDevice")
        return votes_in(nodes, device)
    except HypervisorError:
        return Votes(guessed=True)


def votes_in(nodes: object, device: object) -> Votes:
    """Parse `/cluster/config/nodes` and `/cluster/config/qdevice`, which is empty without one.

    `pvecm qdevice setup` gives a QDevice one vote, and in a cluster with an odd number of nodes one less than there are nodes.
    """
    of = {NodeName(str(entry.get("node"))): _number(entry.get("quorum_votes")) for entry in entries(nodes, _NODES)}
    if not (said := object_of(device, _DEVICE)):
        return Votes(nodes=of)
    many = _LAST_MAN_STANDING in str(said.get("Algorithm")) or ("Algorithm" not in said and len(of) % 2 == 1)
    return Votes(nodes=of, device=len(of) - 1 if many else 1, device_away=said.get("State") != _CONNECTED)


def _number(votes: object) -> int:
    return int(str(votes)) if str(votes).isdecimal() else 1


__all__ = ["has_votes", "votes", "votes_in"]
