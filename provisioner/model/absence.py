"""Desktops missing from the listing: the listing is judged before a desktop is made again. Pure.

A missing right may hide a VM, and a whole listing may be wrong for some seconds.
"""

from provisioner.errors import Unseen
from provisioner.model.cluster import ClusterView
from provisioner.model.desktops import Attempts, Reservation
from provisioner.reasons.phases import ABSENT_MANY, ABSENT_UNASKED, HIDDEN
from provisioner.reasons.reason import Reason

MANY = 3
"""From three missing desktops at once on a cluster, an operator has to look. One or two may have been deleted by hand."""
MANY_SHARE = 0.02
"""They also have to be more than this share of the cluster's desktops."""


def was_made(reservation: Reservation, attempts: Attempts) -> bool:
    """Whether its VM existed at some time."""
    return reservation.proven or attempts.made


def is_absent(reservation: Reservation, view: ClusterView) -> bool:
    """Whether its VM is missing from the listing although its node is online."""
    return reservation.vmid not in view.guests and view.complete_on(reservation.node)


def is_doubtful(absent: int, of: int) -> bool:
    """Whether so many absent desktops, of all desktops on the cluster, suggest that the listing is wrong."""
    return absent >= MANY and absent > MANY_SHARE * of


def is_missing(attempts: Attempts) -> bool:
    """Whether an operator has to confirm that the desktop is gone."""
    return attempts.error == Unseen.word


def why_absent(reservation: Reservation, view: ClusterView) -> Reason:
    """Why a desktop is absent: hidden by a missing right, or not asked about yet."""
    vmid = reservation.vmid
    if view.existence.get(vmid):
        return HIDDEN(vmid=vmid)
    return ABSENT_UNASKED(vmid=vmid)


def why_missing(absent: int) -> Reason:
    """Why an operator has to look: so many are missing at once."""
    return ABSENT_MANY(absent=absent)
