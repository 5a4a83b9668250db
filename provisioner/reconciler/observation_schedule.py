"""When each cluster is looked at next."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from provisioner.model.actions import Action, Clone
from provisioner.model.budget import Pace
from provisioner.model.desktops import Phase
from provisioner.model.ids import ClusterId, Instant
from provisioner.model.status import Status
from provisioner.pacing.boot_limits import SATURATION
from provisioner.pacing.measurements import cloning_period
from provisioner.reasons.reason import Reason
from provisioner.reasons.safety import UNOBSERVED

_FOREVER = float("inf")
LATE_S = 60.0
"""A cluster that is there answers within seconds; on a view that is older nothing is written."""
UNANSWERED_S = 300.0
"""A call is given up after so long: each of its requests ends after 35 s of silence, and after a minute in all."""
_CALM_S = 5.0
"""What a boot takes of a node with eight at once: so often one ends, and its successor is one of many that wait. Nobody is
ready later for it (local-16, five seeds: 0.938 of the bound either way), and a switch takes a fifth fewer cycles."""


@dataclass(slots=True)
class ClusterObservation:
    """Observation of one cluster."""

    due_at: Instant = 0.0
    under_way: bool = False
    since: Instant = 0.0
    """When it was asked last."""
    late_at: Instant = 0.0
    """When it is said next that it has not answered."""
    error: str = ""


class ObservationSchedule:
    """Every cluster's."""

    def __init__(self, clusters: Iterable[ClusterId]) -> None:
        self.of = {cluster: ClusterObservation() for cluster in clusters}

    def take_due(self, now: Instant) -> Iterator[ClusterId]:
        """The clusters to look at now; each is under way from here on."""
        for cluster, watch in self.of.items():
            if not watch.under_way and watch.due_at <= now:
                watch.under_way, watch.since, watch.late_at = True, now, now + LATE_S
                yield cluster

    def take_late(self, now: Instant) -> Iterator[tuple[ClusterId, str]]:
        """Clusters that have not answered for long, and the words for it; after some minutes they are asked again."""
        for cluster, watch in self.of.items():
            if watch.under_way and now >= watch.late_at:
                watch.late_at = now + LATE_S
                yield cluster, f"no answer for more than {LATE_S:.0f} s"
                if now - watch.since >= UNANSWERED_S:
                    watch.under_way, watch.due_at = False, now

    def ended(self, cluster: ClusterId, *, due_at: Instant) -> None:
        """A look at it is over; the next is due then."""
        self.of[cluster].under_way, self.of[cluster].due_at = False, due_at

    def says(self, cluster: ClusterId, error: str) -> bool:
        """Take in what came of it, no text for success; returns whether that is news."""
        before, self.of[cluster].error = self.of[cluster].error, error
        return error != before

    @property
    def looking(self) -> bool:
        """Whether a look is under way."""
        return any(one.under_way for one in self.of.values())

    def all_now(self) -> None:
        """Look at every cluster as soon as may be."""
        for watch in self.of.values():
            watch.due_at = 0.0

    @property
    def wake_at(self) -> Instant:
        """When the next one is due."""
        return min((watch.late_at if watch.under_way else watch.due_at for watch in self.of.values()), default=_FOREVER)

    @property
    def unseen(self) -> dict[ClusterId, Reason]:
        """Clusters whose last observation failed, and why nothing is written there."""
        return {cluster: UNOBSERVED(said=one.error) for cluster, one in self.of.items() if one.error}


def period(in_flight: Iterable[Action], status: Status | None, pace: Pace) -> float:
    """Tight while something moves or is awaited, the period of pvestatd at rest."""
    in_flight = tuple(in_flight)
    cloning = {one.lock_domain for one in in_flight if isinstance(one, Clone)}
    if cloning:
        booting = status.phases.get(Phase.STARTING, 0) if status else 0
        # At the beginning every node waits for its first desktops: each clone seen late is time that it stands idle.
        return cloning_period(len(cloning) if booting >= SATURATION * len(cloning) else 1, pace)
    if status is not None and _is_calm(status):
        return max(pace.observe_busy_s, _CALM_S)
    busy = bool(in_flight) or (status is not None and status.on_the_way > 0)
    return pace.observe_busy_s if busy else pace.observe_idle_s


def _is_calm(status: Status) -> bool:
    """Whether all nodes are full of boots, and more desktops wait for a place to boot: the end is a whole boot away."""
    booting = status.phases.get(Phase.STARTING, 0)
    nodes = sum(len(view.nodes) for view in status.snapshot.clusters.values())
    return 0 < SATURATION * nodes <= booting <= status.queued.get("boots", 0)


def in_time(looked_at: Instant, pause: float, *, change: Instant | None, now: Instant, pace: Pace) -> Instant:
    """When to look again: a batch that opens meanwhile, or a preparation that begins, is not left waiting for the pause."""
    due = looked_at + pause
    if change is None or change <= now:
        return due
    return min(due, max(change, looked_at + pace.observe_cloning_s))
