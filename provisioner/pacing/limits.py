"""What planning takes from the measurements: the limits, and how long clones and boots take."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from provisioner.model.ids import DesktopName, Instant, LockDomain, NodeKey
from provisioner.model.profiles import Profile
from provisioner.pacing.boot_limits import node_pace
from provisioner.pacing.boot_progress import NodeBoots, Started, boots_on
from provisioner.pacing.boot_samples import BootHistory

_SOON = 0.7
"""Part of the time that a profile names for a boot. The first end is seen early, at the cost of a few probes too early."""


class Limits(Protocol):
    """Limits for one plan. Times in seconds."""

    @property
    def clones(self) -> Mapping[LockDomain, int]:
        """Parallel clones for each lock domain that was measured."""

    @property
    def clone_s(self) -> Mapping[LockDomain, float]:
        """How long a clone holds the lock of each measured domain."""

    @property
    def lock_timeouts(self) -> Mapping[LockDomain, int]:
        """Clones of each domain that waited for its lock in vain, since the daemon's start."""

    @property
    def answers_s(self) -> Mapping[NodeKey, float]:
        """Duration of a call to each measured node, from which the number of parallel calls follows (`api_limits`)."""

    @property
    def boots_known(self) -> int:
        """How many boots of all nodes were measured, of the latest."""

    def boot_alone_s(self, profile: Profile) -> float:
        """From a start order to ready, with few parallel boots."""

    def first_probe_s(self, profile: Profile) -> float:
        """From a start order to the first probe of the oldest boot of a node."""

    def slow_after_s(self, profile: Profile) -> float:
        """From a start order to when it is slower than boots of its image are; it may become ready all the same."""

    def boots_on(self, node: NodeKey, started: Mapping[DesktopName, Started], now: Instant) -> NodeBoots:
        """The boots in progress on a node, and how many there may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredLimits:
    """Computed from the latest measurements."""

    clones: Mapping[LockDomain, int] = field(default_factory=dict)
    clone_s: Mapping[LockDomain, float] = field(default_factory=dict)
    lock_timeouts: Mapping[LockDomain, int] = field(default_factory=dict)
    booted: BootHistory = BootHistory()
    answers_s: Mapping[NodeKey, float] = field(default_factory=dict)

    @property
    def boots_known(self) -> int:
        """Of each node, those that its pace is made of."""
        return sum(map(len, self.booted.of_node.values()))

    def boot_alone_s(self, profile: Profile) -> float:
        """As measured, or else as the profile says."""
        return self.booted.alone_s.get(profile.name, profile.expected_ready_s)

    def first_probe_s(self, profile: Profile) -> float:
        """As long as it takes alone, or before that was measured somewhat less than the profile says."""
        return self.booted.alone_s.get(profile.name, _SOON * profile.expected_ready_s)

    def slow_after_s(self, profile: Profile) -> float:
        """As this image's own boots show; before they do, when the profile gives it up."""
        return min(profile.ready_timeout_s, self.booted.slow_after_s.get(profile.name, profile.ready_timeout_s))

    def boots_on(self, node: NodeKey, started: Mapping[DesktopName, Started], now: Instant) -> NodeBoots:
        """As the latest boots of the node show."""
        finished = self.booted.of_node.get(node, ())
        pace = node_pace(finished, self.booted.anywhere, len(started), self.booted.alone_s)
        return boots_on(started, finished, pace, now)
