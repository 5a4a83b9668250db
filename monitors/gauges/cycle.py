"""The daemon's cycle, and how fresh its view of the clusters is."""

from importlib.metadata import PackageNotFoundError, version

from monitors.metric import Instants, Room, Rows, View
from provisioner.model.ids import ClusterId
from provisioner.wrong.seen import known_quorum

ROOM = Room("Daemon")

_CYCLE_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""A cycle at 1,700 desktops takes tens of milliseconds; observations are 2.5 s apart."""

SECONDS = ROOM.histogram("cycle_seconds", help="Duration of a cycle, without the wait between cycles.", buckets=_CYCLE_BUCKETS)


@ROOM.age("last_cycle", help="Time since the last cycle ended; before the first cycle, since the start of the daemon.")
def last_cycle(view: View) -> Instants:
    return {(): view.status.at}


@ROOM.timestamp(
    "start", help="Unix time when the daemon started, by its own clock.", query="time() - bascule_start_timestamp_seconds"
)
def started_at(view: View) -> Instants:
    return {(): view.started_at}


@ROOM.age(
    "cluster_observation",
    "cluster",
    help="Time since the cluster was last observed; before the first observation, since the start of the daemon.",
)
def observed_at(view: View) -> Instants:
    views = view.status.snapshot.clusters
    return {(c,): views[ClusterId(c)].taken_at if c in views else view.started_at for c in view.clusters}


@ROOM.gauge(
    "cluster_quorate",
    "cluster",
    help="1 when the cluster had quorum when it was asked last, 0 when not. None while that is not known.",
)
def quorate(view: View) -> Rows:
    asked = {c: known_quorum(cluster, view.status.at) for c, cluster in view.status.snapshot.clusters.items()}
    return {(c,): int(has) for c, has in asked.items() if has is not None}


@ROOM.gauge("cluster_paused", "cluster", help="1 while the cluster is paused: nothing is written to it.")
def paused(view: View) -> Rows:
    return {(c,): int(c in view.status.paused) for c in view.clusters}


@ROOM.gauge("build_info", "version", help="Always 1; the version is in the label.")
def build(_: View) -> Rows:
    return {(_VERSION,): 1}


def _version() -> str:
    try:
        return version("bascule")
    except PackageNotFoundError:  # run from a checkout that was never installed
        return "unknown"


_VERSION = _version()
