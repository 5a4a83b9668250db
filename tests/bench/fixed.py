"""Fixed limits in place of measured ones: the other implementation of `pacing.limits.Limits`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from provisioner.model.ids import DesktopName, Instant, LockDomain, NodeKey
from provisioner.model.machines.cluster import Snapshot
from provisioner.pacing.boot_progress import NodeBoots, Started
from provisioner.pacing.limits import Limits, MeasuredLimits
from provisioner.pacing.measurements import Meter


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedLimits(MeasuredLimits):
    """So many boots on every node; how long they take is measured all the same."""

    fixed_boots: int | None = None
    """None: as measured."""

    def boots_on(self, node: NodeKey, started: Mapping[DesktopName, Started], now: Instant) -> NodeBoots:
        """The same for all."""
        boots = MeasuredLimits.boots_on(self, node, started, now)
        if self.fixed_boots is None:
            return boots
        return replace(boots, pace=replace(boots.pace, limit=self.fixed_boots))


class FixedMeter(Meter):
    """A fixed number of clones at once in every lock domain, and of boots on every node."""

    def __init__(self, *, clones: int, boots: int | None = None) -> None:
        super().__init__()
        self._fixed_clones, self._fixed_boots = clones, boots

    def limits(self, snapshot: Snapshot, now: Instant, *, trying: Collection[LockDomain] = ()) -> Limits:
        """The same for all."""
        measured = super().limits(snapshot, now, trying=trying)
        domains = (storage.lock_domain for view in snapshot.clusters.values() for storage in view.storages)
        return FixedLimits(
            clones=dict.fromkeys(domains, self._fixed_clones),
            clone_s=measured.clone_s,
            booted=self._booted,
            answers_s=self._answers_s,
            fixed_boots=self._fixed_boots,
        )
