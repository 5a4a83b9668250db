"""Storage locks: how many clones may wait at one, how many do, and how long each holds it."""

from monitors.metric import Labels, Room, Rows, View
from provisioner.model.status import LockState

ROOM = Room("Storage locks", of_cycle=True)


@ROOM.gauge(
    "lock_clones_limit",
    "cluster node storage",
    help="Clones that may wait at the storage's lock at once, as measured and within the budget; a shared storage has an empty "
    "node.",
    query="bascule_lock_clones_in_flight / bascule_lock_clones_limit",
)
def limit(view: View) -> Rows:
    return {_labels(lock): lock.limit for lock in view.status.locks}


@ROOM.gauge(
    "lock_clones_in_flight",
    "cluster node storage",
    help="Clones in flight on the storage.",
    query="topk(5, bascule_lock_clones_in_flight)",
)
def in_flight(view: View) -> Rows:
    return {_labels(lock): lock.in_flight for lock in view.status.locks}


@ROOM.gauge(
    "lock_hold_seconds",
    "cluster node storage",
    help="How long one clone holds the storage's lock, by the latest clones; 0: not measured.",
    query="topk(5, bascule_lock_hold_seconds)",
)
def hold(view: View) -> Rows:
    return {_labels(lock): lock.hold_s or 0.0 for lock in view.status.locks}


@ROOM.total(
    "lock_timeouts_total",
    "cluster node storage",
    help="Clones that gave up waiting for the storage's lock.",
    query="topk(5, increase(bascule_lock_timeouts_total[1h])) > 0",
)
def timeouts(view: View) -> Rows:
    return {_labels(lock): lock.timeouts for lock in view.status.locks}


def _labels(lock: LockState) -> Labels:
    return lock.cluster, lock.node, lock.storage
