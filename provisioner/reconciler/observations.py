"""Observations of the clusters: the requests under way, and the views that wait for the next cycle."""

from collections.abc import Iterable, Iterator

from provisioner.model.commands import Completion, Observe
from provisioner.model.ids import ClusterId, Instant
from provisioner.model.machines.cluster import ClusterView
from provisioner.model.site_config import SiteConfig
from provisioner.model.status import Status
from provisioner.ports import Events
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.targets import NO_OBSERVATION
from provisioner.reconciler.in_flight import InFlight
from provisioner.reconciler.observation_schedule import ObservationSchedule, in_time, period


class Observations:
    """What was asked of each cluster, and what it showed."""

    def __init__(self, clusters: Iterable[ClusterId], flight: InFlight, *, events: Events) -> None:
        self.schedule = ObservationSchedule(clusters)
        self._flight, self._events = flight, events
        self.new: list[Completion] = []
        """Observations since the last cycle."""
        self._requests: dict[ClusterId, Observe] = {}
        """The request of each cluster that is under way, or was sent last."""

    def requests(self, config: SiteConfig, now: Instant) -> list[Observe]:
        """The requests that are due now."""
        due = [self._flight.observation(cluster, config, now) for cluster in self.schedule.take_due(now)]
        self._requests |= {request.cluster: request for request in due}
        return due

    def late(self, now: Instant) -> Iterator[ClusterId]:
        """Clusters without an answer for long; their failure is recorded."""
        for cluster, error in self.schedule.take_late(now):
            self._failed(cluster, error)
            yield cluster

    def take_in(self, completion: Completion, *, idle_s: float) -> bool:
        """Take in an answer; returns whether the observation failed. A failed observation is due again in `idle_s` seconds."""
        assert isinstance(completion.command, Observe)
        cluster = completion.command.cluster
        if self._requests.get(cluster) is not completion.command:
            return False  # a late answer to a request that was given up
        if not isinstance(completion.answer, ClusterView):
            self.schedule.ended(cluster, due_at=completion.ended_at + idle_s)
            self._failed(cluster, completion.error.reason if completion.error else NO_OBSERVATION())
            return True
        if self.schedule.record_result(cluster, NONE):
            self._events.notice(f"cluster {cluster}", "observed again")
        self.new.append(completion)
        return False

    def take_new(self) -> list[Completion]:
        """The observations since the last cycle, for this cycle."""
        new, self.new = self.new, []
        return new

    def plan_next(
        self,
        decided_from: Iterable[Completion],
        config: SiteConfig,
        status: Status | None,
        *,
        change: Instant | None,
        now: Instant,
    ) -> None:
        """After a cycle: when the clusters it decided from are observed next. `change`: when the demand changes by itself."""
        pause = period(self._flight.executor.in_flight.values(), status, config.pace, asks=self._flight.asks)
        for completion in decided_from:
            assert isinstance(completion.command, Observe)
            due_at = in_time(completion.started_at, pause, change=change, now=now, pace=config.pace)
            self.schedule.ended(completion.command.cluster, due_at=due_at)

    def paused(self, now: Instant, store_fault: Reason) -> dict[ClusterId, Reason]:
        """Clusters on which nothing is written, and why.

        All, if the store is not sound; otherwise clusters with an open circuit, and clusters that cannot be observed.
        """
        if store_fault:
            return dict.fromkeys(self.schedule.clusters, store_fault)
        return self.schedule.unobserved | self._flight.executor.paused(now)

    @property
    def complete(self) -> bool:
        """Whether every cluster was observed in this life."""
        return self.schedule.clusters.keys() <= self._flight.snapshot.clusters.keys()

    def _failed(self, cluster: ClusterId, error: Reason) -> None:
        if self.schedule.record_result(cluster, error):
            self._events.notice(f"cluster {cluster}", f"cannot be observed, nothing is ordered meanwhile: {error}")
        self._flight.observation_failed(cluster)


__all__ = ["Observations"]
