"""Check the nodes: quorum, offline nodes, nodes that accept no requests; and desktops that no listing shows."""

from collections.abc import Iterable, Iterator

from provisioner.actions.client import PveClient
from provisioner.daemon.doctor.findings import Finding, bad, doubtful, good
from provisioner.errors import NotSent
from provisioner.model.cluster import ClusterView
from provisioner.model.commands import Observe
from provisioner.model.desktops import Reservation
from provisioner.reasons.cluster import DESKTOPS_HIDDEN, NODE_TAKES_NONE, NODES_SEEN, OFFLINE_NODE, QUORUM_LOST
from provisioner.reasons.grouping import list_some
from provisioner.reasons.reason import Reason

_ASKED_AFTER = 20
"""VMIDs to check, one call each. Usually one entry of the access control list hides all of them."""
_NAMED = 4


def examine_nodes(subject: Reason, client: PveClient, view: ClusterView) -> Iterator[Finding]:
    """Whether each node accepts requests. Raises HypervisorError if the whole cluster fails."""
    yield (
        good(subject, NODES_SEEN(nodes=len(view.nodes), guests=len(view.guests)))
        if view.quorate
        else bad(subject, QUORUM_LOST())
    )
    for name, node in sorted(view.nodes.items()):
        if not node.online:
            yield doubtful(subject, OFFLINE_NODE(node=name))
            continue
        # pvedaemon lists the storages and carries out all orders; guests are listed without it.
        try:
            client.storages_of(node.key)
        except NotSent as refused:
            yield bad(subject, NODE_TAKES_NONE(node=name, said=refused.reason))


def examine_unseen(
    subject: Reason, client: PveClient, view: ClusterView, reservations: Iterable[Reservation]
) -> Iterator[Finding]:
    """Our desktops that no listing shows although their VMIDs are taken: the token cannot see them.

    Proxmox VE tells without any right whether a VMID is taken.
    """
    ours = (reservation.vmid for reservation in reservations if reservation.cluster == view.cluster and reservation.proven)
    missing = sorted(set(ours) - view.guests.keys())[:_ASKED_AFTER]
    if not missing:
        return
    existence = client.observe(Observe(cluster=view.cluster, exists=frozenset(missing))).existence
    hidden = [vmid for vmid in missing if existence.get(vmid)]
    if hidden:
        yield bad(subject, DESKTOPS_HIDDEN(vms=list_some([f"VM {vmid}" for vmid in hidden], _NAMED)))


__all__ = ["examine_nodes", "examine_unseen"]
