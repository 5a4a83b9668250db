"""Desktops that were made and that a listing lacks: the listing is judged before anything is made again. Pure.

One VM may be hidden by a missing right, and a whole listing may be wrong for some seconds, like a reading of a directory.
"""

from provisioner.errors import Unseen
from provisioner.model.cluster import ClusterView
from provisioner.model.desktops import Attempts, Reservation
from provisioner.reasons.phases import ABSENT_MANY, ABSENT_UNASKED, HIDDEN
from provisioner.reasons.reason import Reason

MANY = 3
"""Two desktops of one cluster are deleted by hand now and then; three at once are looked at by a person."""
MANY_SHARE = 0.02
"""And more than this share of the cluster's desktops."""


def was_made(reservation: Reservation, attempts: Attempts) -> bool:
    """Whether a VM of ours has stood under its number."""
    return reservation.proven or attempts.made


def is_absent(reservation: Reservation, view: ClusterView) -> bool:
    """Whether the listing lacks its VM, though its node is there."""
    return reservation.vmid not in view.guests and view.complete_on(reservation.node)


def is_doubtful(absent: int, of: int) -> bool:
    """Whether so many absent ones, of so many desktops on the cluster, say that the listing is wrong."""
    return absent >= MANY and absent > MANY_SHARE * of


def is_missing(attempts: Attempts) -> bool:
    """Whether an operator has to say that it is gone."""
    return attempts.error == Unseen.word


def why_absent(reservation: Reservation, view: ClusterView) -> Reason:
    """In words."""
    vmid = reservation.vmid
    if view.existence.get(vmid):
        return HIDDEN(vmid=vmid)
    return ABSENT_UNASKED(vmid=vmid)


def why_missing(absent: int) -> Reason:
    """Of each of so many that a listing lacks at once."""
    return ABSENT_MANY(absent=absent)
