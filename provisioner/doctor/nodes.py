"""Check the nodes: quorum, offline nodes and HA, nodes that accept no requests; and desktops that no listing shows."""

from collections import Counter
from collections.abc import Iterable, Iterator

from provisioner.actions.client import PveClient
from provisioner.doctor.asking import by_fault
from provisioner.doctor.findings import Closed, Finding, bad, doubtful, good
from provisioner.errors import HypervisorError, NotSent
from provisioner.model.commands import Observe
from provisioner.model.ids import Vmid
from provisioner.model.kept.absence import Absent, absences
from provisioner.model.kept.records import Records
from provisioner.model.machines.cluster import HA_ERROR, ClusterView
from provisioner.model.machines.desktops import Reservation
from provisioner.pve.operations import quorate
from provisioner.reasons.cluster import (
    DESKTOPS_GONE,
    DESKTOPS_HIDDEN,
    HA_ERRORS,
    HA_WAITED_FOR,
    NODE_TAKES_NONE,
    NODES_SEEN,
    OFFLINE_NODE,
    QUORUM_LOST,
    QUORUM_NOT_SAID,
    QUORUM_UNANSWERED,
)
from provisioner.reasons.grouping import list_some
from provisioner.reasons.neighbours import NODE_MAINTENANCE
from provisioner.reasons.reason import Reason

_ASKED_AFTER = 20
"""VMIDs to check, one call each. Usually one entry of the access control list hides all of them."""
_NAMED = 4


def examine_nodes(subject: Reason, client: PveClient, view: ClusterView) -> Iterator[Finding]:
    """Whether each node accepts requests. Raises HypervisorError if the whole cluster fails."""
    yield _quorum(subject, client, view)
    for name, node in sorted(view.nodes.items()):
        if node.maintenance:
            yield doubtful(subject, NODE_MAINTENANCE(node=name))
        if not node.online:
            yield doubtful(subject, OFFLINE_NODE(node=name))
            continue
        # pvedaemon lists the storages and carries out all orders; guests are listed without it.
        try:
            client.storages_of(node.key)
        except NotSent as refused:
            closed = Closed(cluster=view.cluster, node=name)
            yield bad(subject, NODE_TAKES_NONE(node=name, said=refused.reason), closes=[closed])


def _quorum(subject: Reason, client: PveClient, view: ClusterView) -> Finding:
    """Where an observation has not heard of it, it is asked once more: what came instead says what to do."""
    try:
        quorum = client.query(quorate()) if view.quorate is None else view.quorate
    except HypervisorError as error:
        why = by_fault(error, forbidden=QUORUM_NOT_SAID, failing=QUORUM_UNANSWERED)
        return bad(subject, why, closes=[Closed(cluster=view.cluster)])
    if not quorum:
        return bad(subject, QUORUM_LOST(), closes=[Closed(cluster=view.cluster)])
    return good(subject, NODES_SEEN(nodes=len(view.nodes), guests=len(view.guests)))


def examine_ha(subject: Reason, view: ClusterView, reservations: Iterable[Reservation]) -> Iterator[Finding]:
    """Our desktops that wait for HA to start them on another node, and those that HA has given up."""
    vmids = (reservation.vmid for reservation in reservations if reservation.cluster == view.cluster)
    ours = [view.guests[vmid] for vmid in vmids if vmid in view.guests]
    waiting = Counter(guest.node for guest in ours if guest.ha_recovers and not view.complete_on(guest.node))
    for node, count in sorted(waiting.items()):
        yield doubtful(subject, HA_WAITED_FOR(node=node, count=count))
    if given_up := sorted(guest.key.vmid for guest in ours if guest.ha == HA_ERROR):
        yield bad(subject, HA_ERRORS(vms=_named(given_up)))


def examine_unseen(subject: Reason, client: PveClient, view: ClusterView, records: Records) -> Iterator[Finding]:
    """Our desktops that no listing shows: the token cannot see them if their VMIDs are taken; and whether they are so many
    that the daemon clones nothing there.

    Proxmox VE tells without any right whether a VMID is taken.
    """
    ours = [record for record in records.desktops.values() if record.reservation.cluster == view.cluster]
    unlisted = [record for record in ours if record.reservation.proven and record.reservation.vmid not in view.guests]
    missing = sorted(record.reservation.vmid for record in unlisted)
    if not missing:
        return
    asked = missing[:_ASKED_AFTER]
    existence = client.observe(Observe(cluster=view.cluster, exists=frozenset(asked))).existence
    if hidden := [vmid for vmid in asked if existence.get(vmid)]:
        yield bad(subject, DESKTOPS_HIDDEN(vms=_named(hidden), asked=len(existence), of=len(missing)))
        return
    absent = [Absent(record.reservation, record.attempts, record.superseded_by is not None) for record in unlisted]
    found = absences(absent, {**dict.fromkeys(missing, False), **existence}, of=len(ours))  # the first answers stand for all
    if found.many_gone:
        yield bad(subject, DESKTOPS_GONE(count=found.gone, vms=_named(missing), asked=len(existence)))


def _named(vmids: Iterable[Vmid]) -> str:
    return list_some([f"VM {vmid}" for vmid in vmids], _NAMED)


__all__ = ["examine_ha", "examine_nodes", "examine_unseen"]
