"""The doctor's look at the nodes: quorum, who is away, who takes no order; and at desktops that no listing shows."""

from collections.abc import Iterable, Iterator

from provisioner.actions.client import PveClient
from provisioner.daemon.doctor.findings import Finding, bad, doubtful, good
from provisioner.errors import NotSent
from provisioner.model.cluster import ClusterView
from provisioner.model.commands import Observe
from provisioner.model.desktops import Reservation
from provisioner.model.ids import Vmid

_ASKED_AFTER = 20
"""Numbers that are asked about, one call each; as a rule one line of the access control list hides them all."""
_NAMED = 4


def examine_nodes(subject: str, client: PveClient, view: ClusterView) -> Iterator[Finding]:
    """Whether each node can be written to. Raises HypervisorError for what is wrong with the whole cluster."""
    yield (
        good(subject, f"{len(view.nodes)} nodes, {len(view.guests)} guests seen")
        if view.quorate
        else bad(subject, "it has no quorum: nothing can be written", "bring back enough nodes, or mend the cluster network")
    )
    for name, node in sorted(view.nodes.items()):
        if not node.online:
            yield doubtful(subject, f"node {name} is offline: what is on it is unknown", "bring it back, or remove it")
            continue
        # Its storages are listed by pvedaemon, as every order is carried out by it; guests are listed without it.
        try:
            client.storages_of(node.key)
        except NotSent as refused:
            text = f"node {name} is online and takes no order: {refused}"
            yield bad(subject, text, f"on {name}: systemctl status pvedaemon, then restart it")


def examine_unseen(
    subject: str, client: PveClient, view: ClusterView, reservations: Iterable[Reservation]
) -> Iterator[Finding]:
    """Desktops of ours that no listing shows, and whose numbers are taken all the same: the token may not see them.

    Proxmox VE tells whether a number is taken without any right on it.
    """
    ours = (one.vmid for one in reservations if one.cluster == view.cluster and one.proven)
    missing = sorted(set(ours) - view.guests.keys())[:_ASKED_AFTER]
    if not missing:
        return
    existence = client.observe(Observe(cluster=view.cluster, exists=frozenset(missing))).existence
    hidden = [vmid for vmid in missing if existence.get(vmid)]
    if hidden:
        text = f"the token does not see {_listed(hidden)}: desktops of ours that are there, and that nothing is known of"
        yield bad(subject, text, "give it VM.Audit there, or take away the line that says NoAccess (pveum acl list)")


def _listed(vmids: list[Vmid]) -> str:
    named = ", ".join(f"VM {vmid}" for vmid in vmids[:_NAMED])
    return named + (f" and {len(vmids) - _NAMED} more" if len(vmids) > _NAMED else "")


__all__ = ["examine_nodes", "examine_unseen"]
