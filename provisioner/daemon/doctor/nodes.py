"""The doctor's look at the nodes: quorum, who is away, who takes no order; and at desktops that no listing shows."""

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
"""Numbers that are asked about, one call each; as a rule one line of the access control list hides them all."""
_NAMED = 4


def examine_nodes(subject: Reason, client: PveClient, view: ClusterView) -> Iterator[Finding]:
    """Whether each node can be written to. Raises HypervisorError for what is wrong with the whole cluster."""
    yield (
        good(subject, NODES_SEEN(nodes=len(view.nodes), guests=len(view.guests)))
        if view.quorate
        else bad(subject, QUORUM_LOST())
    )
    for name, node in sorted(view.nodes.items()):
        if not node.online:
            yield doubtful(subject, OFFLINE_NODE(node=name))
            continue
        # Its storages are listed by pvedaemon, as every order is carried out by it; guests are listed without it.
        try:
            client.storages_of(node.key)
        except NotSent as refused:
            yield bad(subject, NODE_TAKES_NONE(node=name, said=refused.reason))


def examine_unseen(
    subject: Reason, client: PveClient, view: ClusterView, reservations: Iterable[Reservation]
) -> Iterator[Finding]:
    """Desktops of ours that no listing shows, and whose numbers are taken all the same: the token may not see them.

    Proxmox VE tells whether a number is taken without any right on it.
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
